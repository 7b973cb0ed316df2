import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createPayd,
  type Employee,
  isAmount,
  type PayrollRun,
  parseEmployeeId,
  parsePayrollRunId,
} from '../../src/index.ts'
import { makeCompany } from '../../tools/demo/people.ts'
import { withConnection } from '../../tools/lib/sql.ts'
import type { Stack } from '../../tools/stack/stack.ts'
import { aMember, anOrganization, aPerson, type Person, startProject } from './project.ts'

let stack: Stack
let admin: Awaited<ReturnType<typeof anOrganization>>
let manager: Person

beforeAll(async () => {
  stack = await startProject()
  admin = await anOrganization(stack)
  manager = await aMember(stack, admin, 'manager')
  const { people } = makeCompany('postgrest', 120)
  const rows = people.map(({ row }, place) => ({ ...row, line: place + 2 }))
  await manager.payd.employees.importRows(rows)
}, 60_000)

afterAll(() => stack?.stop())

describe('the rows that PostgREST sends', () => {
  it('carry money as exact text, from tables and from functions', async () => {
    const run = await manager.payd.payrollRuns.create({ period_start: '2026-01-01', period_end: '2026-01-31' })
    const { items } = await manager.payd.payrollRuns.items(run.id, {}, { limit: 1 })
    const employee = parseEmployeeId(items[0]?.employee_id)
    const bonus = await manager.payd.payrollRuns.addBonus(run.id, {
      employee_id: employee,
      amount: '123456789012.0000001',
    })
    expect(bonus.amount).toBe('123456789012.0000001')
    const read = await manager.payd.payrollRuns.get(run.id)
    for (const amount of [read.total_amount, read.total_base_amount, read.total_bonus_amount])
      expect(isAmount(amount)).toBe(true)
    expect(read.total_bonus_amount).toBe('123456789012.0000001')

    const after = await manager.payd.payrollRuns.removeItem(bonus.id)
    expect(after).toMatchObject({ total_bonus_amount: '0.0000000', total_amount: after.total_base_amount })
  })
})

describe('listing', () => {
  it('covers every employee once, although one import gave all of them the same time', async () => {
    const seen: Employee[] = []
    let after: string | null = null
    do {
      const page: Awaited<ReturnType<typeof manager.payd.employees.list>> = await manager.payd.employees.list(
        {},
        { limit: 7, after },
      )
      expect(page.items.length).toBeLessThanOrEqual(7)
      seen.push(...page.items)
      after = page.nextCursor
    } while (after !== null)
    expect(new Set(seen.map((employee) => employee.created_at)).size).toBe(1)
    expect(seen).toHaveLength(119)
    expect(new Set(seen.map((employee) => employee.id)).size).toBe(119)
    expect(seen.map((employee) => employee.id)).toEqual(seen.map((employee) => employee.id).toSorted((a, b) => b - a))
  })

  it('covers every item of a run once, in the order of employees', async () => {
    const run = await manager.payd.payrollRuns.create({ period_start: '2026-02-01', period_end: '2026-02-28' })
    const employees: number[] = []
    for await (const item of manager.payd.payrollRuns.iterateItems(run.id, {}, { limit: 3 }))
      employees.push(item.employee_id)
    expect(employees).toHaveLength(run.item_count)
    expect(employees).toEqual([...new Set(employees)].toSorted((a, b) => a - b))
  })

  it('gives the last page no cursor, also when it is full', async () => {
    const run = await manager.payd.payrollRuns.create({ period_start: '2026-03-01', period_end: '2026-03-31' })
    const page = await manager.payd.payrollRuns.items(run.id, {}, { limit: Math.min(run.item_count, 200) })
    expect(page.items).toHaveLength(run.item_count)
    expect(page.nextCursor).toBeNull()
  })

  it('narrows by the filters', async () => {
    const { items } = await manager.payd.employees.list({ status: 'active', department: 'Finance' })
    expect(items.length).toBeGreaterThan(0)
    expect(new Set(items.map((employee) => employee.department))).toEqual(new Set(['Finance']))
    expect((await manager.payd.employees.list({ status: 'inactive' })).items).toEqual([])
  })

  it('finds people and runs by their numbers, and those who were removed only then', async () => {
    const { items } = await manager.payd.employees.list({}, { limit: 3 })
    const [removed, kept, other] = items.map(({ id }) => id)
    if (removed === undefined || kept === undefined || other === undefined) throw new Error('There are no people.')
    await manager.payd.employees.remove(removed)
    const named = await manager.payd.employees.list({ id: [removed, kept] })
    expect(new Set(named.items.map(({ id }) => id))).toEqual(new Set([removed, kept]))
    expect((await manager.payd.employees.list({}, { limit: 200 })).items.some(({ id }) => id === removed)).toBe(false)
    const run = await manager.payd.payrollRuns.create({ period_start: '2026-05-01', period_end: '2026-05-31' })
    const { items: runs } = await manager.payd.payrollRuns.summaries({ id: run.id })
    expect(runs.map(({ payroll_run_id }) => payroll_run_id)).toEqual([run.id])
  })

  it('answers empty lists of everything that did not happen yet', async () => {
    expect(await manager.payd.transactions.list()).toEqual({ items: [], nextCursor: null })
    expect(await admin.payd.webhooks.deliveries({ outcome: 'dead' })).toEqual({ items: [], nextCursor: null })
    expect(await manager.payd.wallets.list({ wallet_type: 'treasury' })).toEqual({ items: [], nextCursor: null })
  })

  it.each([0, 201, 1.5, Number.NaN])('refuses a page of %d before asking', async (limit) => {
    await expect(manager.payd.employees.list({}, { limit })).rejects.toMatchObject({ code: 'invalid_limit' })
  })
})

describe('a payroll run', () => {
  it('goes from draft to approved by two persons, and back to draft with a reason', async () => {
    const create = { period_start: '2026-04-01', period_end: '2026-04-30', memo: 'April' }
    const draft = await manager.payd.payrollRuns.create(create)
    // The mistyped address was refused on import, so everybody has one.
    const pending = await manager.payd.payrollRuns.submit(draft)
    expect(pending).toMatchObject({ status: 'pending', memo: 'April' } satisfies Partial<PayrollRun>)
    expect(await manager.payd.payrollRuns.submit(draft)).toEqual(pending)

    await expect(manager.payd.payrollRuns.approve(pending)).rejects.toMatchObject({
      kind: 'permission_denied',
      code: 'approver_is_submitter',
      status: 403,
      hint: expect.any(String),
    })
    expect((await admin.payd.payrollRuns.reject(draft.id, 'Wrong month')).status).toBe('draft')
    const [item] = (await manager.payd.payrollRuns.items(draft.id, {}, { limit: 1 })).items
    if (item === undefined) throw new Error('The run has no item.')
    await manager.payd.payrollRuns.addBonus(draft.id, { employee_id: item.employee_id, amount: '5' })
    // The bonus is no part of what the manager looked at first.
    await expect(manager.payd.payrollRuns.submit(draft)).rejects.toMatchObject({ code: 'payroll_run_outdated' })
    const again = await manager.payd.payrollRuns.submit(await manager.payd.payrollRuns.get(draft.id))
    // What was looked at first is not what would be paid now.
    await expect(admin.payd.payrollRuns.approve(pending)).rejects.toMatchObject({ code: 'payroll_run_changed' })
    expect((await admin.payd.payrollRuns.approve(again)).approved_at).not.toBeNull()
    await expect(manager.payd.payrollRuns.disburse(draft.id)).rejects.toMatchObject({ code: 'source_account_missing' })
    await expect(manager.payd.payrollRuns.retry(draft.id)).rejects.toMatchObject({ code: 'payroll_run_not_failed' })
    const { items } = await manager.payd.payrollRuns.list({ status: 'pending' })
    expect(items.map((run) => run.id)).toEqual([draft.id])
  })

  it('of another organization is as absent as one that never was', async () => {
    const run = await manager.payd.payrollRuns.create({ period_start: '2026-05-01', period_end: '2026-05-31' })
    const stranger = await anOrganization(stack)
    for (const id of [run.id, parsePayrollRunId('999999999')]) {
      await expect(stranger.payd.payrollRuns.get(id)).rejects.toMatchObject({ kind: 'not_found', code: 'not_found' })
      await expect(stranger.payd.payrollRuns.submit({ id, version: 1 })).rejects.toMatchObject({
        code: 'payroll_run_not_found',
      })
    }
    expect((await stranger.payd.payrollRuns.list()).items).toEqual([])
  })

  it('is refused in words when the input is wrong', async () => {
    const reversed = manager.payd.payrollRuns.create({ period_start: '2026-05-31', period_end: '2026-05-01' })
    await expect(reversed).rejects.toMatchObject({
      kind: 'validation_failed',
      code: 'period_reversed',
      hint: expect.any(String),
    })
    const run = await manager.payd.payrollRuns.create({ period_start: '2026-06-01', period_end: '2026-06-30' })
    const bonus = { employee_id: parseEmployeeId('999999999'), amount: '1' }
    await expect(manager.payd.payrollRuns.addBonus(run.id, bonus)).rejects.toMatchObject({ code: 'employee_not_found' })
    const fine = manager.payd.payrollRuns.addBonus(run.id, { ...bonus, amount: '0.00000001' })
    await expect(fine).rejects.toMatchObject({ code: 'too_many_decimals', kind: 'validation_failed' })
  })
})

describe('people and organizations', () => {
  it('knows who belongs to none, and lets a person act in each of several', async () => {
    const person = await aPerson(stack)
    expect(await person.payd.organizations.current()).toBeNull()
    const [first, second] = [
      await person.payd.organizations.create({ name: `First ${person.email}` }),
      await person.payd.organizations.create({ name: `Second ${person.email}` }),
    ]
    expect((await person.payd.organizations.current())?.id).toBe(first.id)
    const inSecond = createPayd(person.supabase, { organizationId: second.id })
    expect((await inSecond.organizations.current())?.id).toBe(second.id)
    const inForeign = createPayd(person.supabase, { organizationId: admin.organizationId })
    expect(await inForeign.organizations.current()).toBeNull()
  })

  it('invites once with a token that works once more for the same person only', async () => {
    const person = await aPerson(stack)
    const invitation = await admin.payd.members.invite({ email: person.email, role: 'viewer' })
    const stranger = await aPerson(stack)
    await expect(stranger.payd.members.acceptInvitation(invitation.token)).rejects.toMatchObject({
      code: 'invitation_not_found',
    })
    const member = await person.payd.members.acceptInvitation(invitation.token)
    expect(member).toMatchObject({ role: 'viewer', organization_id: admin.organizationId })
    expect(await person.payd.members.acceptInvitation(invitation.token)).toEqual(member)
    const create = person.payd.payrollRuns.create({ period_start: '2026-01-01', period_end: '2026-01-31' })
    await expect(create).rejects.toMatchObject({ kind: 'permission_denied', code: 'role_too_low' })
  })
})

describe('webhook subscriptions', () => {
  it('shows delivery attempts as they happen, each once and none that was there before', async () => {
    await admin.payd.webhooks.subscribe({ url: 'https://example.com/tail' })
    const [subscription] = await admin.payd.webhooks.subscriptions()
    await withConnection(stack.adminUrl, async (sql) => {
      const attempt = async (outcome: string): Promise<number> => {
        const [row] = await sql`
          insert into public.webhook_attempts (organization_id, endpoint_id, event_id, attempt_number, outcome)
          select event.organization_id, ${subscription?.endpoint_id ?? 0}, min(event.id), 1, ${outcome}
          from public.events as event where event.organization_id = ${subscription?.organization_id ?? 0}
          group by event.organization_id returning id`
        return Number(row?.id)
      }
      const old = await attempt('delivered')
      const stopping = new AbortController()
      const tail = admin.payd.webhooks.tail({}, { everyMs: 500, signal: stopping.signal })
      let isShown = false
      const first = tail.next().finally(() => {
        isShown = true
      })
      // What is made while the tail takes its first look is not new for it, so attempts are made until one is shown.
      while (!isShown) await attempt('delivered')
      const last = await attempt('dead')
      const shown = [(await first).value?.id ?? 0]
      for (let id = shown[0]; id !== last; shown.push(id ?? 0)) id = (await tail.next()).value?.id
      expect(shown).toEqual(Array.from({ length: shown.length }, (_, place) => last - shown.length + 1 + place))
      expect(shown).not.toContain(old)
      stopping.abort()
      expect(await tail.next()).toEqual({ done: true, value: undefined })
    })
    if (subscription) await admin.payd.webhooks.unsubscribe(subscription.id)
  })

  it('show their secret once, are listed, and end', async () => {
    const created = await admin.payd.webhooks.subscribe({ url: 'https://example.com/hooks', events: ['payroll.*'] })
    expect(created.secret).toMatch(/^whsec_/)
    const [listed] = await admin.payd.webhooks.subscriptions()
    expect(listed).toMatchObject({ id: created.id, url: created.url, events: ['payroll.*'], is_active: true })
    expect(JSON.stringify(listed)).not.toContain('whsec_')
    await admin.payd.webhooks.unsubscribe(created.id)
    await admin.payd.webhooks.unsubscribe(created.id)
    expect(await admin.payd.webhooks.subscriptions()).toEqual([])
    const bad = admin.payd.webhooks.subscribe({ url: 'https://user:pw@example.com' })
    await expect(bad).rejects.toMatchObject({ code: 'invalid_webhook_url' })
  })
})
