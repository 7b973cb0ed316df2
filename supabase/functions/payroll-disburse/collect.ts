import type { HorizonAnswer } from '../_shared/stellar/horizon.ts'
import type { AccountState } from '../_shared/stellar/horizon-records.ts'
import { checkNetwork, retryAfterOf } from '../_shared/stellar/network.ts'
import { readSigners } from '../_shared/stellar/signer-reading.ts'
import { providerUnavailable, type Step, type StepContext, step } from './step.ts'

/** How often the ledger is asked about a transaction that waits for signatures; one that suffices rings at once. */
export const RECHECK_SIGNATURES_SECONDS = 300

/** What the wallets that an organization named weigh together, or the step with which the account waits. */
type NamedWallets = { readonly weight: number }

/**
 * The envelope that the database put together from collected signatures, once the signers were read from the ledger again: a signer who was
 * removed since counts no more, and a superfluous signature would make the network refuse the whole transaction.
 */
export async function collectSignatures(context: StepContext): Promise<{ readonly signedXdr: string } | Step> {
  const counted = await readSignersAgain(context)
  if ('outcome' in counted) return counted
  const { submission_state, signed_envelope_xdr } = counted
  if (submission_state === 'awaiting_signature' || signed_envelope_xdr === null) {
    return step('awaiting_signatures', { nextCheckSeconds: RECHECK_SIGNATURES_SECONDS })
  }
  return { signedXdr: signed_envelope_xdr }
}

/** Whether an admin named signers of the account: the wallets that sign for it, or others beside the key of the worker. */
export function hasNamedSigners({ signing_seconds, signers }: StepContext['claim']): boolean {
  return signing_seconds !== null || signers.length > 1
}

/** Notes what the named signers of the account weigh on the ledger now. */
export async function readSignersAgain(context: StepContext) {
  const { claim, horizon } = context
  const [root, account] = await Promise.all([horizon.root(), horizon.account(claim.source_account)])
  const network = checkNetwork(root, claim.network_passphrase)
  return await noteSigners(context, account, network.kind === 'same' ? network.root.history_latest_ledger : null)
}

/** Notes what the signers of the account weigh before a transaction is prepared for them. */
export async function recordSigners(
  context: StepContext,
  account: HorizonAnswer<AccountState>,
  latestLedger: number,
): Promise<NamedWallets | Step> {
  const counted = await noteSigners(context, account, latestLedger)
  return 'outcome' in counted ? counted : { weight: counted.named_weight }
}

async function noteSigners(context: StepContext, account: HorizonAnswer<AccountState>, latestLedger: number | null) {
  const { source_account, lease_token } = context.claim
  const reading = readSigners(account, { account: source_account, latestLedger })
  if (typeof reading === 'string') return providerUnavailable(context, reading, retryAfterOf(account))
  return await context.database.recordSigners({ source_account, lease_token, ...reading })
}
