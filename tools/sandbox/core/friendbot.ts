import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { Keypair, xdr } from '@stellar/stellar-sdk/base'
import { publicKeyWire } from './addresses.ts'
import { type Envelope, parseEnvelope } from './envelope.ts'
import type { AccountId } from './types.ts'
import { BASE_FEE } from './validate.ts'

/** What friendbot gives: 10,000 XLM. */
export const FRIENDBOT_STROOPS = 100_000_000_000n

/** The most accounts one funding transaction creates. */
export const FRIENDBOT_BATCH = 100

/** The root account of a network: it holds every coin at first, and signs friendbot's transactions. */
export type Root = { readonly id: AccountId; readonly secret: string; readonly sign: (hash: Uint8Array) => Uint8Array }

/** The root of the network with this id: its seed is the network id, as on every standalone network. */
export function rootOf(networkId: Uint8Array): Root {
  const keypair = Keypair.fromRawEd25519Seed(Buffer.from(networkId))
  const key = privateKeyOf(networkId)
  return { id: keypair.publicKey(), secret: keypair.secret(), sign: (hash) => sign(null, hash, key) }
}

/** A genuine, signed transaction of the root that creates up to 100 accounts with 10,000 XLM each. */
export function fundingEnvelope(
  root: Root,
  seqNum: bigint,
  destinations: readonly AccountId[],
  networkId: Uint8Array,
): Envelope {
  const tx: xdr.TransactionWire = {
    sourceAccount: publicKeyWire(root.id),
    fee: Number(BASE_FEE) * destinations.length,
    seqNum,
    cond: { type: 0 },
    memo: { type: 0 },
    operations: destinations.map((destination) => ({
      sourceAccount: null,
      body: {
        type: 0,
        createAccountOp: { destination: publicKeyWire(destination), startingBalance: FRIENDBOT_STROOPS },
      },
    })),
    ext: { v: 0 },
  }
  const payload = xdr.TransactionSignaturePayload.schema.encode({ networkId, taggedTransaction: { type: 2, tx } })
  const hash = createHash('sha256').update(payload).digest()
  const hint = publicKeyWire(root.id).ed25519.subarray(28)
  const signatures = [{ hint, signature: root.sign(hash) }]
  const bytes = xdr.TransactionEnvelope.schema.encode({ type: 2, v1: { tx, signatures } })
  const envelope = parseEnvelope(Buffer.from(bytes).toString('base64'), networkId)
  if (!envelope) throw new Error('The sandbox built a funding transaction it cannot read.')
  return envelope
}

// The fixed ASN.1 prefix of a raw ed25519 seed (RFC 8410).
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

function privateKeyOf(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' })
}
