import type { xdr } from '@stellar/stellar-sdk/base'
import { type Party, partyOf } from './addresses.ts'
import { accountOf, availableBalance } from './balances.ts'
import { OP, TX, type TxErrorCode } from './codes.ts'
import { type Envelope, feeUnits } from './envelope.ts'
import { ruleOf } from './operations/index.ts'
import { NOT_SUPPORTED, outerResult } from './operations/rule.ts'
import type { Outcome } from './results.ts'
import { createSignatureChecker, type SignatureChecker, signersOf } from './signatures.ts'
import type { Reader } from './state.ts'
import type { AccountEntry } from './types.ts'

/** Stroops per operation that the network takes at least. */
export const BASE_FEE = 100n

/** The ledger a transaction is checked for. */
export type CheckContext = {
  /** The ledger it would be applied in. */
  readonly ledgerSeq: number
  /** The ledger whose header says which sequence a new account starts with. */
  readonly headerSeq: number
  /** Close time of the last ledger, and how many seconds later this one may close at the latest. */
  readonly closeTime: bigint
  readonly upperOffset: bigint
  readonly networkId: Uint8Array
  /** True while a ledger is being closed: the fee was taken already. */
  readonly applying: boolean
}

/** How far the checks got: from `sequence` on, the transaction uses up its sequence number even though it fails. */
export type Progress = 'invalid' | 'sequence' | 'complete'

/** The result of the checks core makes before it accepts or applies: an outcome that failed, or null when all hold. */
export function checkValid(envelope: Envelope, reader: Reader, context: CheckContext): Outcome | null {
  if (envelope.feeBump) {
    const code = feeBumpFailure(envelope, reader)
    if (code !== null) return outerFailure(code)
  }
  const checker = createSignatureChecker(envelope.innerHash, envelope.innerSignatures)
  const common = checkCommon(envelope, reader, context, checker)
  if (common.code !== null) return innerFailure(common.code)
  const operations = checkOperations(envelope, reader, checker)
  if (operations) return { code: TX.failed, outer: false, operations }
  return checker.allUsed() ? null : innerFailure(TX.bad_auth_extra)
}

/** The checks of the inner transaction that do not look into operations. */
export function checkCommon(
  envelope: Envelope,
  reader: Reader,
  context: CheckContext,
  checker: SignatureChecker,
): { readonly progress: Progress; readonly code: TxErrorCode | null } {
  const early = independentFailure(envelope, context)
  if (early !== null) return { progress: 'invalid', code: early }
  const source = accountOf(reader, envelope.source.id)
  if (!source) return { progress: 'invalid', code: TX.no_source_account }
  if (isBadSequence(envelope, source, context.headerSeq)) return { progress: 'invalid', code: TX.bad_seq }

  if (isTooEarlyForAccount(envelope, source, context)) return { progress: 'sequence', code: TX.bad_minseq_age_or_gap }
  if (!checker.check(signersOf(source), source.thresholds.low)) return { progress: 'sequence', code: TX.bad_auth }
  const owed = context.applying ? 0n : envelope.innerFeeBid
  const broke = !envelope.feeBump && availableBalance(source) < owed
  return broke ? { progress: 'sequence', code: TX.insufficient_balance } : { progress: 'complete', code: null }
}

/** One result per operation when a signature is missing, else null. Later operations are still asked, as core does. */
export function checkOperationSignatures(
  envelope: Envelope,
  reader: Reader,
  checker: SignatureChecker,
): xdr.OperationResultWire[] | null {
  const results = envelope.operations.map(
    (operation) => signatureFailure(envelope, operation, reader, checker) ?? untouched(operation),
  )
  return results.some(({ code }) => code !== 0) ? results : null
}

/** The account an operation acts for. */
export function sourceOf(envelope: Envelope, operation: xdr.OperationWire): Party {
  return operation.sourceAccount ? partyOf(operation.sourceAccount) : envelope.source
}

/** The result core reports for an operation it never looked at. */
export function untouched({ body }: xdr.OperationWire): xdr.OperationResultWire {
  return ruleOf(body.type)?.untouched ?? NOT_SUPPORTED
}

// Core stops at the first operation that is wrong: at admission the result is only a message to the sender.
function checkOperations(
  envelope: Envelope,
  reader: Reader,
  checker: SignatureChecker,
): xdr.OperationResultWire[] | null {
  for (const [index, operation] of envelope.operations.entries()) {
    const rule = ruleOf(operation.body.type)
    const failure = rule
      ? (signatureFailure(envelope, operation, reader, checker) ??
        rule.check(operation.body, sourceOf(envelope, operation).id))
      : NOT_SUPPORTED
    if (failure) return envelope.operations.map((other, at) => (at === index ? failure : untouched(other)))
  }
  return null
}

function signatureFailure(
  envelope: Envelope,
  operation: xdr.OperationWire,
  reader: Reader,
  checker: SignatureChecker,
): xdr.OperationResultWire | null {
  const source = sourceOf(envelope, operation)
  const account = accountOf(reader, source.id)
  if (account) {
    const level = ruleOf(operation.body.type)?.threshold(operation.body) ?? 'medium'
    return checker.check(signersOf(account), account.thresholds[level]) ? null : outerResult(OP.bad_auth)
  }
  if (!operation.sourceAccount) return outerResult(OP.no_source_account)
  return checker.check([{ key: source.id, weight: 1, sponsor: null }], 0) ? null : outerResult(OP.bad_auth)
}

function independentFailure(envelope: Envelope, context: CheckContext): TxErrorCode | null {
  const { preconditions, operations } = envelope
  // Extra signers exist on the network; the sandbox says openly that it does not know them.
  if (preconditions.extraSigners > 0) return TX.not_supported
  if (operations.length === 0) return TX.missing_operation
  const isSoroban = operations.some(({ body }) => body.type >= 24)
  if (isSoroban !== envelope.hasSorobanData || (isSoroban && operations.length > 1)) return TX.malformed
  const { timeBounds, ledgerBounds } = preconditions
  const { closeTime, ledgerSeq, upperOffset } = context
  if (timeBounds && timeBounds.minTime > closeTime) return TX.too_early
  if (ledgerBounds && ledgerBounds.minLedger > ledgerSeq) return TX.too_early
  if (timeBounds && timeBounds.maxTime !== 0n && timeBounds.maxTime < closeTime + upperOffset) return TX.too_late
  if (ledgerBounds && ledgerBounds.maxLedger !== 0 && ledgerBounds.maxLedger <= ledgerSeq) return TX.too_late
  const minimum = BASE_FEE * BigInt(operations.length) + envelope.resourceFee
  return !envelope.feeBump && envelope.innerFeeBid < minimum ? TX.insufficient_fee : null
}

function isBadSequence(envelope: Envelope, source: AccountEntry, headerSeq: number): boolean {
  const { seq, preconditions } = envelope
  if (seq === BigInt(headerSeq) << 32n) return true
  const { minSeqNum } = preconditions
  return minSeqNum === null ? source.seq + 1n !== seq : source.seq < minSeqNum || source.seq >= seq
}

function isTooEarlyForAccount(envelope: Envelope, source: AccountEntry, context: CheckContext): boolean {
  const { minSeqAge, minSeqLedgerGap } = envelope.preconditions
  return context.closeTime - minSeqAge < source.seqTime || context.ledgerSeq - minSeqLedgerGap < source.seqLedger
}

function feeBumpFailure(envelope: Envelope, reader: Reader): TxErrorCode | { readonly feeNeeded: bigint } | null {
  const units = feeUnits(envelope)
  if (envelope.feeBid < BASE_FEE * units + envelope.resourceFee) return TX.insufficient_fee
  // The bump must offer at least as much per operation as the transaction inside it.
  const innerUnits = units - 1n
  const needed = (envelope.innerFeeBid * units + innerUnits - 1n) / innerUnits
  if (envelope.feeBid < needed) return { feeNeeded: needed }
  const feeSource = accountOf(reader, envelope.feeSource.id)
  if (!feeSource) return TX.no_source_account
  const checker = createSignatureChecker(envelope.hash, envelope.signatures)
  if (!checker.check(signersOf(feeSource), feeSource.thresholds.low)) return TX.bad_auth
  if (availableBalance(feeSource) < envelope.feeBid) return TX.insufficient_balance
  return checker.allUsed() ? null : TX.bad_auth_extra
}

function outerFailure(failure: TxErrorCode | { readonly feeNeeded: bigint }): Outcome {
  if (typeof failure === 'number') return { code: failure, outer: true, operations: [] }
  return { code: TX.insufficient_fee, outer: true, operations: [], feeCharged: failure.feeNeeded }
}

function innerFailure(code: TxErrorCode): Outcome {
  return { code, outer: false, operations: [] }
}
