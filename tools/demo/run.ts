import { type ImportReport, type PaydError, type PayrollRun, parseAmount } from '../../src/index.ts'
import { TESTNET } from '../lib/stellar-networks.ts'
import { type Books, compareBooks } from './books.ts'
import type { DemoStack } from './demo-stack.ts'
import { namesOf, needsOf } from './file.ts'
import { collectWebhooks, subscribe, subscribePage, type WatchingPage, type WebhookOutcome } from './hooks.ts'
import { type Horizon, openHorizon } from './horizon.ts'
import { type RunOutcome, readOutcome } from './outcome.ts'
import {
  approveByTwo,
  createRuns,
  type Month,
  nextUnpaidMonth,
  payRuns,
  runsInProgress,
  untilFinished,
} from './payroll.ts'
import type { Company } from './people.ts'
import { type Receiver, startReceiver } from './receiver.ts'
import type { Step } from './steps.ts'
import { awaitSync } from './sync.ts'
import { assembleTeam, type Team } from './team.ts'
import { enrollTreasury, fundTreasury, type Need } from './treasury.ts'
import { openWallets } from './wallets.ts'

/** Who is paid, on which stack. */
export interface DemoOptions {
  readonly stack: DemoStack
  /** The people of the file, with the keys of their sandbox wallets. */
  readonly company: Company
  readonly csv: string | Uint8Array
  /** What the file is called in the output. */
  readonly csvName: string
  readonly step: Step
  /** Default: Acme. */
  readonly organizationName?: string
  /** Decides the first month that is paid. Default: now. */
  readonly now?: Date
  /** A page on which people see the webhooks; its subscription stays. */
  readonly page?: WatchingPage
}

/** Everything a receipt can say. */
export interface DemoResult {
  readonly organization: string
  readonly month: Month
  readonly report: ImportReport
  /** Names in the file, by line. */
  readonly names: ReadonlyMap<number, string>
  readonly refusal: PaydError
  readonly runs: readonly RunOutcome[]
  readonly webhooks: WebhookOutcome
  readonly books: Books
  /** `payroll` is from the drafts to the last payment. */
  readonly seconds: { readonly import: number; readonly payroll: number }
}

/**
 * The main job on real input: people from a file, a payroll that two persons approve, money on the ledger, webhooks that
 * verify, and the proof that the books of PayD and of the ledger are the same. Run again, it pays the next month.
 */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { stack, csv, step } = options
  const horizon = await openHorizon(stack.horizonUrl)
  // The sandbox closes a ledger a second, so what needs ledgers goes on beside the rest. It is awaited before the payroll;
  // until then its failure must not end the process.
  const world = prepareSandbox(options, horizon)
  world.catch(() => undefined)
  const receiver = await startReceiver()
  try {
    const team = await step(
      () => assembleTeam(stack, options.organizationName ?? 'Acme'),
      ({ admin, manager, organization }) => `${organization.name}: ${admin.email} (admin), ${manager.email} (manager)`,
    )
    const importing = stopwatch()
    const report = await step(
      () => team.manager.payd.employees.importCsv(csv),
      (imported) => `Imported ${options.csvName}: ${sayCounts(imported)}`,
    )
    const importSeconds = importing()
    await world
    const { payrollSeconds, ...paid } = await pay({ ...options, horizon, team, report, receiver })
    const books = await step(
      () => compareBooks(team.manager, horizon, stack.treasury.publicKey()),
      () => 'Compared the books with the ledger',
    )
    const seconds = { import: importSeconds, payroll: payrollSeconds }
    return { organization: team.organization.name, report, names: namesOf(csv), ...paid, books, seconds }
  } finally {
    await receiver.close()
  }
}

function nameOf({ networkPassphrase }: Horizon): string {
  return networkPassphrase === TESTNET.passphrase ? 'the Stellar test network' : 'the Stellar sandbox'
}

/** Wallets, trust and money: what employees, issuer and treasurer of a real company have done before the first payroll. */
async function prepareSandbox({ stack, company, csv, step }: DemoOptions, horizon: Horizon): Promise<void> {
  await step(
    () => Promise.all([openWallets(horizon, company), fundTreasury(stack, horizon, company, needsOf(csv))]),
    () => `Opened the wallets of ${company.people.length} people on ${nameOf(horizon)} and funded the treasury`,
  )
}

interface Payroll extends DemoOptions {
  readonly horizon: Horizon
  readonly team: Team
  readonly report: ImportReport
  readonly receiver: Receiver
}

type Paid = Pick<DemoResult, 'month' | 'refusal' | 'runs' | 'webhooks'> & { readonly payrollSeconds: number }

async function pay({ stack, company, csv, step, now, page, ...rest }: Payroll): Promise<Paid> {
  const { horizon, team, report, receiver } = rest
  const { admin, manager, organization } = team
  const subscription = await step(
    () => subscribe(admin, receiver),
    () => `Subscribed a webhook receiver at ${receiver.url}`,
  )
  if (page !== undefined) await subscribePage(admin, page)
  // Whatever an interrupted demo still owes leaves the same treasury, so it is paid before anything is counted.
  const interrupted = await runsInProgress(manager)
  if (interrupted.length > 0) {
    await step(
      () => untilFinished(manager, interrupted),
      () =>
        'Finished the payroll of an interrupted demo, once the ledger had proven what became of its last transaction',
    )
  }
  const paying = stopwatch()
  const month = await nextUnpaidMonth(manager, now ?? new Date())
  const drafts = await step(
    () => createRuns(manager, month, needsOf(csv, report)),
    (runs) =>
      `Prepared ${month.name}: ${runs.map((run) => `${run.item_count} people in ${run.asset_code}`).join(', ')}`,
  )
  const refusal = await step(
    () => approveByTwo(team, drafts),
    ({ message }) => [
      'Submitted by the manager and approved by the admin',
      `The manager tried to approve: "${message}"`,
    ],
  )
  await enrollTreasury(stack, organization.id)
  await fundTreasury(stack, horizon, company, drafts.map(needOf))
  const runs = await step(
    async () => {
      const ended = await payRuns(manager, drafts)
      return await Promise.all(ended.map((run) => readOutcome(manager, run, report)))
    },
    (outcomes) => `Disbursed: ${sayPaid(outcomes)}`,
  )
  const payrollSeconds = paying()
  await step(
    () => awaitSync(admin, horizon, stack.treasury.publicKey(), report.rows.length),
    () => 'Synced the balance of the treasury',
  )
  const webhooks = await step(
    () => collectWebhooks(admin, receiver, subscription),
    ({ delivered, verified }) => `Received ${delivered} webhooks, ${verified} with a genuine signature`,
  )
  return { month, refusal, runs, webhooks, payrollSeconds }
}

/** People of an earlier file may be in the run as well, so its own total decides. */
function needOf({ asset_code, asset_issuer, total_amount }: PayrollRun): Need {
  return { asset_code, asset_issuer, stroops: parseAmount(total_amount) }
}

function sayCounts(report: ImportReport): string {
  const outcomes = (['imported', 'updated', 'unchanged', 'refused'] as const).filter((outcome) => report[outcome] > 0)
  return outcomes.map((outcome) => `${report[outcome]} ${outcome}`).join(', ')
}

function sayPaid(outcomes: readonly RunOutcome[]): string {
  const paid = outcomes.reduce((sum, outcome) => sum + outcome.paidEmployees, 0)
  const unpaid = outcomes.reduce((sum, outcome) => sum + outcome.unpaid.length, 0)
  return unpaid === 0 ? `${paid} people paid` : `${paid} people paid, ${unpaid} not`
}

/** Seconds since it was started. */
export function stopwatch(): () => number {
  const begin = performance.now()
  return () => (performance.now() - begin) / 1_000
}
