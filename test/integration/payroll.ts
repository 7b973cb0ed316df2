import { Keypair } from '@stellar/stellar-sdk/base'
import postgres, { type Sql } from 'postgres'
import type { PayrollRun } from '../../src/index.ts'
import { compareBooks } from '../../tools/demo/books.ts'
import type { DemoStack } from '../../tools/demo/demo-stack.ts'
import { needsOf } from '../../tools/demo/file.ts'
import { type Horizon, openHorizon } from '../../tools/demo/horizon.ts'
import { approveByTwo, createRuns } from '../../tools/demo/payroll.ts'
import { type Company, makeCompany, toCsv } from '../../tools/demo/people.ts'
import { assembleTeam, type Team } from '../../tools/demo/team.ts'
import { enrollTreasury, fundTreasury } from '../../tools/demo/treasury.ts'
import { until } from '../../tools/demo/wait.ts'
import { openWallets } from '../../tools/demo/wallets.ts'
import { loadKeys } from '../../tools/stack/keys.ts'
import { type Stack, startStack } from '../../tools/stack/stack.ts'

/** A company that is one click away from being paid, on a stack of its own. */
export interface ReadyPayroll {
  readonly stack: Stack & { readonly sandbox: NonNullable<Stack['sandbox']> }
  readonly demo: DemoStack
  readonly horizon: Horizon
  readonly company: Company
  readonly team: Team
  /** Approved runs, one for each asset. */
  readonly runs: readonly PayrollRun[]
  /** The database as its superuser, for looking and for making time pass. */
  readonly sql: Sql
  readonly stop: () => Promise<void>
}

/**
 * Starts a stack, imports `count` people, funds the treasury and takes one run for each asset to its approval. With a data folder it
 * waits for the disk as a real server does, so that a crash loses nothing that was committed.
 */
export async function readyPayroll(
  count: number,
  seed: string,
  { dataDir }: { readonly dataDir?: string } = {},
): Promise<ReadyPayroll> {
  const stack = await startStack({ sandbox: { ledgerIntervalMs: 300 }, ...(dataDir === undefined ? {} : { dataDir }) })
  const { sandbox } = stack
  if (sandbox === undefined) throw new Error('The stack started without a Stellar sandbox.')
  const sql = postgres(stack.adminUrl, { max: 1, onnotice: () => undefined })
  const stop = async (): Promise<void> => {
    await sql.end()
    await stack.stop()
  }
  try {
    const keys = await loadKeys(stack.dataDir)
    const treasury = Keypair.fromSecret(keys.treasury.secretKey)
    const demo: DemoStack = {
      url: stack.url,
      publishableKey: keys.publishable,
      secretKey: keys.secret,
      treasury,
      horizonUrl: sandbox.url,
      hasSandbox: true,
    }
    const horizon = await openHorizon(sandbox.url)
    const company = makeCompany(seed, count)
    const csv = toCsv(company)
    const team = await assembleTeam(demo, 'Acme')
    const [report] = await Promise.all([team.manager.payd.employees.importCsv(csv), openWallets(horizon, company)])
    await enrollTreasury(demo, team.organization.id)
    const needs = needsOf(csv, report)
    await fundTreasury(demo, horizon, company, needs)
    const drafts = await createRuns(
      team.manager,
      { period_start: '2026-11-01', period_end: '2026-11-30', name: 'November' },
      needs,
    )
    await approveByTwo(team, drafts)
    return { stack: { ...stack, sandbox }, demo, horizon, company, team, runs: drafts, sql, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

export async function disburseAll({ team, runs }: ReadyPayroll): Promise<void> {
  await Promise.all(runs.map((run) => team.manager.payd.payrollRuns.disburse(run.id)))
}

/** Kills a process of the database, which takes all sessions with it: the server recovers from its log, as after any crash. */
export async function crashDatabase(sql: Sql): Promise<void> {
  const [session] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`
  process.kill(session?.pid ?? Number.NaN, 'SIGKILL')
  await until('a database that answers again', () => sql`select 1`.catch(() => undefined), {
    deadlineMs: 60_000,
    intervalMs: 20,
  })
}

/** The runs once they have ended. */
export async function finished({ team, runs }: ReadyPayroll): Promise<PayrollRun[]> {
  return await Promise.all(
    runs.map((run) =>
      team.manager.payd.payrollRuns.waitUntilFinished(run.id, {
        intervalMs: 100,
        signal: AbortSignal.timeout(110_000),
      }),
    ),
  )
}

/** Waits until so many transactions are in the state, as the database sees it. */
export async function untilTransactions(sql: Sql, state: string, count: number): Promise<void> {
  await until(
    `${count} transactions in the state ${state}`,
    async () => {
      const [row] = await sql`select count(*)::int as found from public.transactions where submission_state = ${state}`
      return row?.found >= count ? true : undefined
    },
    { deadlineMs: 60_000, intervalMs: 5 },
    () => 'The disbursement did not get that far.',
  )
}

/** Everything that differs between what PayD says it paid and what left the treasury on the ledger; empty when the books are equal. */
export async function differences({ team, horizon, demo }: ReadyPayroll): Promise<readonly string[]> {
  const books = await compareBooks(team.manager, horizon, demo.treasury.publicKey())
  return books.differences
}

/** How many employees were paid, were not, and still wait. */
export async function itemCounts(sql: Sql): Promise<Record<string, number>> {
  const rows = await sql<{ status: string; count: number }[]>`
    select status, count(*)::int as count from public.payroll_items group by status order by status`
  return Object.fromEntries(rows.map((row) => [row.status, row.count]))
}
