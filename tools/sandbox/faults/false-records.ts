import { createHash } from 'node:crypto'
import { Keypair, xdr } from '@stellar/stellar-sdk/base'
import { publicKeyWire } from '../core/addresses.ts'
import { applyTransaction } from '../core/apply.ts'
import type { Chain } from '../core/chain.ts'
import { TX } from '../core/codes.ts'
import { type Envelope, feeUnits } from '../core/envelope.ts'
import { type TransactionRecord, transactionRecord } from '../core/history.ts'
import { NO_CHANGES } from '../core/meta.ts'
import { encodeResult, type Outcome, resultWire } from '../core/results.ts'
import { createLayer } from '../core/state.ts'
import { BASE_FEE, untouched } from '../core/validate.ts'
import type { HarmOf } from './fault.ts'
import type { Random } from './random.ts'

// Far behind every real transaction of a ledger, so that a false one takes no real one's place.
const FALSE_ORDER = 0x80000

/** The record of a transaction that is in no ledger, as if it had been applied in the newest one. */
export function appliedRecord(chain: Chain, envelope: Envelope, place: number): TransactionRecord {
  const { ledger, closedAt } = chain.latest()
  const context = {
    ledgerSeq: ledger,
    headerSeq: ledger,
    closeTime: BigInt(closedAt),
    upperOffset: 0n,
    networkId: chain.networkId,
    applying: true,
  }
  const { outcome } = applyTransaction(createLayer(chain.store), envelope, context)
  const told: Outcome =
    outcome.code === TX.success
      ? outcome
      : { code: TX.success, outer: false, operations: envelope.operations.map(untouched) }
  return falseRecord(envelope, told, { ledger, closedAt, order: FALSE_ORDER + place })
}

/** The record of an applied transaction, as if each of its operations had failed. */
export function failedRecord({ envelope, ledger, closedAt, order }: TransactionRecord): TransactionRecord {
  const operations = envelope.operations.map(({ body }): xdr.OperationResultWire => {
    // The failure that a payroll would blame on the payee.
    if (body.type === 1) return { code: 0, tr: { type: 1, paymentResult: { code: -5 } } }
    return { code: -2 }
  })
  return falseRecord(envelope, { code: TX.failed, outer: false, operations }, { ledger, closedAt, order })
}

/** A made-up transaction that seems to have used up a sequence number of an account. */
export function holderRecord(
  chain: Chain,
  { account, sequence, envelope: kind = 'unsigned' }: HarmOf<'holder'>,
  random: Random,
): TransactionRecord {
  const seqNum = BigInt(sequence)
  const envelope = holderEnvelope(chain, account, seqNum, kind, random)
  const outcome: Outcome = { code: TX.success, outer: false, operations: envelope.operations.map(untouched) }
  const { ledger, closedAt } = chain.latest()
  return falseRecord(envelope, outcome, { ledger, closedAt, order: FALSE_ORDER + random.below(0x7ffff) })
}

/** The newest transaction that an account sent itself. */
export function lastEnvelopeOf(chain: Chain, account: string): Envelope | undefined {
  const own = chain.history.ofAccount.get(account)?.transactions
  return own?.findLast(({ envelope }) => envelope.source.id === account)?.envelope
}

function holderEnvelope(
  chain: Chain,
  account: string,
  seqNum: bigint,
  kind: NonNullable<HarmOf<'holder'>['envelope']>,
  random: Random,
): Envelope {
  const own = lastEnvelopeOf(chain, account)
  // The genuine envelope of another transaction; only the fields beside it are false.
  if (kind === 'replayed' && own) return { ...own, seq: seqNum }
  const tx = noteBy(account, seqNum)
  const payload = xdr.TransactionSignaturePayload.schema.encode({
    networkId: chain.networkId,
    taggedTransaction: { type: 2, tx },
  })
  const hash = createHash('sha256').update(payload).digest()
  const stranger = Keypair.fromRawEd25519Seed(random.bytes(32))
  const hint = publicKeyWire(account).ed25519.subarray(28)
  const signatures = kind === 'wrong-signer' ? [{ hint, signature: stranger.sign(hash) }] : []
  const bytes = xdr.TransactionEnvelope.schema.encode({ type: 2, v1: { tx, signatures } })
  const envelope = chain.parse(Buffer.from(bytes).toString('base64'))
  if (!envelope) throw new Error('The sandbox built a false envelope that it cannot read.')
  if (kind === 'text') return { ...envelope, raw: 'AAAA' }
  if (kind !== 'wrong-hash') return envelope
  const other = random.bytes(32).toString('hex')
  return { ...envelope, hash: other, innerHash: other }
}

function noteBy(account: string, seqNum: bigint): xdr.TransactionWire {
  const note: xdr.OperationBodyWire = {
    type: 10,
    manageDataOp: { dataName: new xdr.XdrString('note'), dataValue: Buffer.from('x') },
  }
  return {
    sourceAccount: publicKeyWire(account),
    fee: Number(BASE_FEE),
    seqNum,
    cond: { type: 0 },
    memo: { type: 0 },
    operations: [{ sourceAccount: null, body: note }],
    ext: { v: 0 },
  }
}

function falseRecord(
  envelope: Envelope,
  outcome: Outcome,
  place: { readonly ledger: number; readonly closedAt: number; readonly order: number },
): TransactionRecord {
  const feeCharged = BASE_FEE * feeUnits(envelope)
  const result = resultWire(envelope, outcome, feeCharged)
  return transactionRecord({
    envelope,
    ...place,
    result,
    resultXdr: encodeResult(result),
    successful: outcome.code === TX.success,
    feeCharged,
    changes: NO_CHANGES,
    results: outcome.operations,
  })
}
