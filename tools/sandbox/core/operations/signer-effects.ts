import type { EffectName } from '../effects.ts'
import { signersOf } from '../signatures.ts'
import type { AccountEntry } from '../types.ts'

/** Reports how the signers of an account changed, the master key included: removed and updated first, then created. */
export function signerEffects(
  before: AccountEntry,
  after: AccountEntry,
  report: (effect: EffectName, details: Record<string, unknown>) => void,
): void {
  const old = weightsOf(before)
  const now = weightsOf(after)
  for (const key of [...old.keys()].sort()) {
    const weight = now.get(key)
    if (weight === undefined) report('signer_removed', { public_key: key })
    else if (weight !== old.get(key)) report('signer_updated', { public_key: key, weight })
  }
  for (const key of [...now.keys()].sort()) {
    if (!old.has(key)) report('signer_created', { public_key: key, weight: now.get(key) })
  }
}

function weightsOf(account: AccountEntry): Map<string, number> {
  return new Map(signersOf(account).map(({ key, weight }) => [key, weight]))
}
