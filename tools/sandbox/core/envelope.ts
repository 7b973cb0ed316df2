import { createHash } from 'node:crypto'
import { xdr } from '@stellar/stellar-sdk/base'
import { type Party, partyOf } from './addresses.ts'
import type { AccountId } from './types.ts'

/** When a transaction is valid. Times are epoch seconds; ledger bounds follow CAP-21 (`maxLedger` exclusive, 0 = none). */
export type Preconditions = {
  readonly timeBounds: xdr.TimeBoundsWire | null
  readonly ledgerBounds: xdr.LedgerBoundsWire | null
  readonly minSeqNum: bigint | null
  readonly minSeqAge: bigint
  readonly minSeqLedgerGap: number
  readonly extraSigners: number
}

/** A decoded envelope: a transaction, or a fee bump around one. */
export type Envelope = {
  /** Canonical base64. */
  readonly raw: string
  readonly feeBump: boolean
  /** Hash of the envelope as sent (hex), and of the transaction inside; equal unless this is a fee bump. */
  readonly hash: string
  readonly innerHash: string
  readonly source: Party
  readonly feeSource: Party
  readonly seq: bigint
  /** The most the fee source pays, in stroops, and what the inner transaction offered. */
  readonly feeBid: bigint
  readonly innerFeeBid: bigint
  readonly memo: xdr.MemoWire
  readonly preconditions: Preconditions
  readonly operations: readonly xdr.OperationWire[]
  readonly hasSorobanData: boolean
  /** Stroops that a call of a contract pays on top of the bid per operation. */
  readonly resourceFee: bigint
  readonly signatures: readonly xdr.DecoratedSignatureWire[]
  readonly innerSignatures: readonly xdr.DecoratedSignatureWire[]
}

/** Hash of the passphrase: what binds every signature to one network. */
export function networkIdOf(passphrase: string): Buffer {
  return createHash('sha256').update(passphrase).digest()
}

/** The envelope in a base64 text, or null when it is not one. */
export function parseEnvelope(base64: string, networkId: Uint8Array): Envelope | null {
  try {
    return describe(modernize(xdr.TransactionEnvelope.fromXdr(base64, 'base64').toXdrObject()), networkId)
  } catch {
    // Every malformed input ends here: bad base64, wrong XDR, trailing bytes, an unknown union arm.
    return null
  }
}

/** How many operations a fee must cover: the operations, and one more for a fee bump. */
export function feeUnits(envelope: Envelope): bigint {
  return BigInt(Math.max(1, envelope.operations.length) + (envelope.feeBump ? 1 : 0))
}

/** The account that pays, as the mempool counts it. */
export function feeAccountOf(envelope: Envelope): AccountId {
  return envelope.feeSource.id
}

function describe(wire: ModernEnvelope, networkId: Uint8Array): Envelope {
  const raw = Buffer.from(xdr.TransactionEnvelope.schema.encode(wire)).toString('base64')
  if (wire.type === 2) {
    const inner = describeTransaction(wire.v1.tx, wire.v1.signatures, networkId)
    return { ...inner, raw, feeBump: false, feeSource: inner.source, feeBid: inner.innerFeeBid }
  }
  const { tx, signatures } = wire.feeBump
  const inner = describeTransaction(tx.innerTx.v1.tx, tx.innerTx.v1.signatures, networkId)
  const hash = hashOf({ type: 5, feeBump: tx }, networkId)
  return { ...inner, raw, feeBump: true, hash, feeSource: partyOf(tx.feeSource), feeBid: tx.fee, signatures }
}

type ModernEnvelope = Exclude<xdr.TransactionEnvelopeWire, { type: 0 }>
type Described = Omit<Envelope, 'raw' | 'feeBump' | 'feeSource' | 'feeBid'>

function describeTransaction(
  tx: xdr.TransactionWire,
  signatures: readonly xdr.DecoratedSignatureWire[],
  networkId: Uint8Array,
): Described {
  const hash = hashOf({ type: 2, tx }, networkId)
  return {
    hash,
    innerHash: hash,
    source: partyOf(tx.sourceAccount),
    seq: tx.seqNum,
    innerFeeBid: BigInt(tx.fee),
    memo: tx.memo,
    preconditions: preconditionsOf(tx.cond),
    operations: tx.operations,
    hasSorobanData: tx.ext.v !== 0,
    resourceFee: tx.ext.v === 1 ? tx.ext.sorobanData.resourceFee : 0n,
    signatures,
    innerSignatures: signatures,
  }
}

function hashOf(tagged: xdr.TransactionSignaturePayloadTaggedTransactionWire, networkId: Uint8Array): string {
  const payload = xdr.TransactionSignaturePayload.schema.encode({ networkId, taggedTransaction: tagged })
  return createHash('sha256').update(payload).digest('hex')
}

// A node turns an old envelope into a modern one before it looks at it; the hash is the same for both.
function modernize(wire: xdr.TransactionEnvelopeWire): ModernEnvelope {
  if (wire.type !== 0) return wire
  const { tx, signatures } = wire.v0
  const modern: xdr.TransactionWire = {
    sourceAccount: { type: 0, ed25519: tx.sourceAccountEd25519 },
    fee: tx.fee,
    seqNum: tx.seqNum,
    cond: tx.timeBounds ? { type: 1, timeBounds: tx.timeBounds } : { type: 0 },
    memo: tx.memo,
    operations: tx.operations,
    ext: { v: 0 },
  }
  return { type: 2, v1: { tx: modern, signatures } }
}

function preconditionsOf(cond: xdr.PreconditionsWire): Preconditions {
  if (cond.type === 2) {
    const { extraSigners, ...rest } = cond.v2
    return { ...rest, extraSigners: extraSigners.length }
  }
  const timeBounds = cond.type === 1 ? cond.timeBounds : null
  return { timeBounds, ledgerBounds: null, minSeqNum: null, minSeqAge: 0n, minSeqLedgerGap: 0, extraSigners: 0 }
}
