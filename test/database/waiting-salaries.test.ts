import { Asset, Operation } from '@stellar/stellar-sdk/base'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatAmount } from '../../supabase/functions/_shared/contract/amount.ts'
import { systemClock, systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import type { Fetch } from '../../supabase/functions/_shared/worker/ports.ts'
import { type DisburseDatabase, disburseDatabase } from '../../supabase/functions/payroll-disburse/database.ts'
import { type DisbursePorts, disburse } from '../../supabase/functions/payroll-disburse/disburse.ts'
import { createKeyring } from '../../supabase/functions/payroll-disburse/sign.ts'
import { createSandbox, type Sandbox } from '../../tools/sandbox/index.ts'
import { submitOutside } from '../support/outsider.ts'
import { keypair } from '../support/plans.ts'
import { sqlRpc } from '../support/sql-rpc.ts'
import { type WalkedLedger, walkedLedger } from '../support/walked-ledger.ts'
import { actAs, createWorld, type World } from './support/world.ts'

const DAY_MS = 86_400_000
const SALARY = 12_500_000n
const FUNDS = 10_000_000_000_000n

const [treasury, issuer] = [keypair(100), keypair(101)]
// emma trusts the asset, nina has an account without trustline, abel has no account.
const [emma, nina, abel] = [keypair(1), keypair(2), keypair(3)]
const usdc = new Asset('USDC', issuer.publicKey())

type Balance = { readonly id: number; readonly claimable_balance_id: string; readonly name: string }

let world: World
let sandbox: Sandbox
let ledger: WalkedLedger
let database: DisburseDatabase
let aheadMs = 0
let runs = 0
let reclaimed = 0

beforeAll(async () => {
  world = await createWorld()
  sandbox = await createSandbox({
    ledgerIntervalMs: 'manual',
    seed: 'waiting salaries',
    clock: () => Date.now() + aheadMs,
    submitTimeoutMs: 20_000,
  })
  const { sql } = world
  await sql`select tests.create_organization_with('Acme', '{ada}', '{max}')`
  await sql`update public.organizations set salary_period = 'run', allows_claimable_balances = true, reclaim_after_days = 1`
  for (const [name, key] of Object.entries({ emma, nina, abel })) {
    await sql`
      select tests.create_employee('Acme', ${name}, '1.25', ${key.publicKey()}, 'USDC', ${issuer.publicKey()})`
  }
  await sandbox.fund([treasury, issuer, emma, nina].map((key) => key.publicKey()))
  for (const key of [treasury, emma]) await submitOutside(sandbox, key, [Operation.changeTrust({ asset: usdc })])
  const funding = Operation.payment({ destination: treasury.publicKey(), asset: usdc, amount: '1000000' })
  await submitOutside(sandbox, issuer, [funding])
  ledger = await walkedLedger(sql, sandbox, treasury)
  database = disburseDatabase(sqlRpc(sql))
})

afterAll(async () => {
  await sandbox?.close()
  await world?.close()
})

describe('a salary that waits on the ledger', () => {
  test('is set aside exactly once, also when a worker is killed after any of its calls took effect', async () => {
    // The points are not listed but reached one after the other, so that none is forgotten when the worker changes.
    for (let point = 0; ; point++) {
      const mortal = mortalPorts(point)
      const run = await startedRun()
      await ringUntil(mortal.ports, mortal.isDead, async () => (await statusOf(run)) !== 'processing')
      const where = `killed after ${mortal.calls.at(-1)} (call ${point})`
      expect(await statusOf(run), where).toBe('completed')
      expect(await paidOnLedger(), where).toEqual({ emma: BigInt(runs) * SALARY, waiting: 2 * runs })
      expect(await balanceIds('active'), where).toEqual(await onLedger())
      if (mortal.isDead()) continue
      expect(point).toBeGreaterThan(15)
      break
    }
    expect(await leftInTreasury()).toBe(FUNDS - 3n * BigInt(runs) * SALARY)
  })

  test('cannot be taken back before its time, whatever the database believes', async () => {
    const balance = await nextBalance()
    await world.sql`update public.claimable_balances set reclaimable_at = now() where id = ${balance.id}`
    await askBack(balance)
    await ringUntil(
      ports(),
      () => false,
      async () => (await stateOf(balance)).code !== null,
    )
    expect(await stateOf(balance)).toEqual({ status: 'active', code: 'op_cannot_claim', item: 'active' })
    expect(await onLedger()).toContain(balance.claimable_balance_id)
  })

  test('is taken back exactly once after its time, also when a worker is killed after any of its calls took effect', async () => {
    aheadMs = 2 * DAY_MS
    sandbox.closeLedger()
    await world.sql`update public.claimable_balances set reclaimable_at = now() where status = 'active'`
    const before = await leftInTreasury()
    const taken = reclaimed
    for (let point = 0; ; point++) {
      const mortal = mortalPorts(point)
      const balance = await nextBalance()
      await askBack(balance)
      await ringUntil(mortal.ports, mortal.isDead, async () => (await stateOf(balance)).status !== 'active')
      reclaimed++
      const where = `killed after ${mortal.calls.at(-1)} (call ${point})`
      expect(await stateOf(balance), where).toEqual({ status: 'reclaimed', code: null, item: 'reclaimed' })
      expect(await leftInTreasury(), where).toBe(before + BigInt(reclaimed - taken) * SALARY)
      expect(await balanceIds('active'), where).toEqual(await onLedger())
      if (mortal.isDead()) continue
      expect(point).toBeGreaterThan(8)
      break
    }
  })

  test('is claimed by its employee, and the books hold every balance once', async () => {
    const { sql } = world
    await sandbox.fund([abel.publicKey()])
    await submitOutside(sandbox, abel, [Operation.changeTrust({ asset: usdc })])
    const waiting = await sql<Balance[]>`
      select balance.id::int as id, balance.claimable_balance_id, employee.first_name as name
      from public.claimable_balances as balance join public.employees as employee on employee.id = balance.employee_id
      where balance.status = 'active' and employee.first_name = 'abel' order by balance.id limit 2`
    expect(waiting).toHaveLength(2)
    for (const { claimable_balance_id: balanceId } of waiting) {
      await submitOutside(sandbox, abel, [Operation.claimClaimableBalance({ balanceId })])
    }
    await ledger.walkToTheEnd()

    for (const balance of waiting) {
      expect(await stateOf(balance)).toEqual({ status: 'claimed', code: null, item: 'claimed' })
    }
    expect(await balanceIds('active')).toEqual(await onLedger())
    const [count] = await sql<{ events: Record<string, number>; differences: number; gaps: number }[]>`
      select
        (select jsonb_object_agg(type, number) from (
          select type, count(*)::int as number from public.events
          where type like 'claimable_balance.%' group by type) as counted) as events,
        (select count(*)::int from public.ledger_differences) as differences,
        (select count(*)::int from public.history_gaps) as gaps`
    expect(count).toEqual({
      events: {
        'claimable_balance.created': 2 * runs,
        'claimable_balance.claimed': 2,
        'claimable_balance.reclaimed': reclaimed,
      },
      differences: 0,
      gaps: 0,
    })
    const [refunds] = await sql<{ number: number; amount: string }[]>`
      select count(*)::int as number, sum(amount::numeric)::text as amount from public.transactions
      where transaction_type = 'refund' and status = 'completed'`
    expect(refunds).toEqual({ number: reclaimed, amount: formatAmount(BigInt(reclaimed) * SALARY) })
  })
})

/** An approved run of the next month, which is being paid. */
async function startedRun(): Promise<number> {
  runs++
  const [run] = await world.sql<{ id: number }[]>`
    select tests.create_run('Acme', 'USDC', ${issuer.publicKey()})::int as id`
  const id = run?.id ?? 0
  await world.sql`select tests.walk_run(${id}, 'approved')`
  await actAs(world.sql, 'ada', 'Acme', (within) => within`select public.disburse_payroll_run(${id}, null)`)
  return id
}

async function askBack({ id }: Balance): Promise<void> {
  await actAs(world.sql, 'ada', 'Acme', (within) => within`select public.reclaim_claimable_balance(${id})`)
}

/** Rings a worker, and then others until the end has come. */
async function ringUntil(first: DisbursePorts, isDead: () => boolean, isOver: () => Promise<boolean>): Promise<void> {
  await passTime()
  await disburse(first).catch((error: unknown) => {
    if (!isDead()) throw error
  })
  for (let turn = 0; turn < 40 && !(await isOver()); turn++) {
    sandbox.closeLedger(2)
    await passTime()
    await disburse(ports())
  }
}

/** Leases end and everything is due, as it would be in two minutes. */
async function passTime(): Promise<void> {
  await world.sql`update private.source_accounts set lease_token = null, leased_until = null, next_check_at = now()`
  await world.sql`update private.wallet_reads set leased_until = now()`
  await world.sql`update public.transactions set next_check_at = now() where is_live`
}

function ports(changes: Partial<DisbursePorts> = {}): DisbursePorts {
  return {
    clock: systemClock,
    fetch: closingWhenWaiting(systemFetch),
    random: () => 0,
    log: () => undefined,
    database,
    keyring: createKeyring([treasury.secret()]),
    ...changes,
  }
}

/** Ports of a worker that does nothing any more from one call on, whose answer it does not hear: not even giving its lease back. */
function mortalPorts(point: number) {
  const calls: string[] = []
  let isDead = false
  const through = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
    if (isDead) throw new Error('killed')
    isDead = calls.push(name) - 1 === point
    const result = await call()
    // A call that was under way at the kill takes effect, and its answer is lost.
    if (isDead) throw new Error('killed')
    return result
  }
  const watched = Object.fromEntries(
    Object.entries(database).map(([name, call]) => [
      name,
      (...parameters: readonly unknown[]) =>
        through(name, () => (call as (...list: readonly unknown[]) => Promise<unknown>)(...parameters)),
    ]),
  ) as DisburseDatabase
  const fetch = closingWhenWaiting(systemFetch)
  return {
    calls,
    isDead: () => isDead,
    ports: ports({
      database: watched,
      fetch: (url, init) => through(`${init.method} ${new URL(url).pathname}`, () => fetch(url, init)),
    }),
  }
}

/** A fetch that closes a ledger as soon as a submission waits for one. */
function closingWhenWaiting(fetch: Fetch): Fetch {
  return async (url, init) => {
    const answer = fetch(url, init)
    if (init.method !== 'POST') return answer
    let isAnswered = false
    const note = () => {
      isAnswered = true
    }
    answer.then(note, note)
    while (!isAnswered) {
      const { pending } = sandbox.status()
      if (Array.isArray(pending) && pending.length > 0) sandbox.closeLedger()
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
    return answer
  }
}

async function statusOf(run: number): Promise<string> {
  const [row] = await world.sql<{ status: string }[]>`select status from public.payroll_runs where id = ${run}`
  return row?.status ?? 'missing'
}

async function nextBalance(): Promise<Balance> {
  const [balance] = await world.sql<Balance[]>`
    select balance.id::int as id, balance.claimable_balance_id, employee.first_name as name
    from public.claimable_balances as balance join public.employees as employee on employee.id = balance.employee_id
    where balance.status = 'active' and employee.first_name = 'nina' order by balance.id limit 1`
  if (balance === undefined) throw new Error('No balance waits any more.')
  return balance
}

async function stateOf({ id }: Balance) {
  const [row] = await world.sql<{ status: string; code: string | null; item: string | null }[]>`
    select balance.status, balance.reclaim_failure_code as code, item.claimable_balance_status as item
    from public.claimable_balances as balance
    join public.payroll_items as item on item.transaction_operation_id = balance.transaction_operation_id
    where balance.id = ${id}`
  if (row === undefined) throw new Error(`There is no balance ${id}.`)
  return { ...row }
}

/** The ids of the balances that the database believes in that state. */
async function balanceIds(status: string): Promise<string[]> {
  const rows = await world.sql<{ claimable_balance_id: string }[]>`
    select claimable_balance_id from public.claimable_balances where status = ${status} order by claimable_balance_id`
  return rows.map(({ claimable_balance_id }) => claimable_balance_id)
}

/** The ids of the balances that the treasury keeps on the ledger. */
async function onLedger(): Promise<string[]> {
  const ids: string[] = []
  for (let cursor = ''; ; ) {
    const sponsor = treasury.publicKey()
    const response = await fetch(`${sandbox.url}/claimable_balances?sponsor=${sponsor}&limit=200&cursor=${cursor}`)
    const body = (await response.json()) as { _embedded: { records: { id: string; paging_token: string }[] } }
    const { records } = body._embedded
    ids.push(...records.map(({ id }) => id))
    if (records.length < 200) return ids.sort()
    cursor = records.at(-1)?.paging_token ?? ''
  }
}

async function leftInTreasury(): Promise<bigint> {
  return await held(treasury.publicKey())
}

async function paidOnLedger() {
  return { emma: await held(emma.publicKey()), waiting: (await onLedger()).length }
}

async function held(account: string): Promise<bigint> {
  const response = await fetch(`${sandbox.url}/accounts/${account}`)
  const { balances } = (await response.json()) as { balances: { asset_code?: string; balance: string }[] }
  const line = balances.find(({ asset_code }) => asset_code === 'USDC')
  return BigInt((line?.balance ?? '0').replace('.', ''))
}
