import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { xdr } from '@stellar/stellar-sdk/base'
import { rawKeyOf } from './addresses.ts'
import type { AccountEntry, AccountId, Signer } from './types.ts'

/** Counts weights of signatures on one hash, and remembers which signatures were of use. */
export type SignatureChecker = {
  /** Whether the signatures of these signers reach the weight. A needed weight of 0 still takes one signature. */
  check(signers: readonly Signer[], neededWeight: number): boolean
  /** Whether every signature was of use; one that was not makes the transaction tx_bad_auth_extra. */
  allUsed(): boolean
}

/** The signers of an account: the master key while it has weight, then the additional ones. */
export function signersOf(account: AccountEntry): Signer[] {
  const master = account.thresholds.master
  return master > 0 ? [{ key: account.id, weight: master, sponsor: null }, ...account.signers] : [...account.signers]
}

/** A checker for the signatures of one transaction hash (hex). */
export function createSignatureChecker(
  hash: string,
  signatures: readonly xdr.DecoratedSignatureWire[],
): SignatureChecker {
  const message = Buffer.from(hash, 'hex')
  const used = signatures.map(() => false)
  // The same few keys are asked for each of up to 100 operations, so an answer is computed once.
  const answers = new Map<string, boolean>()
  const matches = (position: number, signature: xdr.DecoratedSignatureWire, key: AccountId): boolean => {
    const name = `${position}|${key}`
    let answer = answers.get(name)
    if (answer === undefined) {
      answer = verifyOne(message, signature, key)
      answers.set(name, answer)
    }
    return answer
  }

  return {
    check(signers, neededWeight) {
      const left = [...signers]
      let total = 0
      for (const [position, signature] of signatures.entries()) {
        const at = left.findIndex(({ key }) => matches(position, signature, key))
        const signer = left[at]
        if (!signer) continue
        used[position] = true
        total += Math.min(255, signer.weight)
        if (total >= neededWeight) return true
        left.splice(at, 1)
      }
      return false
    },
    allUsed: () => used.every(Boolean),
  }
}

function verifyOne(message: Buffer, { hint, signature }: xdr.DecoratedSignatureWire, key: AccountId): boolean {
  const raw = rawKeyOf(key)
  const sameHint = hint.every((byte, position) => byte === raw[28 + position])
  return sameHint && signature.length === 64 && verify(null, message, keyObjectOf(key, raw), signature)
}

const keyObjects = new Map<AccountId, KeyObject>()

// The fixed ASN.1 prefix of a raw ed25519 key (RFC 8410).
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

function keyObjectOf(key: AccountId, raw: Uint8Array): KeyObject {
  const found = keyObjects.get(key)
  if (found) return found
  const made = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' })
  if (keyObjects.size > 50_000) keyObjects.clear()
  keyObjects.set(key, made)
  return made
}
