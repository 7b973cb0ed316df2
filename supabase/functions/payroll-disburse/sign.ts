import { FeeBumpTransaction, hash, Keypair, StrKey } from '@stellar/stellar-sdk/base'
import { hexOf, readEnvelope } from '../_shared/stellar/describe.ts'

/** A treasury, and the channel account that gives the number of its transaction; without one the treasury does. */
type Signing = { readonly account: string; readonly channel?: string | null }

/** Signs for the accounts whose secret keys it was given. The keys never leave it and appear in no error. */
export type Keyring = {
  /** Whether the key of this account is here, and with a channel whether that one's key is here for this account. */
  has(account: string, channel?: string | null): boolean
  /**
   * The prepared transaction with the signature of the account, and of its channel where it has one.
   * Throws when a key is absent or when the envelope is not the transaction with the expected hash.
   */
  sign(
    request: Signing & {
      readonly preparedXdr: string
      readonly expectedHash: string
      readonly networkPassphrase: string
    },
  ): string
  /**
   * The planned fee bump with the signature of the account that pays the fee: the channel, or else the account itself.
   * Throws when it is anything but a higher fee, within the limit, around exactly the signed transaction.
   */
  signFeeBump(
    request: Signing & {
      readonly plannedXdr: string
      readonly expectedHash: string
      /** The signed transaction inside. */
      readonly innerXdr: string
      /** In stroops; the fee bump itself counts as one more operation. */
      readonly maxFeePerOperation: bigint
      readonly networkPassphrase: string
    },
  ): string
  /** The signature, in hexadecimal digits, by which a channel account says that it serves a treasury; null without its key. */
  signChannel(wish: Parameters<typeof channelStatement>[0]): string | null
}

/** What the key of a channel account signs to say that the account serves a treasury. No transaction begins like this. */
export function channelStatement(wish: {
  readonly source_account: string
  readonly channel_account: string
  readonly network_passphrase: string
}): Uint8Array {
  const { network_passphrase, source_account, channel_account } = wish
  const lines = ['PayD channel account', network_passphrase, source_account, channel_account]
  return hash(new TextEncoder().encode(lines.join('\n')))
}

/** Whether a signed envelope may be submitted, and if not, why. */
export type SignedEnvelopeVerdict =
  | { readonly isPrepared: true }
  | {
      readonly isPrepared: false
      readonly problem: 'unreadable' | 'other_transaction' | 'fee_bump' | 'unsigned' | 'foreign_signature'
    }

/**
 * A keyring over secret keys (S…) of treasuries, and of channel accounts by the treasury for which alone they sign. Throws TypeError
 * when a text is not one; the message counts, it never quotes.
 */
export function createKeyring(
  secretKeys: readonly string[],
  channelKeys: Readonly<Record<string, readonly string[]>> = {},
): Keyring {
  const keys = keysOf('Signing key', secretKeys)
  const channels = new Map(
    Object.entries(channelKeys).map(([treasury, secrets]) => [treasury, keysOf('Channel key', secrets)]),
  )
  const find = (account: string, channel?: string | null) =>
    channel ? channels.get(account)?.get(channel) : keys.get(account)
  const keyOf = (account: string, channel?: string | null): Keypair => {
    const key = find(account, channel)
    if (key !== undefined) return key
    throw new Error(`There is no signing key for the account ${channel ? `${channel} of ${account}` : account}.`)
  }
  return {
    has: (account, channel) => find(account, channel) !== undefined,
    sign: (request) => {
      const { account, channel } = request
      const signers = channel ? [keyOf(account), keyOf(account, channel)] : [keyOf(account)]
      const transaction = readEnvelope(request.preparedXdr, request.networkPassphrase)
      if (
        transaction === null ||
        transaction instanceof FeeBumpTransaction ||
        hexOf(transaction.hash()) !== request.expectedHash
      ) {
        throw new Error('The envelope is not the transaction that was prepared, so it is not signed.')
      }
      transaction.sign(...signers)
      return transaction.toXdr()
    },
    signFeeBump: (request) => {
      const key = keyOf(request.account, request.channel)
      const bump = readEnvelope(request.plannedXdr, request.networkPassphrase)
      if (
        !(bump instanceof FeeBumpTransaction) ||
        hexOf(bump.hash()) !== request.expectedHash ||
        bump.feeSource !== key.publicKey() ||
        bump.signatures.length !== 0 ||
        bump.innerTransaction.toXdr() !== request.innerXdr ||
        BigInt(bump.fee) > request.maxFeePerOperation * BigInt(bump.innerTransaction.operations.length + 1)
      ) {
        throw new Error('The fee bump is not the one that was planned, so it is not signed.')
      }
      bump.sign(key)
      return bump.toXdr()
    },
    signChannel: (wish) => {
      const key = find(wish.source_account, wish.channel_account)
      return key === undefined ? null : hexOf(key.sign(channelStatement(wish)))
    },
  }
}

function keysOf(what: string, secretKeys: readonly string[]): ReadonlyMap<string, Keypair> {
  return new Map(
    secretKeys.map((secretKey, index) => {
      if (!StrKey.isValidEd25519SecretSeed(secretKey)) {
        throw new TypeError(`${what} ${index + 1} of ${secretKeys.length} is not a Stellar secret key (S…).`)
      }
      const key = Keypair.fromSecret(secretKey)
      return [key.publicKey(), key]
    }),
  )
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
  /** Whether every one of the signers must have signed; otherwise the weight of some may suffice. */
  readonly areAllNeeded?: boolean
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
  if (request.areAllNeeded && unused.size > 0) return { isPrepared: false, problem: 'unsigned' }
  return { isPrepared: true }
}
