import { randomUUID } from 'node:crypto'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Stack } from '../../tools/stack/stack.ts'
import { aMember, anOrganization, aPerson, startProject } from '../sdk/project.ts'
import { address } from '../support/plans.ts'

// Who tries what, and what must not happen. Real PostgREST and real sessions.
let stack: Stack
let sql: Sql

beforeAll(async () => {
  stack = await startProject()
  sql = postgres(stack.adminUrl, { max: 1, onnotice: () => undefined })
})

afterAll(async () => {
  await sql?.end()
  await stack?.stop()
})

test('a stranger tries names of companies: no answer tells which ones are here', async () => {
  const name = `Acme ${randomUUID()}`
  const owner = await aPerson(stack)
  await owner.payd.organizations.create({ name })
  const stranger = await aPerson(stack)
  expect((await stranger.payd.organizations.create({ name })).name).toBe(name)
})

test('a person founds companies without end: the project says stop', async () => {
  await sql`select private.configure_limit('organizations_per_person_and_day', 3)`
  const person = await aPerson(stack)
  for (const number of [1, 2, 3]) await person.payd.organizations.create({ name: `Company ${number}` })
  await expect(person.payd.organizations.create({ name: 'Company 4' })).rejects.toMatchObject({ code: 'limit_reached' })
  await sql`select private.configure_limit('organizations_per_person_and_day', 10)`
})

test('an admin opens drafts without end: the organization has a limit', async () => {
  await sql`select private.configure_limit('drafts_per_organization', 2)`
  const admin = await anOrganization(stack)
  const month = (number: number) => ({ period_start: `2027-0${number}-01`, period_end: `2027-0${number}-28` })
  await admin.payd.payrollRuns.create(month(1))
  await admin.payd.payrollRuns.create(month(2))
  await expect(admin.payd.payrollRuns.create(month(3))).rejects.toMatchObject({ code: 'limit_reached' })
  await sql`select private.configure_limit('drafts_per_organization', 200)`
})

test('a client writes a formula where the address of the caller stands: the trail holds no text of a client', async () => {
  const admin = await anOrganization(stack)
  const { error } = await admin.supabase
    .rpc('invite_member', { email: `${randomUUID()}@example.com`, role: 'viewer' })
    .setHeader('x-forwarded-for', '=HYPERLINK("https://evil.example"), =cmd')
  expect(error).toBeNull()
  const rows = await sql`
    select ip_address from public.audit_logs
    where organization_id = ${admin.organizationId} and ip_address !~ '^[0-9a-f.:]+$'`
  expect(rows).toEqual([])
})

test.each(['payslips', 'payroll_run_summaries', 'organization_statements', 'balances_by_asset'] as const)(
  'a client writes to the view %s: the answer is a refusal and no failure of the server',
  async (view) => {
    const admin = await anOrganization(stack)
    const update = await admin.supabase
      .from(view)
      .update({ asset_code: 'XLM' } as never)
      .eq('asset_code', 'XLM')
    const remove = await admin.supabase.from(view).delete().eq('asset_code', 'XLM')
    expect([update.status, remove.status]).toEqual([403, 403])
  },
)

test('an admin lowers the number of approvals and approves with it: the admin is no independent approver', async () => {
  const admin = await anOrganization(stack)
  const manager = await aMember(stack, admin, 'manager')
  await sql`
    insert into public.employees (organization_id, first_name, last_name, email, wallet_address, status, salary)
    values (${admin.organizationId}, 'Ann', 'Acme', 'ann@acme.example', ${address(1)}, 'active', 1000)`
  await sql`update public.organizations set required_approvals = 2 where id = ${admin.organizationId}`
  const seen = await manager.payd.payrollRuns.create({ period_start: '2027-01-01', period_end: '2027-01-31' })
  const pending = await manager.payd.payrollRuns.submit(seen)
  const { error } = await admin.supabase.rpc('update_organization', { expected_version: 2, required_approvals: 1 })
  expect(error).toBeNull()
  await expect(admin.payd.payrollRuns.approve(pending)).rejects.toMatchObject({ code: 'approver_prepared_run' })
})
