import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import type { Fetch } from '../../supabase/functions/_shared/worker/ports.ts'
import { providerBudget } from '../../supabase/functions/_shared/worker/provider-budget.ts'
import { syncDatabase } from '../../supabase/functions/horizon-sync/database.ts'
import { type SyncPorts, startTurn } from '../../supabase/functions/horizon-sync/turn.ts'
import { syncWallets } from '../../supabase/functions/horizon-sync/wallets.ts'
import { loadKeys } from '../../tools/stack/keys.ts'
import { type Stack, startStack } from '../../tools/stack/stack.ts'
import { testClock } from '../support/clock.ts'
import { address } from '../support/plans.ts'
import { rpcAt } from '../support/rpc.ts'
import { type HostileProvider, hostileProvider } from './support/hostile-provider.ts'

const PEOPLE = 30

let stack: Stack
let sql: Sql
let secretKey: string
let provider: HostileProvider
/** Paths of accounts that horizon-sync asked the provider for. */
let asked: string[] = []
/** How often horizon-sync asked which network the provider serves. */
let rooted = 0

beforeAll(async () => {
  stack = await startStack({ functions: false, scheduler: false, realtime: false, sandbox: false })
  sql = postgres(stack.adminUrl, { max: 1, onnotice: () => undefined })
  secretKey = (await loadKeys(stack.dataDir)).secret
  provider = await hostileProvider()
  await provider.sandbox.fund(Array.from({ length: PEOPLE }, (_, index) => address(index + 1)))
  provider.tick(20)
  await sql`select private.configure_network(${provider.networkPassphrase}, ${provider.url})`
  await sql`insert into public.organizations (name) values ('Acme')`
  await sql`
    insert into public.employees (organization_id, first_name, last_name, email, wallet_address)
    select organization.id, 'Person', number::text, 'person' || number || '@acme.example', account
    from public.organizations as organization,
      unnest(${Array.from({ length: PEOPLE }, (_, index) => address(index + 1))}::text[]) with ordinality
        as person (account, number)`
})

beforeEach(() => {
  provider.tellTheTruth()
  asked = []
  rooted = 0
})

afterAll(async () => {
  await provider?.close()
  await sql?.end()
  await stack?.stop()
})

test('a provider whose replica lags is asked at most once for each wallet, however long the turn is', async () => {
  expect(await sync()).toMatchObject({ updated: PEOPLE })
  provider.tick(20)
  provider.lie({ route: '/accounts/*', count: 'forever', kind: 'stale', ledgers: 30 })
  await makeDue()
  asked = []
  expect(await sync()).toMatchObject({ updated: 0, unchanged: 0 })
  expect(await sync()).toMatchObject({ updated: 0, unchanged: 0 })
  expect(await sync()).toMatchObject({ claimed: 0 })
  expect(asked.length).toBe(PEOPLE)
  expect(await problems()).toEqual({ provider_lags: PEOPLE })
})

test('a provider that names the largest ledger there is stops nothing: the next honest answer is believed', async () => {
  await forget()
  await sync()
  provider.lie({ route: '/accounts/*', count: 'forever', kind: 'latest-ledger', ledger: 4_294_967_295 })
  await makeDue()
  expect(await sync()).toMatchObject({ updated: 0, unchanged: 0 })
  provider.tellTheTruth()
  provider.tick()
  await sql`delete from private.wallet_reads`
  expect(await sync()).toMatchObject({ unchanged: PEOPLE })
  expect(await problems()).toEqual({})
})

test.each(['1e3', '1,5', '0.00000001', '-1', 'NaN'])(
  'a provider that writes the balance %s leaves the balance that is known',
  async (value) => {
    await forget()
    await sync()
    const [known] = await sql`select sum(balance::numeric)::text as total from public.wallets`
    provider.tick()
    provider.lie({ route: '/accounts/*', count: 'forever', kind: 'balance', value })
    await makeDue()
    expect(await sync()).toMatchObject({ updated: 0 })
    const [after] = await sql`select sum(balance::numeric)::text as total from public.wallets`
    expect(after).toEqual(known)
    expect(Object.keys(await problems())).toEqual(['balance_unreadable'])
  },
)

test('once a provider sends one worker away, no worker asks it again before the time that it named', async () => {
  await forget()
  await sync()
  asked = []
  rooted = 0
  provider.lie({
    route: '/accounts/*',
    count: 'forever',
    kind: 'status',
    status: 429,
    retryAfter: '30',
  })
  await makeDue()
  await sync()
  const before = asked.length
  expect(before).toBeGreaterThan(0)
  expect(before).toBeLessThanOrEqual(4)

  // Another worker, with an account of its own, which knows nothing of the first.
  await sql`delete from private.wallet_reads`
  await sync()
  expect(asked.length).toBe(before)
  expect(rooted).toBe(1)

  await sql`update private.provider_budgets set sent_away_until = now() - interval '1 second'
    where sent_away_until is not null`
  provider.tellTheTruth()
  await sql`delete from private.wallet_reads`
  expect(await sync()).toMatchObject({ unchanged: PEOPLE })
})

/** One turn of horizon-sync over the real API, with a clock that stands still, so that its budget never ends it. */
function sync() {
  const fetch: Fetch = (url, init) => {
    const { pathname } = new URL(url)
    if (pathname.startsWith('/accounts/')) asked.push(pathname)
    if (pathname === '/') rooted += 1
    return systemFetch(url, init)
  }
  const rpc = rpcAt(stack.url, secretKey)
  const ports: SyncPorts = {
    clock: testClock(),
    fetch,
    log: () => undefined,
    database: syncDatabase(rpc),
    budget: providerBudget(rpc),
  }
  return syncWallets(ports, startTurn(ports))
}

/** Lets every wallet be due: while no run is on its way, the wallets of employees are read every hour. */
async function makeDue(): Promise<void> {
  await sql`update public.wallets set last_synced_at = last_synced_at - interval '2 hours'`
}

async function forget(): Promise<void> {
  await sql`select private.forget_wallet_reads(0 + 1, 'A test starts anew.')`
}

async function problems(): Promise<Record<string, number>> {
  const rows = await sql<{ problem: string; count: number }[]>`
    select read_problem as problem, count(*)::int as count
    from public.wallets where read_problem is not null group by read_problem`
  return Object.fromEntries(rows.map((row) => [row.problem, row.count]))
}
