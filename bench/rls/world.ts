import type { Sql } from 'postgres'

export const ORGANIZATIONS = 1_000
export const EMPLOYEES = 1_000_000
export const LARGE_TENANT = 100_000
/** How many employees each of the other organizations has. */
export const SMALL_TENANT = Math.ceil((EMPLOYEES - LARGE_TENANT) / (ORGANIZATIONS - 1))
/** One of the small ones. */
export const SMALL_ORGANIZATION = 500

/** Valid account addresses. */
export const ADDRESSES = [
  'GDFIF6L6H3D6PTKHEW4BUYUSCAWYPA7XRJYB3K4E45JEYSEP6NL5XVHM',
  'GA7EI4RDP547YKHT7JIV6UHHWZTSBWONAXYYFK5YGTFM4TU3RC5RUMHZ',
  'GDWHVSBVE7VH2GI47MTHNSXZMBS4KDF4I6WSPGS7C7P5MIFRMRWNSBOK',
] as const

/** Organization 1 has 100,000 employees, the others share the rest. Triggers are off: they would only add rows that this benchmark does not read. */
export async function load(sql: Sql): Promise<void> {
  await sql.unsafe(
    `
    set session_replication_role = replica;
    insert into auth.users (id, email)
      select format('00000000-0000-4000-8000-%s', lpad(number::text, 12, '0'))::uuid, 'person' || number || '@example.com' from generate_series(1, 3 * ${ORGANIZATIONS}) as number;
    insert into public.organizations (name) select 'Company ' || number from generate_series(1, ${ORGANIZATIONS}) as number;
    insert into public.users (organization_id, auth_user_id, email, role)
      select (number - 1) % ${ORGANIZATIONS} + 1, format('00000000-0000-4000-8000-%s', lpad(number::text, 12, '0'))::uuid, 'person' || number || '@example.com',
        case when number <= ${ORGANIZATIONS} then 'viewer' else 'manager' end
      from generate_series(1, 2 * ${ORGANIZATIONS}) as number;
    insert into public.employees (organization_id, first_name, last_name, email, position, department, salary, created_at)
      select placed.organization_id, 'First' || (placed.number % 997), 'Last' || (placed.number % 9973), 'person' || placed.number || '@example.com',
        case when placed.number % 450 = 17 then 'rare' || placed.organization_id || 'x' else 'Engineer' end, 'Department ' || (placed.number % 20), 1000,
        timestamptz '2026-01-01' + placed.number * interval '1 second'
      from (
        select number, case when number <= ${LARGE_TENANT} then 1 else 2 + (number - ${LARGE_TENANT}) / ${SMALL_TENANT} end as organization_id
        from generate_series(1, ${EMPLOYEES - 1}) as number
      ) as placed;
    update public.employees set auth_user_id = '${employeeSubjectOf(1)}' where id = ${employeeOf(1)};
    update public.employees set auth_user_id = '${employeeSubjectOf(SMALL_ORGANIZATION)}' where id = ${employeeOf(SMALL_ORGANIZATION)};
    insert into public.payroll_runs (organization_id, batch_id, status, period_start, period_end, submitted_by, submitted_at, content_hash, approved_at, processed_at, source_account)
      select organization.id, 'RUN-' || organization.id, 'completed', '2026-01-01', '2026-01-31', organization.id, now(), 'seen', now(), now(), '${ADDRESSES[0]}'
      from public.organizations as organization where organization.id in (1, ${SMALL_ORGANIZATION});
    insert into public.payroll_items (organization_id, payroll_run_id, employee_id, item_type, amount, status, tx_hash)
      select run.organization_id, run.id, employee.id, 'base', 1000, 'completed', encode(sha256('x'), 'hex')
      from public.payroll_runs as run join public.employees as employee on employee.organization_id = run.organization_id;
    set session_replication_role = origin;
    vacuum analyze public.employees;
  `
      .split(';')
      .map((statement) => statement.trim())
      .filter((statement) => statement !== '' && !statement.startsWith('vacuum'))
      .join(';\n'),
  )
  await sql.unsafe(
    'vacuum analyze public.employees, public.users, public.organizations, public.payroll_runs, public.payroll_items',
  )
  // As in companies that have added somebody since the table became so large.
  await sql.unsafe(
    `select private.require_room_for_employees(id, 1) from public.organizations where id in (1, ${SMALL_ORGANIZATION})`,
  )
}

/** The number of an employee in the middle of the organization. */
export function employeeOf(organizationId: number): number {
  return organizationId === 1 ? LARGE_TENANT / 2 : LARGE_TENANT + Math.round((organizationId - 1.5) * SMALL_TENANT)
}

export function subjectOf(organizationId: number): string {
  return `00000000-0000-4000-8000-${String(organizationId).padStart(12, '0')}`
}

export function employeeSubjectOf(organizationId: number): string {
  return subjectOf(2 * ORGANIZATIONS + organizationId)
}
