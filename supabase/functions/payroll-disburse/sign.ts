import { FeeBumpTransaction, Keypair, StrKey } from '@stellar/stellar-sdk/base'
import { hexOf, readEnvelope } from '../_shared/stellar/describe.ts'

/** Signs for the accounts whose secret keys it was given. The keys never leave it and appear in no error. */
export type Keyring = {
  /** Whether the key of this account is here. */
  has(account: string): boolean
  /**
   * The prepared transaction with the signature of the account.
   * Throws when the key is absent or when the envelope is not the transaction with the expected hash.
   */
  sign(request: {
    readonly account: string
    readonly preparedXdr: string
    readonly expectedHash: string
    readonly networkPassphrase: string
  }): string
  /**
   * The planned fee bump with the signature of the account, which pays the fee.
   * Throws when it is anything but a higher fee, within the limit, around exactly the signed transaction.
   */
  signFeeBump(request: {
    readonly account: string
    readonly plannedXdr: string
    readonly expectedHash: string
    /** The signed transaction inside. */
    readonly innerXdr: string
    /** In stroops; the fee bump itself counts as one more operation. */
    readonly maxFeePerOperation: bigint
    readonly networkPassphrase: string
  }): string
}

/** Whether a signed envelope may be submitted, and if not, why. */
export type SignedEnvelopeVerdict =
  | { readonly isPrepared: true }
  | {
      readonly isPrepared: false
      readonly problem: 'unreadable' | 'other_transaction' | 'fee_bump' | 'unsigned' | 'foreign_signature'
    }

/**
 * A keyring over secret keys (S…). Throws TypeError when a text is not one; the message counts, it never quotes.
 */
export function createKeyring(secretKeys: readonly string[]): Keyring {
  const keys = new Map<string, Keypair>()
  secretKeys.forEach((secretKey, index) => {
    if (!StrKey.isValidEd25519SecretSeed(secretKey)) {
      throw new TypeError(`Signing key ${index + 1} of ${secretKeys.length} is not a Stellar secret key (S…).`)
    }
    const key = Keypair.fromSecret(secretKey)
    keys.set(key.publicKey(), key)
  })
  return {
    has: (account) => keys.has(account),
    sign: (request) => {
      const key = keys.get(request.account)
      if (key === undefined) throw new Error(`There is no signing key for the account ${request.account}.`)
      const transaction = readEnvelope(request.preparedXdr, request.networkPassphrase)
      if (
        transaction === null ||
        transaction instanceof FeeBumpTransaction ||
        hexOf(transaction.hash()) !== request.expectedHash
      ) {
        throw new Error('The envelope is not the transaction that was prepared, so it is not signed.')
      }
      transaction.sign(key)
      return transaction.toXdr()
    },
    signFeeBump: (request) => {
      const key = keys.get(request.account)
      if (key === undefined) throw new Error(`There is no signing key for the account ${request.account}.`)
      const bump = readEnvelope(request.plannedXdr, request.networkPassphrase)
      if (
        !(bump instanceof FeeBumpTransaction) ||
        hexOf(bump.hash()) !== request.expectedHash ||
        bump.feeSource !== request.account ||
        bump.signatures.length !== 0 ||
        bump.innerTransaction.toXdr() !== request.innerXdr ||
        BigInt(bump.fee) > request.maxFeePerOperation * BigInt(bump.innerTransaction.operations.length + 1)
      ) {
        throw new Error('The fee bump is not the one that was planned, so it is not signed.')
      }
      bump.sign(key)
      return bump.toXdr()
    },
  }
}

/**
 * Whether a signed envelope is exactly the prepared transaction and carries only valid signatures of the given signers, each at
 * most once. One superfluous signature makes Stellar refuse the whole transaction, and any other difference pays somebody else.
 */
export function verifySignedEnvelope(request: {
  readonly signedXdr: string
  readonly expectedHash: string
  readonly networkPassphrase: string
  readonly signers: readonly string[]
}): SignedEnvelopeVerdict {
  const transaction = readEnvelope(request.signedXdr, request.networkPassphrase)
  if (transaction === null) return { isPrepared: false, problem: 'unreadable' }
  if (transaction instanceof FeeBumpTransaction) return { isPrepared: false, problem: 'fee_bump' }
  const hash = transaction.hash()
  if (hexOf(hash) !== request.expectedHash) return { isPrepared: false, problem: 'other_transaction' }
  if (transaction.signatures.length === 0) return { isPrepared: false, problem: 'unsigned' }

  const unused = new Set(request.signers)
  for (const { signature } of transaction.signatures) {
    const signer = [...unused].find((candidate) => Keypair.fromPublicKey(candidate).verify(hash, signature))
    if (signer === undefined) return { isPrepared: false, problem: 'foreign_signature' }
    unused.delete(signer)
  }
  return { isPrepared: true }
}
