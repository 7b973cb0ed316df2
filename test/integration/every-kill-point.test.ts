import { Keypair } from '@stellar/stellar-sdk/base'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PayrollRun } from '../../src/index.ts'
import { systemClock, systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import type { DisburseDatabase } from '../../supabase/functions/payroll-disburse/database.ts'
import { disburseDatabase } from '../../supabase/functions/payroll-disburse/database.ts'
import { type DisbursePorts, disburse } from '../../supabase/functions/payroll-disburse/disburse.ts'
import { createKeyring } from '../../supabase/functions/payroll-disburse/sign.ts'
import { compareBooks } from '../../tools/demo/books.ts'
import type { DemoStack } from '../../tools/demo/demo-stack.ts'
import { needsOf } from '../../tools/demo/file.ts'
import { type Horizon, openHorizon } from '../../tools/demo/horizon.ts'
import { makeCompany, toCsv } from '../../tools/demo/people.ts'
import { assembleTeam, type Team } from '../../tools/demo/team.ts'
import { enrollTreasury, fundTreasury, type Need } from '../../tools/demo/treasury.ts'
import { until } from '../../tools/demo/wait.ts'
import { openWallets } from '../../tools/demo/wallets.ts'
import { loadKeys } from '../../tools/stack/keys.ts'
import { type Stack, startStack } from '../../tools/stack/stack.ts'
import { rpcAt } from '../support/rpc.ts'

// One of them does not trust the asset, so that every run takes a transaction that fails and one that pays the others.
const PEOPLE = 12
const DAY_MS = 24 * 60 * 60 * 1_000

type Kill = { readonly point: number; readonly side: 'before' | 'after' }

let stack: Stack
let sql: Sql
let team: Team
let horizon: Horizon
let treasury: Keypair
let need: Need
let database: DisburseDatabase
/** How many people can be paid in a run. */
let payable = 0
let runs = 0

beforeAll(async () => {
  stack = await startStack({ functions: false, scheduler: false, sandbox: { ledgerIntervalMs: 100 } })
  sql = postgres(stack.adminUrl, { max: 1, onnotice: () => undefined })
  const keys = await loadKeys(stack.dataDir)
  treasury = Keypair.fromSecret(keys.treasury.secretKey)
  const demo: DemoStack = {
    url: stack.url,
    publishableKey: keys.publishable,
    secretKey: keys.secret,
    treasury,
    horizonUrl: stack.sandbox?.url ?? '',
    hasSandbox: true,
  }
  horizon = await openHorizon(demo.horizonUrl)
  const company = makeCompany('every kill point', PEOPLE)
  payable = company.people.filter(
    ({ trusts, row, keypair }) => trusts && row.wallet_address === keypair.publicKey(),
  ).length
  const csv = toCsv(company)
  team = await assembleTeam(demo, 'Acme')
  const [report] = await Promise.all([team.manager.payd.employees.importCsv(csv), openWallets(horizon, company)])
  await enrollTreasury(demo, team.organization.id)
  // Runs of a week, each with the whole salary.
  await sql`update public.organizations set salary_period = 'run' where id = ${team.organization.id}`
  const issued = needsOf(csv, report).find(({ asset_issuer }) => asset_issuer !== '')
  if (issued === undefined) throw new Error('No employee is paid in an asset that must be trusted.')
  need = issued
  const fees = { asset_code: 'XLM', asset_issuer: '', stroops: 10n * 10_000_000n }
  await fundTreasury(demo, horizon, company, [{ ...issued, stroops: issued.stroops * 100n }, fees])
  database = disburseDatabase(rpcAt(stack.url, keys.secret))
})

afterAll(async () => {
  await sql?.end()
  await stack?.stop()
})

test.each(['before', 'after'] as const)(
  'a worker that is killed %s any of its calls took effect: the next one pays everybody exactly once',
  async (side) => {
    // The points are not listed but reached one after the other, so that none is forgotten when the worker changes.
    for (let point = 0; ; point++) {
      const { end, calls, isKilled } = await pay({ point, side })
      expect(end, `killed ${side} ${calls.at(-1)} (call ${point})`).toEqual({
        status: 'failed',
        failure_code: 'items_not_paid',
        paid: payable,
      })
      if (isKilled) continue
      expect(point).toBeGreaterThan(15)
      break
    }
  },
)

test('and the books are equal after all of it', async () => {
  const books = await compareBooks(team.manager, horizon, treasury.publicKey())
  expect(books.differences).toEqual([])
  expect(books.assets.map(({ payments }) => payments)).toEqual([runs * payable])
})

/** Pays one run with a worker that is killed, and then with others until it has ended. */
async function pay(kill: Kill) {
  const run = await approvedRun()
  await team.manager.payd.payrollRuns.disburse(run.id)
  const mortal = mortalPorts(kill)
  await passTime()
  await disburse(mortal.ports).catch((error: unknown) => {
    if (!mortal.isDead()) throw error
  })
  const end = await until('the end of a payroll run', () => endOf(run, resume), { deadlineMs: 60_000, intervalMs: 5 })
  return { end, calls: mortal.calls, isKilled: mortal.isDead() }
}

/** A run of its own week, because base pay is due once for the same days. */
async function approvedRun(): Promise<PayrollRun> {
  const { manager, admin } = team
  const { asset_code, asset_issuer } = need
  const firstMs = Date.UTC(2026, 0, 5) + 7 * DAY_MS * runs++
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
  const period = { period_start: day(firstMs), period_end: day(firstMs + 6 * DAY_MS) }
  const draft = await manager.payd.payrollRuns.create({ ...period, asset_code, asset_issuer })
  return await admin.payd.payrollRuns.approve(await manager.payd.payrollRuns.submit(draft))
}

async function endOf(run: PayrollRun, goOn: () => Promise<void>) {
  const [row] = await sql<{ status: string; failure_code: string | null; paid: number }[]>`
    select run.status, run.failure_code,
      (select count(*)::int from public.payroll_items as item
        where item.payroll_run_id = run.id and item.status = 'completed') as paid
    from public.payroll_runs as run where run.id = ${run.id}`
  if (row !== undefined && row.status !== 'processing') return row
  await goOn()
  return undefined
}

/** Another worker takes its turn, when the lease of the dead one has ended. */
async function resume(): Promise<void> {
  await passTime()
  await disburse(ports())
}

/** Leases end and everything is due, as it would be in two minutes. */
async function passTime(): Promise<void> {
  await sql`update private.source_accounts set leased_until = now() - interval '1 second' where leased_until is not null`
  await sql`update private.source_accounts set next_check_at = now()`
  await sql`update public.transactions set next_check_at = now() where is_live`
}

function ports(changes: Partial<DisbursePorts> = {}): DisbursePorts {
  return {
    clock: systemClock,
    fetch: systemFetch,
    random: () => 0,
    log: () => undefined,
    database,
    keyring: createKeyring([treasury.secret()]),
    ...changes,
  }
}

/** Ports of a worker that does nothing any more from one call on: not even giving its lease back. */
function mortalPorts(kill: Kill) {
  const calls: string[] = []
  let isDead = false
  const through = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
    if (isDead) throw new Error('killed')
    isDead = calls.push(name) - 1 === kill.point
    if (isDead && kill.side === 'before') throw new Error('killed')
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
  return {
    calls,
    isDead: () => isDead,
    ports: ports({
      database: watched,
      fetch: (url, init) => through(`${init.method} ${new URL(url).pathname}`, () => systemFetch(url, init)),
    }),
  }
}
