import type { xdr } from '@stellar/stellar-sdk/base'

/**
 * From when on a claimant can claim no longer, as ISO 8601; null when the claim never ends. A time that is counted from the creation
 * of the balance is counted from the close of its ledger, as the network does.
 */
export function expiryOf(predicate: xdr.ClaimPredicate, closedAt: string): string | null {
  const end = endOf(predicate, BigInt(Math.floor(Date.parse(closedAt) / 1000)))
  // Dates of JSON have years of four digits; a claim that ends later is treated as one without an end.
  if (end === null || end < 0n || end > 253_402_300_799n) return null
  return new Date(Number(end) * 1000).toISOString()
}

/** The second from which the predicate is false for ever; null where there is none. */
function endOf(predicate: xdr.ClaimPredicate, closedAt: bigint): bigint | null {
  const ends = (parts: readonly xdr.ClaimPredicate[]) => parts.map((part) => endOf(part, closedAt))
  switch (predicate.type) {
    case 'claimPredicateBeforeAbsoluteTime':
      return predicate.absBefore
    case 'claimPredicateAnd':
      return least(ends(predicate.andPredicates))
    case 'claimPredicateBeforeRelativeTime':
      return closedAt + predicate.relBefore
    case 'claimPredicateOr':
      return latest(ends(predicate.orPredicates))
    case 'claimPredicateUnconditional':
    case 'claimPredicateNot':
      return null
    default:
      return predicate satisfies never
  }
}

function least(ends: readonly (bigint | null)[]): bigint | null {
  return ends.reduce((soonest, end) => (soonest === null || (end !== null && end < soonest) ? end : soonest), null)
}

function latest(ends: readonly (bigint | null)[]): bigint | null {
  let last = 0n
  for (const end of ends) {
    if (end === null) return null
    if (end > last) last = end
  }
  return last
}
