import type { AccountState } from '../_shared/stellar/horizon-records.ts'
import { providerUnavailable, type Step, type StepContext, step } from './step.ts'

const RECHECK_UNEXPLAINED_SECONDS = 5
/** How often an account is looked at that contradicts the books. */
export const RECHECK_CONTRADICTION_SECONDS = 60

/**
 * Tells the database what the account holds before anything is built from it. No signature shows that payments failed or were
 * never made; when they were made after all, the money is gone, and no transaction is built until that is explained. Null lets it be built.
 */
export async function lookBeforePayment(
  context: StepContext,
  { account_id: source_account, ledger, sequence, balances }: AccountState & { readonly ledger: number },
): Promise<Step | null> {
  const { lease_token } = context.claim
  const look = { ledger, sequence, balances }
  const answer = await context.database.compareSourceAccount({ source_account, lease_token, look })
  switch (answer) {
    case 'agrees':
      return null
    case 'behind':
      return providerUnavailable(context, 'account_behind', null)
    case 'in_flight':
      return step('waiting', { code: 'payments_in_flight', nextCheckSeconds: RECHECK_UNEXPLAINED_SECONDS })
    case 'unexplained':
      return step('waiting', { code: 'balance_unexplained', nextCheckSeconds: RECHECK_UNEXPLAINED_SECONDS })
    case 'contradicted':
      return step('ledger_contradicts', {
        code: 'account_contradicts_books',
        nextCheckSeconds: RECHECK_CONTRADICTION_SECONDS,
      })
    default:
      return answer satisfies never
  }
}
