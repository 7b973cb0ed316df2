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

test('a script edits without end: the hour of the person has a limit, and what was refused is not stored', async () => {
  await sql`select private.configure_limit('edits_per_person_and_hour', 3)`
  const admin = await anOrganization(stack)
  const rename = async (version: number) =>
    await admin.supabase.rpc('update_organization', { expected_version: version, name: `Version ${version}` })
  const [first] = await sql<{ version: number }[]>`
    select version from public.organizations where id = ${admin.organizationId}`
  await sql`delete from private.hourly_uses where organization_id = ${admin.organizationId}`
  const answers: unknown[] = []
  for (const number of [0, 1, 2, 3]) answers.push((await rename((first?.version ?? 0) + number)).error?.details)
  expect(answers).toEqual([undefined, undefined, undefined, 'limit_reached'])
  const rows = await sql`select name from public.organizations where id = ${admin.organizationId}`
  expect(rows.map(({ name }) => name)).toEqual([`Version ${(first?.version ?? 0) + 2}`])
  await sql`select private.configure_limit('edits_per_person_and_hour', 10000)`
})

test('an admin lets the server sign instead of wallets, to pay what wallets would not: the next run needs others', async () => {
  const admin = await anOrganization(stack)
  const max = await aMember(stack, admin, 'manager')
  const [treasury] = await sql<{ account_id: string }[]>`
    select wallet_address as account_id from private.enroll_source_account(${Number(admin.organizationId)}, ${address(61)})`
  await sql`
    insert into public.employees (organization_id, first_name, last_name, email, wallet_address, status, salary)
    values (${Number(admin.organizationId)}, 'Emma', 'Payee', 'emma@wallets.example', ${address(62)}, 'active', 10)`
  const custody = async (kind: string) =>
    await admin.supabase.rpc('set_treasury_custody', { source_account: treasury?.account_id, custody: kind })
  expect((await custody('wallet')).error).toBeNull()
  expect((await custody('server')).error).toBeNull()
  const run = await max.payd.payrollRuns.create({ period_start: '2027-01-01', period_end: '2027-01-31' })
  const submitted = await max.payd.payrollRuns.submit(run)
  await expect(admin.payd.payrollRuns.approve(submitted)).rejects.toMatchObject({ code: 'approver_prepared_run' })
})

test('an owner and an accomplice let the server sign after the approval: it is asked again, and not by an open page', async () => {
  const owner = await anOrganization(stack)
  const [accomplice, mia] = [await aMember(stack, owner, 'manager'), await aMember(stack, owner, 'manager')]
  const [treasury] = await sql<{ account_id: string }[]>`
    select wallet_address as account_id from private.enroll_source_account(${Number(owner.organizationId)}, ${address(63)})`
  await sql`
    insert into public.employees (organization_id, first_name, last_name, email, wallet_address, status, salary)
    values (${Number(owner.organizationId)}, 'Olga', 'Payee', 'olga@wallets.example', ${address(64)}, 'active', 10)`
  const custody = async (kind: string, signers: string[] | null) =>
    (await owner.supabase.rpc('set_treasury_custody', { source_account: treasury?.account_id, custody: kind, signers }))
      .error
  expect(await custody('wallet', [address(65)])).toBeNull()
  const run = await accomplice.payd.payrollRuns.create({ period_start: '2027-01-01', period_end: '2027-01-31' })
  const seen = await accomplice.payd.payrollRuns.submit(run)
  await mia.payd.payrollRuns.approve(seen)
  for (const [kind, signers] of [
    ['wallet', [address(66)]],
    ['server', null],
  ] as const) {
    const before = await mia.payd.payrollRuns.get(run.id)
    expect(await custody(kind, signers === null ? null : [...signers])).toBeNull()
    await expect(accomplice.payd.payrollRuns.disburse(run.id)).rejects.toMatchObject({
      code: 'payroll_run_not_approved',
    })
    await expect(owner.payd.payrollRuns.approve(before)).rejects.toMatchObject({ code: 'approver_prepared_run' })
    await expect(mia.payd.payrollRuns.approve(before)).rejects.toMatchObject({ code: 'payroll_run_changed' })
    await mia.payd.payrollRuns.approve(await mia.payd.payrollRuns.get(run.id))
  }
  expect((await accomplice.payd.payrollRuns.disburse(run.id)).status).toBe('processing')
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
