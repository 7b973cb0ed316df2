import { innerHashOf } from './describe.ts'
import type { Horizon } from './horizon.ts'
import { checkNetwork } from './network.ts'
import type { Evidence, LiveTransaction } from './prove.ts'
import { trackTransaction } from './track.ts'

/** What ends a transaction: the evidence of one provider, and that of the second where the project has one. */
export type Outcome = Evidence & { readonly second?: Evidence }

/** What a second provider says about the end that the first one proved. Only `agrees` is evidence. */
export type SecondOpinion =
  | { readonly kind: 'agrees'; readonly evidence: Evidence }
  /** Both cannot be true: one of the providers is wrong. */
  | { readonly kind: 'disagrees' }
  /** It does not say, or has not come as far as the first. */
  | { readonly kind: 'silent'; readonly reason: string; readonly retryAfterSeconds: number | null }

/**
 * Asks a second provider for its own record of a transaction that the first one has proven the end of. It is told nothing of
 * what the first one said.
 */
export async function askSecondProvider(
  second: Horizon,
  live: LiveTransaction,
  first: Evidence,
  networkPassphrase: string,
): Promise<SecondOpinion> {
  const network = checkNetwork(await second.root(), networkPassphrase)
  if (network.kind === 'other') return silent('second_provider_serves_another_network')
  if (network.kind === 'unknown') return silent('second_provider_silent', network.retryAfterSeconds)

  const tracking = await trackTransaction(second, live, networkPassphrase)
  if (tracking.kind === 'open') return silent('second_provider_behind')
  if (tracking.kind === 'unknown') return silent('second_provider_silent', tracking.retryAfterSeconds)
  const { evidence } = tracking
  if (isSameEnd(first, evidence, networkPassphrase)) return { kind: 'agrees', evidence }
  // A number that was unused when one looked may have been used before the other did. They will see the same later.
  const isSooner =
    first.proof !== 'found_by_hash' && evidence.proof !== 'found_by_hash' && first.proof !== evidence.proof
  return isSooner ? silent('second_provider_behind') : { kind: 'disagrees' }
}

function isSameEnd(first: Evidence, second: Evidence, networkPassphrase: string): boolean {
  if (first.proof === 'found_by_hash' && second.proof === 'found_by_hash') {
    return first.ledger === second.ledger && first.result_xdr === second.result_xdr
  }
  if (first.proof === 'sequence_used_by_other' && second.proof === 'sequence_used_by_other') {
    const [one, other] = [first, second].map(({ other_envelope_xdr }) =>
      innerHashOf(other_envelope_xdr, networkPassphrase),
    )
    return first.other_ledger === second.other_ledger && one === other
  }
  return first.proof === 'sequence_unused_after_bounds' && first.proof === second.proof
}

function silent(reason: string, retryAfterSeconds: number | null = null): SecondOpinion {
  return { kind: 'silent', reason, retryAfterSeconds }
}
