import type { xdr } from '@stellar/stellar-sdk/base'
import { smaller } from './amounts.ts'
import { INT64_MAX, type Predicate } from './types.ts'

/** The predicate of an XDR claimant, or null when core would call it malformed (deeper than 4, negative times). */
export function predicateOf(wire: xdr.ClaimPredicateWire, depth = 1): Predicate | null {
  if (depth > 4) return null
  switch (wire.type) {
    case 0:
      return { type: 'unconditional' }
    case 1:
      return pairOf('and', wire.andPredicates, depth)
    case 2:
      return pairOf('or', wire.orPredicates, depth)
    case 3: {
      const inner = wire.notPredicate ? predicateOf(wire.notPredicate, depth + 1) : null
      return inner && { type: 'not', inner }
    }
    case 4:
      return wire.absBefore < 0n ? null : { type: 'abs_before', seconds: wire.absBefore }
    case 5:
      return wire.relBefore < 0n ? null : { type: 'rel_before', seconds: wire.relBefore }
  }
}

/** The predicate as the ledger stores it: relative times become absolute at creation. */
export function absolutePredicate(predicate: Predicate, closeTime: bigint): Predicate {
  switch (predicate.type) {
    case 'and':
    case 'or':
      return {
        type: predicate.type,
        left: absolutePredicate(predicate.left, closeTime),
        right: absolutePredicate(predicate.right, closeTime),
      }
    case 'not':
      return { type: 'not', inner: absolutePredicate(predicate.inner, closeTime) }
    case 'rel_before':
      return { type: 'abs_before', seconds: smaller(closeTime + predicate.seconds, INT64_MAX) }
    default:
      return predicate
  }
}

/** Whether the predicate lets its claimant claim in a ledger with this close time (epoch seconds). */
export function allowsClaim(predicate: Predicate, closeTime: bigint): boolean {
  switch (predicate.type) {
    case 'unconditional':
      return true
    case 'and':
      return allowsClaim(predicate.left, closeTime) && allowsClaim(predicate.right, closeTime)
    case 'or':
      return allowsClaim(predicate.left, closeTime) || allowsClaim(predicate.right, closeTime)
    case 'not':
      return !allowsClaim(predicate.inner, closeTime)
    case 'abs_before':
      return predicate.seconds > closeTime
    case 'rel_before':
      return false
  }
}

/** The XDR form of a predicate. */
export function predicateWire(predicate: Predicate): xdr.ClaimPredicateWire {
  switch (predicate.type) {
    case 'unconditional':
      return { type: 0 }
    case 'and':
      return { type: 1, andPredicates: [predicateWire(predicate.left), predicateWire(predicate.right)] }
    case 'or':
      return { type: 2, orPredicates: [predicateWire(predicate.left), predicateWire(predicate.right)] }
    case 'not':
      return { type: 3, notPredicate: predicateWire(predicate.inner) }
    case 'abs_before':
      return { type: 4, absBefore: predicate.seconds }
    case 'rel_before':
      return { type: 5, relBefore: predicate.seconds }
  }
}

/** The predicate as Horizon writes it. */
export function predicateJson(predicate: Predicate): Record<string, unknown> {
  switch (predicate.type) {
    case 'unconditional':
      return { unconditional: true }
    case 'and':
    case 'or':
      return { [predicate.type]: [predicateJson(predicate.left), predicateJson(predicate.right)] }
    case 'not':
      return { not: predicateJson(predicate.inner) }
    case 'abs_before':
      return { abs_before: isoTime(predicate.seconds), abs_before_epoch: predicate.seconds.toString() }
    case 'rel_before':
      return { rel_before: predicate.seconds.toString() }
  }
}

function pairOf(type: 'and' | 'or', parts: readonly xdr.ClaimPredicateWire[], depth: number): Predicate | null {
  const [first, second, ...rest] = parts
  if (!first || !second || rest.length > 0) return null
  const left = predicateOf(first, depth + 1)
  const right = predicateOf(second, depth + 1)
  return left && right && { type, left, right }
}

// The last second that JavaScript's Date can write. Horizon writes later times with a signed long year.
const LAST_DATE = 8_640_000_000_000n

function isoTime(seconds: bigint): string {
  if (seconds > LAST_DATE) return '+292277026596-12-04T15:30:07Z'
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z')
}
