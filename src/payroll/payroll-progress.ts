import { checkFields, checkValue, count, rowId, type Shape, someOf } from '../core/check.ts'
import type { CallOptions, PaydClient } from '../core/client.ts'
import { call, readFrom } from '../core/command.ts'
import type { PaydError } from '../core/error.ts'
import { recovery } from '../core/failure.ts'
import type { PayrollRunId } from '../core/ids.ts'
import { type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import { send } from '../core/send.ts'
import { wait } from '../core/timer.ts'
import type {
  PayrollAuditLog,
  PayrollDecision,
  PayrollRun,
  PayrollRunApproval,
  PayrollRunSummary,
  PayrollTrail,
} from '../rows.ts'
import { get, type PayrollRunFilter, payrollRunFilter } from './payroll-runs.ts'

/** The run with how many were paid, failed and wait, and what was paid: its progress. Throws `not_found` as `getPayrollRun`. */
export async function summary(
  client: PaydClient,
  id: PayrollRunId,
  options: CallOptions = {},
): Promise<PayrollRunSummary> {
  const request = readFrom(client, 'payroll_run_summaries').eq('payroll_run_id', checkValue('id', id, rowId))
  return await send<PayrollRunSummary>(request.single(), { action: `read the progress of payroll run ${id}`, options })
}

/** Which runs to list with their progress. */
export interface PayrollRunSummaryFilter extends PayrollRunFilter {
  /** These runs, at most 100. */
  readonly id?: PayrollRunId | readonly PayrollRunId[] | undefined
}

/** The rules of `PayrollRunSummaryFilter`. */
export const payrollRunSummaryFilter: Shape<PayrollRunSummaryFilter> = { ...payrollRunFilter, id: someOf(rowId) }

/** One page of the organization's runs with their progress, newest first. */
export async function summaries(
  client: PaydClient,
  filter: PayrollRunSummaryFilter = {},
  options: PageOptions = {},
): Promise<Page<PayrollRunSummary>> {
  const { id, status, asset_code, from, to } = checkFields('the filter', filter, payrollRunSummaryFilter)
  const list: List = {
    relation: 'payroll_run_summaries',
    order: ['-created_at', '-payroll_run_id'],
    things: 'payroll runs',
    conditions: [
      ['eq', 'payroll_run_id', id],
      ['eq', 'status', status],
      ['eq', 'asset_code', asset_code],
      ['gte', 'period_end', from],
      ['lte', 'period_start', to],
    ],
  }
  return await listPage<PayrollRunSummary>(client, list, options)
}

/** One page of who approved or rejected which content of a run, newest first. */
export async function approvals(
  client: PaydClient,
  id: PayrollRunId,
  options: PageOptions = {},
): Promise<Page<PayrollRunApproval>> {
  return await listPage<PayrollRunApproval>(client, ofRun('payroll_run_approvals', id, 'the approvals'), options)
}

/** How far the approval of a run is, and whether the signed-in person could give one. */
export interface PayrollRunApprovalState {
  /** How many independent people approved the run as it is. */
  readonly given: number
  /** How many must: the rule of the organization, or a threshold that the runs of the same months reach together. */
  readonly required: number
  /** Whether the signed-in person approved it as it is. */
  readonly has_approved: boolean
  readonly may_approve: boolean
  /** The code, sentence and hint that approving would be refused with; null for a person who may. */
  readonly code: string | null
  readonly reason: string | null
  readonly hint: string | null
}

/** How many approvals a run has and needs, and whether the signed-in person could give one. Errors: `payroll_run_not_found`. */
export async function approvalState(
  client: PaydClient,
  id: PayrollRunId,
  options: CallOptions = {},
): Promise<PayrollRunApprovalState> {
  const request = call(client, 'payroll_run_approval_state', { payroll_run_id: checkValue('id', id, rowId) })
  return await send<PayrollRunApprovalState>(request.single(), {
    action: `read the approval of payroll run ${id}`,
    options,
  })
}

/** One page of what happened to a run, newest first. */
export async function trail(
  client: PaydClient,
  id: PayrollRunId,
  options: PageOptions = {},
): Promise<Page<PayrollAuditLog>> {
  return await listPage<PayrollAuditLog>(client, ofRun('payroll_audit_logs', id, 'the trail'), options)
}

/** One page of who approved or rejected which content of a run with their e-mail addresses, newest first. */
export async function decisions(
  client: PaydClient,
  id: PayrollRunId,
  options: PageOptions = {},
): Promise<Page<PayrollDecision>> {
  return await listPage<PayrollDecision>(client, ofRun('payroll_decisions', id, 'the decisions'), options)
}

/** One page of what happened to a run with the e-mail addresses of the members who acted, newest first. */
export async function trailWithNames(
  client: PaydClient,
  id: PayrollRunId,
  options: PageOptions = {},
): Promise<Page<PayrollTrail>> {
  return await listPage<PayrollTrail>(client, ofRun('payroll_trail', id, 'the trail'), options)
}

function ofRun(relation: List['relation'], id: PayrollRunId, what: string): List {
  const conditions = [['eq', 'payroll_run_id', checkValue('id', id, rowId)] as const]
  return { relation, order: ['-created_at', '-id'], conditions, things: `${what} of payroll run ${id}` }
}

/** How to wait for the end of a run. */
export interface WaitOptions extends CallOptions {
  /** Pause between two looks, in ms. Default 1000. */
  readonly intervalMs?: number | undefined
  /** Called at once and whenever the state or a count changed. */
  readonly onProgress?: ((progress: PayrollRunSummary) => void) | undefined
}

/**
 * The run once it is completed or failed. Waits as long as it takes: pass `signal: AbortSignal.timeout(ms)` for a limit.
 * A read that fails for a passing reason is tried again at the next interval.
 */
export async function waitUntilFinished(
  client: PaydClient,
  id: PayrollRunId,
  options: WaitOptions = {},
): Promise<PayrollRun> {
  const { signal, onProgress } = options ?? {}
  const intervalMs = checkValue('intervalMs', options?.intervalMs ?? 1_000, count)
  let told: string | undefined
  for (;;) {
    try {
      const progress = await summary(client, id, options)
      const { status, paid_items, failed_items, waiting_items, transactions_awaiting_signature } = progress
      const state = [status, paid_items, failed_items, waiting_items, transactions_awaiting_signature].join(' ')
      if (state !== told) onProgress?.(progress)
      told = state
      if (status === 'completed' || status === 'failed') return await get(client, id, options)
    } catch (error) {
      if (!(error as PaydError).retryable) throw error
    }
    try {
      await (options?.wait ?? wait)(intervalMs, signal)
    } catch (error) {
      const action = `wait for payroll run ${id}`
      const { toPaydError } = await recovery(action, error)
      throw toPaydError(error, { action, signal })
    }
  }
}
