import type { PayrollRunApprovalState } from 'payd'

/** The words of the console for the reasons that it can say itself. */
const OWN_WORDS = { approver_is_submitter: 'youSubmitted', approver_prepared_run: 'youPrepared' } as const

/** Why the signed-in person cannot approve a run now: a message of the console, or the sentence of the database. */
export function whyNotApprove(
  state: PayrollRunApprovalState | undefined,
):
  | { readonly own: 'youSubmitted' | 'youPrepared' | 'youApproved' }
  | { readonly code: string; readonly said: string }
  | undefined {
  if (state === undefined) return undefined
  if (state.has_approved) return { own: 'youApproved' }
  if (state.may_approve) return undefined
  const own = OWN_WORDS[state.code as keyof typeof OWN_WORDS]
  return own === undefined ? { code: state.code ?? '', said: state.reason ?? '' } : { own }
}
