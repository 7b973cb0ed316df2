import { type ApprovalThreshold, compareAmounts, type Organization, type PayrollRun, type UserId } from 'payd'
import type { ShownRun } from './use-run.ts'

/** Why a person who may approve runs may not approve this one; the database decides, this only spares a refusal. */
export function whyNotApprove(
  { run, decisions, trail }: ShownRun,
  userId: UserId | undefined,
): 'youSubmitted' | 'youPrepared' | 'youApproved' | undefined {
  if (userId === undefined) return undefined
  if (run.submitted_by === userId) return 'youSubmitted'
  const hasEdited = trail.some(
    ({ user_id, action }) => user_id === userId && ['created', 'updated', 'items_changed'].includes(action),
  )
  if (run.created_by === userId || hasEdited) return 'youPrepared'
  const hasApproved = decisions.some(
    (decision) => decision.user_id === userId && decision.decision === 'approved' && isValid(decision, run),
  )
  return hasApproved ? 'youApproved' : undefined
}

/** How many people have approved the content that is shown. */
export function validApprovals({ run, decisions }: ShownRun): number {
  const approving = decisions.filter((decision) => decision.decision === 'approved' && isValid(decision, run))
  return new Set(approving.map(({ user_id }) => user_id)).size
}

/** How many are needed at least: the rule of the organization, or a threshold that the total reaches. */
export function approvalsNeeded(
  run: PayrollRun,
  organization: Organization | null | undefined,
  thresholds: readonly ApprovalThreshold[],
): number {
  const reached = thresholds.filter(
    ({ asset_code, asset_issuer, from_amount }) =>
      asset_code === run.asset_code &&
      asset_issuer === run.asset_issuer &&
      compareAmounts(from_amount, run.total_amount) <= 0,
  )
  return Math.max(organization?.required_approvals ?? 1, ...reached.map(({ required_approvals }) => required_approvals))
}

function isValid(decision: ShownRun['decisions'][number], run: PayrollRun): boolean {
  return decision.voided_at === null && decision.content_hash === run.content_hash
}
