import type { PayrollRun } from '../../../src/index.ts'
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

/**
 * Gives a company something on every page: people, a draft, a run that waits, one whose payment waits for signatures, an address that waits, a
 * schedule.
 */
export async function furnish(team: Team, treasury: string): Promise<void> {
  const { admin, manager } = team
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
    { period_start: '2026-09-01', period_end: '2026-09-30' },
  ]
  // One after the other: pages ask for the first run by its number.
  const runs: PayrollRun[] = []
  for (const month of months) runs.push(await manager.payd.payrollRuns.create(month))
  const [october, , september] = runs
  if (october === undefined || september === undefined) throw new Error('There are no runs.')
  await manager.payd.payrollRuns.submit(october)
  await beginPayment(team, september, treasury)
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

/** Begins a payment that stays under way: it waits for the signature of the treasury, which the tests never give. */
async function beginPayment({ admin, manager }: Team, run: PayrollRun, treasury: string): Promise<void> {
  const { error } = await admin.supabase.rpc('set_treasury_custody', { source_account: treasury, custody: 'wallet' })
  if (error !== null) throw new Error(`The treasury is not one of wallets: ${error.message}`)
  await manager.payd.payrollRuns.submit(run)
  await admin.payd.payrollRuns.approve(await admin.payd.payrollRuns.get(run.id))
  await manager.payd.payrollRuns.disburse(run.id, { sourceAccount: treasury })
}
