import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EmployeeId, PayrollRun } from '../../src/index.ts'
import type { Stack } from '../../tools/stack/stack.ts'
import { aMember, anOrganization, type Person, startProject } from '../sdk/project.ts'
import { address } from '../support/plans.ts'

// Who tries what, and what must not happen. Real PostgREST, real sessions, three people of one company.
let stack: Stack
let sql: Sql
let admin: Awaited<ReturnType<typeof anOrganization>>
let mia: Person
let max: Person
let payees: EmployeeId[]
let months = 0

beforeAll(async () => {
  stack = await startProject()
  sql = postgres(stack.adminUrl, { max: 1, onnotice: () => undefined })
  admin = await anOrganization(stack)
  mia = await aMember(stack, admin, 'manager')
  max = await aMember(stack, admin, 'manager')
  // Added by the operator, so that no person of the company shaped them.
  payees = (
    await sql<{ id: string }[]>`
      insert into public.employees (organization_id, first_name, last_name, email, wallet_address, status, salary)
      select ${admin.organizationId}, 'Payee', number::text, 'payee' || number || '@acme.example', account, 'active', 1000
      from unnest(${[1, 2].map(address)}::text[]) with ordinality as payee (account, number)
      returning id`
  ).map(({ id }) => Number(id) as EmployeeId)
})

afterAll(async () => {
  await sql?.end()
  await stack?.stop()
})

test('a manager adds a bonus to a draft that a colleague is about to submit: it is not submitted unseen', async () => {
  const seen = await draft(mia)
  await max.payd.payrollRuns.addBonus(seen.id, { employee_id: first(), amount: '999999' })
  await expect(mia.payd.payrollRuns.submit(seen)).rejects.toMatchObject({
    code: 'payroll_run_outdated',
    message: expect.stringContaining('bonus 999999.0000000 of Payee 1 added'),
  })
})

test('a manager adds a bonus, and a colleague who looked at it submits: the manager does not approve it', async () => {
  const { id } = await draft(mia)
  await max.payd.payrollRuns.addBonus(id, { employee_id: first(), amount: '999999' })
  const pending = await mia.payd.payrollRuns.submit(await mia.payd.payrollRuns.get(id))
  await expect(max.payd.payrollRuns.approve(pending)).rejects.toMatchObject({ code: 'approver_prepared_run' })
  expect(await changes(admin, id)).toContainEqual(
    expect.objectContaining({ kind: 'item_added', new_amount: '999999.0000000', changed_by_email: max.email }),
  )
})

test('a manager raises a salary after the look at the draft: it is neither paid unseen nor approved by the manager', async () => {
  const seen = await draft(mia)
  await raise(max, '5000')
  await expect(mia.payd.payrollRuns.submit(seen)).rejects.toMatchObject({
    code: 'payroll_run_not_up_to_date',
    message: expect.stringContaining('1000.0000000 -> 5000.0000000'),
  })
  await call(mia, 'refresh_payroll_run', { payroll_run_id: seen.id })
  const pending = await mia.payd.payrollRuns.submit(await mia.payd.payrollRuns.get(seen.id))
  await expect(max.payd.payrollRuns.approve(pending)).rejects.toMatchObject({ code: 'approver_prepared_run' })
  await raise(admin, '1000')
})

test('a manager invents an employee: the manager does not approve the run that pays the invention', async () => {
  const ghost = await max.payd.employees.create({
    first_name: 'Ghost',
    last_name: 'Person',
    email: 'ghost@acme.example',
    salary: '10',
    wallet_address: address(9),
  })
  const pending = await mia.payd.payrollRuns.submit(await draft(mia))
  await expect(max.payd.payrollRuns.approve(pending)).rejects.toMatchObject({ code: 'approver_prepared_run' })
  await mia.payd.payrollRuns.reject(pending.id, 'A ghost.')
  await sql`update public.employees set status = 'inactive' where id = ${ghost.id}`
})

test('a manager splits a payment below the threshold: the second half needs what the whole would need', async () => {
  const month = nextMonth()
  await call(admin, 'set_approval_threshold', {
    asset_code: 'XLM',
    asset_issuer: '',
    from_amount: '3000',
    required_approvals: 2,
  })
  const required: number[] = []
  for (const half of [0, 1]) {
    const period = half === 0 ? { ...month, period_end: `${month.period_start.slice(0, 8)}15` } : secondHalf(month)
    const { id } = await mia.payd.payrollRuns.create(period)
    await mia.payd.payrollRuns.addBonus(id, { employee_id: first(), amount: '1000' })
    await mia.payd.payrollRuns.submit(await mia.payd.payrollRuns.get(id))
    const [row] = await sql`
      select private.required_approvals(run) as required from public.payroll_runs as run where run.id = ${id}`
    required.push(row?.required)
  }
  expect(required).toEqual([1, 2])
})

test('a clerk pays the second half of a month by hand: the month is not paid again', async () => {
  const month = nextMonth()
  const whole = await mia.payd.payrollRuns.create(secondHalf(month))
  expect(whole.total_base_amount).toBe('1000.0000000')
})

test('a clerk clicks twice: there is one draft', async () => {
  const month = nextMonth()
  const [one, two] = await Promise.all([mia.payd.payrollRuns.create(month), mia.payd.payrollRuns.create(month)])
  expect(two.id).toBe(one.id)
})

test('one person is entered twice with one wallet: nothing is submitted without a word', async () => {
  await sql`
    insert into public.employees (organization_id, first_name, last_name, email, wallet_address, status, salary)
    values (${admin.organizationId}, 'Payee', 'again', 'again@acme.example', ${address(1)}, 'active', 1000)`
  const seen = await draft(mia)
  await expect(mia.payd.payrollRuns.submit(seen)).rejects.toMatchObject({ code: 'wallets_shared' })
  await sql`update public.employees set deleted_at = now() where email = 'again@acme.example'`
})

test('an admin of another company asks for the changes of a run: it is as absent as one that never was', async () => {
  const { id } = await draft(mia)
  const stranger = await anOrganization(stack)
  for (const payroll_run_id of [id, 999_999_999]) {
    const { error } = await stranger.supabase.rpc('payroll_run_changes', { payroll_run_id })
    expect(error).toMatchObject({ code: 'PT404', details: 'payroll_run_not_found' })
  }
})

const first = (): EmployeeId => payees[0] ?? (Number.NaN as EmployeeId)

async function draft(person: Person): Promise<PayrollRun> {
  return await person.payd.payrollRuns.create(nextMonth())
}

/** A month of its own for each attempt. */
function nextMonth(): { readonly period_start: string; readonly period_end: string } {
  const day = (month: number, date: number): string => new Date(Date.UTC(2027, month, date)).toISOString().slice(0, 10)
  months += 1
  return { period_start: day(months, 1), period_end: day(months + 1, 0) }
}

const secondHalf = (month: ReturnType<typeof nextMonth>): ReturnType<typeof nextMonth> => ({
  ...month,
  period_start: `${month.period_start.slice(0, 8)}16`,
})

async function raise(person: Person, salary: string): Promise<void> {
  const { version } = await person.payd.employees.get(first())
  await call(person, 'update_employee', { employee_id: first(), expected_version: version, fields: { salary } })
}

const changes = (person: Person, payroll_run_id: number) => call(person, 'payroll_run_changes', { payroll_run_id })

/** A function of the database as the person, past the SDK. */
async function call(person: Person, name: string, args: object): Promise<unknown[]> {
  const { data, error } = await person.supabase.rpc(name as never, args as never)
  if (error !== null) throw new Error(`${name}: ${error.message}`)
  return data as unknown[]
}
