import { Asset, Claimant, Operation } from '@stellar/stellar-sdk/base'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import type { Fetch } from '../../supabase/functions/_shared/worker/ports.ts'
import { createSandbox, type Sandbox } from '../../tools/sandbox/index.ts'
import { nothing, submitOutside } from '../support/outsider.ts'
import { address, keypair } from '../support/plans.ts'
import { claimableBalances, type WalkedLedger, walkedLedger } from '../support/walked-ledger.ts'
import { createWorld, type World } from './support/world.ts'

const HISTORY = '/accounts/*/transactions'
const EFFECTS = '/transactions/*/effects'
const treasury = keypair(100)
const own = treasury.publicKey()

let world: World
let sandbox: Sandbox
let ledger: WalkedLedger

beforeEach(async () => {
  world = await createWorld()
  await world.sql`select tests.create_organization_with('Acme', '{ada}', '{max}')`
  sandbox = await createSandbox({ ledgerIntervalMs: 'manual', seed: 'history' })
  ledger = await walkedLedger(world.sql, sandbox, treasury)
})
afterEach(async () => {
  await sandbox.close()
  await world.close()
})

describe('a provider of history', () => {
  test('that sends away, breaks, damages or drowns its answers changes no row and no place', async () => {
    await sandbox.fund([own, address(1)])
    await ledger.walkToTheEnd()
    for (let count = 0; count < 3; count++) await submitOutside(sandbox, treasury, [nothing()])
    const before = await standing()
    const harms = [
      { kind: 'status', status: 429, retryAfter: '1' },
      { kind: 'status', status: 503 },
      { kind: 'reset' },
      { kind: 'cut', bytes: 700 },
      { kind: 'truncate', bytes: 700 },
      { kind: 'damage', bytes: 200 },
      { kind: 'huge', bytes: 21_000_000 },
      { kind: 'text', text: '<html>Bad gateway</html>' },
    ] as const
    for (const harm of harms) {
      const fault = sandbox.addFault({ ...harm, route: HISTORY, count: 'forever' })
      await ledger.walk()
      expect({ harm: harm.kind, standing: await standing() }).toEqual({ harm: harm.kind, standing: before })
      sandbox.removeFault(fault)
      await restedProvider()
    }

    await ledger.walkToTheEnd()
    expect((await standing()).transactions).toBe('4')
    expect(await gaps()).toEqual([])
  })

  test('that tells effects twice, in another order or without end makes of each effect one movement', async () => {
    await sandbox.fund([own, address(1), address(2)])
    for (const giver of [1, 2]) {
      const claimants = [new Claimant(own)]
      const balance = Operation.createClaimableBalance({ asset: Asset.native(), amount: `${giver}`, claimants })
      await submitOutside(sandbox, keypair(giver), [balance])
    }
    const waiting = await Promise.all([1, 2].map((giver) => claimableBalances(sandbox, address(giver))))
    const claims = waiting.flat().map((balanceId) => Operation.claimClaimableBalance({ balanceId }))
    await submitOutside(sandbox, treasury, claims)
    const endless: Fetch = (url, init) => systemFetch(url.replace(/(effects.*)&cursor=[^&]*/, '$1'), init)
    await ledger.walk({ fetch: endless })
    expect((await standing()).transactions).toBe('3')

    for (const kind of ['duplicate', 'reorder'] as const) {
      sandbox.addFault({ kind, route: EFFECTS, count: 'forever' })
    }
    await ledger.walkToTheEnd()
    const claimed = await world.sql`
      select operation_index || ' ' || amount as line from public.ledger_movements
      where kind = 'claimable_balance_claimed' order by place`
    expect(claimed.map(({ line }) => line)).toEqual(['0 1.0000000', '1 2.0000000'])
    await ledger.readWallets()
    await ledger.walkToTheEnd()
    expect(await gaps()).toEqual([])
  })

  test('that sends a walk away is asked once in each turn, and later after each', async () => {
    await sandbox.fund([own])
    let asked = 0
    const storm: Fetch = async (url, init) => {
      if (!url.includes('/transactions')) return await systemFetch(url, init)
      asked++
      return new Response('{}', { status: 429, headers: { 'retry-after': '30' } })
    }
    const waits: number[] = []
    for (let turn = 1; turn <= 4; turn++) {
      await ledger.walk({ fetch: storm })
      expect(asked).toBe(turn)
      const [walk] = await world.sql`
        select extract(epoch from next_read_at - asked_at) as wait from private.history_walks`
      waits.push(Math.round(Number(walk?.wait) / 30))
    }
    expect(waits).toEqual([1, 2, 4, 8])
    expect((await standing()).transactions).toBe('0')
  })

  test('that never answers holds a walk until its deadline only, and the walk goes on where it stood', async () => {
    await sandbox.fund([own])
    let signal: AbortSignal | null | undefined
    const hanging: Fetch = async (url, init) => {
      if (!url.includes('/transactions')) return await systemFetch(url, init)
      signal = init?.signal
      queueMicrotask(() => ledger.clock.advance(60_000))
      return await new Promise((_, refuse) => {
        signal?.addEventListener('abort', () => refuse(signal?.reason))
      })
    }
    await ledger.walk({ fetch: hanging })
    expect(signal?.aborted).toBe(true)
    expect((await standing()).transactions).toBe('0')
    await restedProvider()
    await ledger.walkToTheEnd()
    expect((await standing()).transactions).toBe('1')
  })

  test('that keeps more than the first one fills in what was before the history, which begins there from then on', async () => {
    await sandbox.fund([own, address(1)])
    await submitOutside(sandbox, treasury, [nothing()])
    const elder = sandbox.closeLedger(40)
    await submitOutside(sandbox, treasury, [nothing()])
    const fault = sandbox.addFault({ kind: 'reaped', elder })
    await ledger.walkToTheEnd()
    expect((await standing()).transactions).toBe('1')
    expect(await gaps()).toEqual([])

    sandbox.removeFault(fault)
    await ledger.walk()
    expect(await gaps()).toEqual([`before_retention open 1 ${elder - 1}`])
    await ledger.walkToTheEnd()
    expect(await gaps()).toEqual([`before_retention filled 1 ${elder - 1}`])
    expect((await standing()).transactions).toBe('3')
    const [history] = await world.sql`select begins_at_ledger from public.account_histories`
    expect(history?.begins_at_ledger).toBe('1')
  })

  test('whose servers forget a few ledgers apart opens no gap, and the history begins where it began', async () => {
    await sandbox.fund([own, address(1)])
    const elder = sandbox.closeLedger(40)
    await submitOutside(sandbox, treasury, [nothing()])
    const first = sandbox.addFault({ kind: 'reaped', elder })
    await ledger.walkToTheEnd()
    sandbox.closeLedger(40)
    sandbox.removeFault(first)
    for (const apart of [-3, 4, -2]) {
      const other = sandbox.addFault({ kind: 'reaped', elder: elder + apart })
      await ledger.walk()
      sandbox.removeFault(other)
    }
    expect(await gaps()).toEqual([])
    const [history] = await world.sql`select begins_at_ledger from public.account_histories`
    expect(history?.begins_at_ledger).toBe(String(elder))
  })

  test('that claims to keep what it has forgotten leaves the gap open and the beginning where it was', async () => {
    await sandbox.fund([own, address(1)])
    const elder = sandbox.closeLedger(40)
    await submitOutside(sandbox, treasury, [nothing()])
    sandbox.addFault({ kind: 'reaped', elder })
    await ledger.walkToTheEnd()
    const boasting: Fetch = async (input, init) => {
      const answer = await systemFetch(input, init)
      const text = (await answer.text()).replace(/("history_elder_ledger": ?)[0-9]+/, '$11')
      return new Response(text, { status: answer.status, headers: answer.headers })
    }
    for (let walks = 0; walks < 4; walks++) {
      await ledger.walk({ fetch: boasting })
      await world.sql`update private.history_walks set next_read_at = now()`
    }
    expect(await gaps()).toEqual([`before_retention open 1 ${elder - 1}`])
    const [history] = await world.sql`select begins_at_ledger from public.account_histories`
    expect(history?.begins_at_ledger).toBe(String(elder))
  })

  test('that forgets again while the earlier part is read leaves one gap with its name', async () => {
    await sandbox.fund([own, address(1)])
    const elder = sandbox.closeLedger(40)
    await submitOutside(sandbox, treasury, [nothing()])
    const reaped = { kind: 'reaped', elder } as const
    const fault = sandbox.addFault(reaped)
    await ledger.walkToTheEnd()
    sandbox.removeFault(fault)
    await ledger.walk()
    sandbox.addFault(reaped)
    await ledger.walkToTheEnd()
    expect(await gaps()).toEqual([`before_retention open 1 ${elder - 1}`])
    const [history] = await world.sql`select begins_at_ledger from public.account_histories`
    expect(history?.begins_at_ledger).toBe(String(elder))
  })
})

/** What is recorded, and where the head of the walk stands: always in the same transaction. */
async function standing(): Promise<{ transactions: string; place: string }> {
  const [row] = await world.sql`
    select (select count(*) from public.ledger_transactions)::text as transactions,
      (select place from private.history_walks where gap_id is null)::text as place`
  return row as unknown as { transactions: string; place: string }
}

/** The provider may be asked again, as after the time that it wanted to be left alone. */
async function restedProvider(): Promise<void> {
  await world.sql`delete from private.provider_budgets`
}

async function gaps(): Promise<readonly string[]> {
  const rows = await world.sql`
    select kind || ' ' || state || ' ' || from_ledger || ' ' || to_ledger as gap from public.history_gaps order by id`
  return rows.map(({ gap }) => String(gap))
}
