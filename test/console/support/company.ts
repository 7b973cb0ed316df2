import { keypairOf } from '../../../tools/demo/people.ts'
import type { Team } from '../../../tools/demo/team.ts'

/** A person of a made-up company, with a wallet whose key anybody can derive. */
export interface Colleague {
  readonly first: string
  readonly last: string
  readonly email: string
  readonly salary: string
  readonly wallet: string
}

const NAMES = [
  ['Ada', 'Lovelace', '42.5'],
  ['Grace', 'Hopper', '40.0000001'],
  ['Zoé', 'Ångström', '13.37'],
] as const

/** Three people; different seeds have different wallets and addresses. */
export function peopleOf(seed: string): Colleague[] {
  return NAMES.map(([first, last, salary], index) => ({
    first,
    last,
    email: `person${index}.${seed}@example.com`,
    salary,
    wallet: keypairOf(seed, first).publicKey(),
  }))
}

/** A name that would run as a script where it were shown as HTML. */
export const HOSTILE_NAME = '<img src=x onerror=alert(1)>'

/** Gives a company something on every page: people, a draft, a run that waits, an address that waits, a schedule, a webhook. */
export async function furnish({ admin, manager }: Team): Promise<void> {
  const hostile = peopleOf('hostile').map((person) => ({ ...person, first: HOSTILE_NAME }))
  const rows = [...peopleOf('furnished'), ...hostile].map(({ first, last, email, salary, wallet }, index) => ({
    line: index + 2,
    first_name: first,
    last_name: last,
    email,
    salary,
    wallet_address: wallet,
    department: 'Engineering',
  }))
  const report = await manager.payd.employees.importRows(rows)
  const [first] = report.rows
  if (report.refused > 0 || first?.employee_id == null)
    throw new Error(`The company is not there: ${JSON.stringify(report)}`)
  const months = [
    { period_start: '2026-10-01', period_end: '2026-10-31' },
    { period_start: '2026-11-01', period_end: '2026-11-30' },
  ]
  const [october] = await Promise.all(months.map((month) => manager.payd.payrollRuns.create(month)))
  if (october === undefined) throw new Error('There is no run.')
  await manager.payd.payrollRuns.submit(october)
  await manager.payd.payrollSchedules.create({
    name: 'Month end',
    frequency: 'monthly',
    day_of_month: 31,
    time_zone: 'Europe/Berlin',
  })
  const { version } = await admin.payd.organizations.current().then((current) => current ?? { version: 1 })
  await admin.payd.organizations.update({ expected_version: version, wallet_change_policy: 'second_person' })
  const employee = await manager.payd.employees.get(first.employee_id)
  await manager.payd.employees.update(employee, { wallet_address: keypairOf('elsewhere', 'Ada').publicKey() })
}
