import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SupabaseClient } from '@supabase/supabase-js'
import { MutationObserver, QueryClient, QueryObserver } from '@tanstack/query-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPayd, type Payd, type PayrollRun } from '../../src/index.ts'
import {
  type Area,
  areasOfEvents,
  invalidateByEvents,
  paydKey,
  paydMutation,
  paydQueries,
} from '../../src/query/index.ts'
import type { Stack } from '../../tools/stack/stack.ts'
import { keypair } from '../support/plans.ts'
import { aMember, anOrganization, startProject } from './project.ts'

const [ADDRESS, OTHER] = [keypair(71).publicKey(), keypair(72).publicKey()]
const SCHEDULE = { name: 'Monthly', frequency: 'monthly', day_of_month: 25, time_zone: 'Europe/Berlin' }

let stack: Stack
let payd: Payd
let approver: Payd
let session: SupabaseClient

beforeAll(async () => {
  stack = await startProject()
  const admin = await anOrganization(stack)
  session = admin.supabase
  payd = createPayd(session, { organizationId: admin.organizationId })
  const manager = await aMember(stack, admin, 'manager')
  approver = createPayd(manager.supabase, { organizationId: admin.organizationId })
})

afterAll(() => stack?.stop())

const aCache = () =>
  new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } } })

/** Everything of an organization that a screen may show, kept in one cache. */
async function everythingShown(cache: QueryClient, run: PayrollRun, employee: { readonly id: never }) {
  const queries = paydQueries(payd)
  const shown = [
    queries.organizations.current(),
    queries.organizations.list(),
    queries.members.list(),
    queries.members.invitations(),
    queries.approvalThresholds.list(),
    queries.auditLogs.list(),
    queries.employees.list(),
    queries.employees.get(employee.id),
    queries.employees.search('ada'),
    queries.walletChanges.list(),
    queries.payrollRuns.list(),
    queries.payrollRuns.get(run.id),
    queries.payrollRuns.progress(run.id),
    queries.payrollRuns.changes(run.id),
    queries.payrollRuns.approvals(run.id),
    queries.payslips.list(),
    queries.payrollSchedules.list(),
    queries.wallets.list(),
    queries.wallets.balances(),
    queries.events.list(),
    queries.webhooks.subscriptions(),
    queries.notifications.list(),
    queries.notifications.countUnread(),
    queries.preferences.get(),
    queries.operations.doctor(),
  ].map((query) => ({ queryKey: query.queryKey, queryFn: query.queryFn }) as never)
  const observers = shown.map((options) => new QueryObserver(cache, options))
  const stops = observers.map((observer) => observer.subscribe(() => undefined))
  await Promise.all(observers.map((observer) => observer.refetch()))
  return { shown: shown as { queryKey: readonly unknown[] }[], stops }
}

/** The keys whose data on the screen are not what the database says. */
async function stale(cache: QueryClient, shown: readonly { queryKey: readonly unknown[] }[]): Promise<string[]> {
  const fresh = aCache()
  const found: string[] = []
  for (const options of shown) {
    const now = await fresh.fetchQuery(options as never)
    const cached = cache.getQueryData(options.queryKey)
    if (JSON.stringify(now) !== JSON.stringify(cached)) found.push(options.queryKey.slice(2).join(' '))
  }
  return found
}

describe('a screen with TanStack Query', () => {
  it('shows what the database says after each command', async () => {
    const person = (name: string) => ({
      first_name: name,
      last_name: 'L',
      email: `${randomUUID()}@example.com`,
      salary: '10',
    })
    const employee = await payd.employees.create({ ...person('Ada'), wallet_address: ADDRESS })
    const run = await payd.payrollRuns.create({ period_start: '2026-01-01', period_end: '2026-01-31' })
    const cache = aCache()
    const { shown, stops } = await everythingShown(cache, run, employee as never)
    const after: Record<string, string[]> = {}
    const command = async (area: Area, name: string, args: () => Promise<unknown[]> | unknown[]): Promise<unknown> => {
      const mutation = new MutationObserver(cache, paydMutation(payd, cache, area, name as never) as never)
      const result = await mutation.mutate((await args()) as never)
      after[`${area}.${name}`] = await stale(cache, shown)
      return result
    }
    const current = () => payd.payrollRuns.get(run.id)

    await command('employees', 'create', () => [person('Bea')])
    await command('employees', 'importRows', () => [[{ ...person('Cid'), line: 1 }]])
    await command('employees', 'update', async () => [await payd.employees.get(employee.id), { salary: '11' }])
    await command('payrollRuns', 'refresh', () => [run.id])
    await command('payrollRuns', 'addBonus', () => [run.id, { employee_id: employee.id, amount: '1' }])
    await command('payrollRuns', 'submit', async () => [await current()])
    await command('payrollRuns', 'reject', () => [run.id, 'Once more.'])
    await command('payrollRuns', 'update', async () => [await current(), { memo: 'January' }])
    await command('payrollRuns', 'discard', () => [run.id])
    await command('payrollRuns', 'restore', () => [run.id])
    await command('payrollRuns', 'create', () => [{ period_start: '2026-02-01', period_end: '2026-02-28' }])
    await command('employees', 'update', async () => [await payd.employees.get(employee.id), { wallet_address: OTHER }])
    const changes = await payd.walletChanges.list()
    for (const change of changes.items.slice(0, 1)) await command('walletChanges', 'cancel', () => [change.id])
    await command('members', 'invite', () => [{ email: `${randomUUID()}@example.com`, role: 'viewer' }])
    await command('approvalThresholds', 'set', () => [
      { asset_code: 'XLM', from_amount: '1000', required_approvals: 2 },
    ])
    await command('organizations', 'update', async () => [
      { name: `Acme ${randomUUID()}`, expected_version: (await payd.organizations.current())?.version },
    ])
    await command('webhooks', 'subscribe', () => [{ url: 'https://example.com/hooks' }])
    await command('preferences', 'set', () => ['locale.date_format', 'day_first'])
    await command('payrollSchedules', 'create', () => [SCHEDULE])
    await command('notifications', 'markAllRead', () => [])
    await command('employees', 'remove', async () => [(await payd.employees.create(person('Dan'))).id])
    for (const stop of stops) stop()
    expect(Object.entries(after).filter(([, keys]) => keys.length > 0)).toEqual([])
    expect(Object.keys(after).length).toBeGreaterThan(15)
  })

  it('shows what another person did as soon as the event is heard', async () => {
    const cache = aCache()
    const query = paydQueries(payd).payrollRuns.list()
    expect((await cache.fetchQuery(query)).items.length).toBeGreaterThan(0)
    await approver.payrollRuns.create({ period_start: '2026-03-01', period_end: '2026-03-31' })
    await invalidateByEvents(payd, cache, [{ type: 'payroll.created' }])
    expect(cache.getQueryState(query.queryKey)?.isInvalidated).toBe(true)
  })

  it('reads once more what was being read for the first time when the event was heard', async () => {
    const cache = aCache()
    const answers: ((answer: string) => void)[] = []
    const read = () => new Promise<string>((resolve) => answers.push(resolve))
    const queryKey = paydKey(payd, 'payrollRuns', 'slow')
    const observer = new QueryObserver(cache, { queryKey, queryFn: read })
    const stop = observer.subscribe(() => undefined)
    const told = invalidateByEvents(payd, cache, [{ type: 'payroll.submitted' }])
    answers[0]?.('from before the event')
    await expect.poll(() => answers.length).toBe(2)
    answers[1]?.('from after the event')
    await told
    expect(observer.getCurrentResult().data).toBe('from after the event')
    stop()
  })

  it('keeps what it read of one organization from another', async () => {
    const cache = aCache()
    const { id } = await payd.organizations.create({ name: 'Second' })
    const second = createPayd(session, { organizationId: id })
    const ours = await cache.fetchQuery(paydQueries(payd).employees.list())
    const theirs = await cache.fetchQuery(paydQueries(second).employees.list())
    expect([ours.items.length > 0, theirs.items.length]).toEqual([true, 0])
    await cache.invalidateQueries({ queryKey: paydKey(second) })
    expect(cache.getQueryState(paydQueries(payd).employees.list().queryKey)?.isInvalidated).toBe(false)
  })
})

describe('events', () => {
  it('of every family in the catalogue make something old', async () => {
    const catalogue = await readFile(join(import.meta.dirname, '../../docs/webhook-events.json'), 'utf8')
    const types = Object.keys(JSON.parse(catalogue) as object)
    expect(types.length).toBeGreaterThan(20)
    const untold = types.filter((type) => type !== 'test.ping' && areasOfEvents([{ type }]).length <= 4)
    expect(untold).toEqual([])
  })
})
