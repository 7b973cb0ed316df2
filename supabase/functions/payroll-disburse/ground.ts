import type { HorizonAnswer } from '../_shared/stellar/horizon.ts'
import type { AccountState, NetworkRoot } from '../_shared/stellar/horizon-records.ts'
import { checkNetwork, retryAfterOf } from '../_shared/stellar/network.ts'
import { findSequenceHolder } from '../_shared/stellar/track.ts'
import { lookBeforePayment, RECHECK_CONTRADICTION_SECONDS } from './look.ts'
import {
  isRefusedEvidence,
  liveTransaction,
  numberedAccount,
  providerUnavailable,
  type Step,
  type StepContext,
  step,
  stop,
} from './step.ts'

const MAX_SEQUENCE = 9_223_372_036_854_775_807n

/** The facts of the ledger that a transaction is built on. */
export type Ground = { readonly sequence: bigint; readonly ledger: number; readonly ledgerTimeMs: number }

/** An account as one answer of the provider shows it, and what the provider says of itself. */
export type Seen = { readonly state: AccountState & { readonly ledger: number }; readonly root: NetworkRoot }

/** The treasury as it is on the ledger, compared with the books. */
export function seeTreasury(
  context: StepContext,
  root: HorizonAnswer<NetworkRoot>,
  answer: HorizonAnswer<AccountState>,
): Promise<Seen | Step> {
  const { source_account } = context.claim
  return seeAccount(context, { root, answer, account: source_account }, () =>
    stop(context, 'source_account_not_found', `The account ${source_account} does not exist on this network.`),
  )
}

/** An account as it is on the ledger, compared with what is recorded of it. */
export async function seeAccount(
  context: StepContext,
  asked: {
    readonly root: HorizonAnswer<NetworkRoot>
    readonly answer: HorizonAnswer<AccountState>
    readonly account: string
  },
  whenMissing: () => Promise<Step>,
): Promise<Seen | Step> {
  const { answer, account } = asked
  const network = checkNetwork(asked.root, context.claim.network_passphrase)
  if (network.kind === 'unknown') return providerUnavailable(context, 'root_unknown', network.retryAfterSeconds)
  if (network.kind === 'other') {
    return stop(context, 'network_mismatch', 'The Horizon server of this project serves another Stellar network.')
  }
  // One instance may not know yet an account that another has created; only one that is up to date may say it is missing.
  if (answer.kind === 'not_found' && (answer.latestLedger ?? 0) >= network.root.history_latest_ledger) {
    return whenMissing()
  }
  if (answer.kind !== 'answered' || answer.value.ledger === null || answer.value.account_id !== account) {
    return providerUnavailable(context, `account_${answer.kind}`, retryAfterOf(answer))
  }
  const state = { ...answer.value, ledger: answer.value.ledger }
  return (await lookBeforePayment(context, state)) ?? { state, root: network.root }
}

/** The number that the next transaction uses, from the account that gives it. */
export async function nextNumber(
  context: StepContext,
  { state, root }: Seen,
  whenExhausted = (): Promise<Step> =>
    stop(context, 'sequence_numbers_exhausted', 'The sequence number of the account cannot grow any more.'),
): Promise<Ground | Step> {
  const { claim } = context
  const observed = BigInt(state.sequence)
  const used = BigInt(claim.used_sequence_number ?? 0)
  // An instance that lags may say less than is proven. One that has seen the ledger of that proof and still does contradicts it.
  if (observed < used && state.ledger >= (claim.used_in_ledger ?? 0)) {
    return step('ledger_contradicts', { code: 'used_number_unknown', nextCheckSeconds: RECHECK_CONTRADICTION_SECONDS })
  }
  const last = observed > used ? observed : used
  if (last >= MAX_SEQUENCE) return whenExhausted()
  return {
    sequence: last + 1n,
    ledger: Math.max(state.ledger, root.history_latest_ledger),
    ledgerTimeMs: Date.parse(root.history_latest_ledger_closed_at),
  }
}

/**
 * A number that a provider called unused must be used next. When the account is beyond it, another transaction did use it: the
 * signed transaction that did is shown to the database, or nothing is built.
 */
export async function closeOpenNumber(context: StepContext, ground: Ground): Promise<Step | null> {
  const { claim, database, horizon } = context
  const { open_sequence_number, lease_token } = claim
  if (open_sequence_number === null || ground.sequence <= BigInt(open_sequence_number)) return null
  const holder = await findSequenceHolder(
    horizon,
    liveTransaction(claim, { tx_hash: '', sequence_number: open_sequence_number, max_ledger: ground.ledger }),
    claim.network_passphrase,
    claim.used_in_ledger ?? 1,
  )
  if (holder.kind !== 'settled' || holder.evidence.proof !== 'sequence_used_by_other') {
    const code = holder.kind === 'unknown' ? holder.reason : 'sequence_holder_not_seen'
    return step('waiting', { code, nextCheckSeconds: RECHECK_CONTRADICTION_SECONDS })
  }
  const { other_envelope_xdr: envelope_xdr, other_ledger: ledger } = holder.evidence
  const source_account = numberedAccount(claim)
  try {
    await database.recordSequenceHolder({ source_account, lease_token, envelope_xdr, ledger })
  } catch (error) {
    if (!isRefusedEvidence(error)) throw error
    return step('waiting', { code: 'evidence_refused', nextCheckSeconds: RECHECK_CONTRADICTION_SECONDS })
  }
  return null
}
