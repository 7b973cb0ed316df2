import { xdr } from '@stellar/stellar-sdk/base'
import { opCodeName, TX, type TxErrorCode, txCodeName } from './codes.ts'
import type { Envelope } from './envelope.ts'

/** What became of a transaction before it is written as XDR. Either a code alone, or one result per operation. */
export type Outcome = {
  readonly code: typeof TX.success | typeof TX.failed | TxErrorCode
  /** True when a fee bump failed by itself, so its inner transaction has no result. */
  readonly outer: boolean
  /** The fee to report instead of the usual one: what tx_insufficient_fee would have needed. */
  readonly feeCharged?: bigint
  readonly operations: readonly xdr.OperationResultWire[]
}

/** Horizon's `result_codes`. */
export type ResultCodes = { transaction: string; inner_transaction?: string; operations?: string[] }

/** The TransactionResult of an outcome as XDR data. A fee bump carries the inner result with fee 0 (protocol 25). */
export function resultWire(envelope: Envelope, outcome: Outcome, feeCharged: bigint): xdr.TransactionResultWire {
  const { code, operations } = outcome
  if (!envelope.feeBump || outcome.outer) {
    const result = code === TX.success || code === TX.failed ? { code, results: [...operations] } : { code }
    return { feeCharged, result, ext: { v: 0 } }
  }
  const inner = code === TX.success || code === TX.failed ? { code, results: [...operations] } : { code }
  const innerResultPair = {
    transactionHash: Buffer.from(envelope.innerHash, 'hex'),
    result: { feeCharged: 0n, result: inner, ext: { v: 0 as const } },
  }
  const outer = code === TX.success ? TX.fee_bump_inner_success : TX.fee_bump_inner_failed
  return { feeCharged, result: { code: outer, innerResultPair }, ext: { v: 0 } }
}

/** Base64 of a TransactionResult. */
export function encodeResult(wire: xdr.TransactionResultWire): string {
  return Buffer.from(xdr.TransactionResult.schema.encode(wire)).toString('base64')
}

/** Horizon's result codes of a result. Asked by the inner hash, a fee bump shows the inner transaction's view. */
export function resultCodesOf(wire: xdr.TransactionResultWire, viewByInnerHash = false): ResultCodes {
  const { result } = wire
  const inner = 'innerResultPair' in result ? result.innerResultPair.result.result : null
  const results = inner && 'results' in inner ? inner.results : 'results' in result ? result.results : null
  const names: ResultCodes = { transaction: txCodeName(inner && viewByInnerHash ? inner.code : result.code) }
  if (inner && !viewByInnerHash) names.inner_transaction = txCodeName(inner.code)
  if (results) names.operations = results.map(operationCodeName)
  return names
}

/** Horizon's name of one operation result. */
export function operationCodeName(result: xdr.OperationResultWire): string {
  if (result.code !== 0) return opCodeName(-1, result.code, 0)
  return opCodeName(result.tr.type, 0, innerCodeOf(result.tr))
}

/** The result of one operation in the result of a transaction, if operations were executed. */
export function operationResultOf(wire: xdr.TransactionResultWire, index: number): xdr.OperationResultWire | undefined {
  const { result } = wire
  const own = 'innerResultPair' in result ? result.innerResultPair.result.result : result
  return 'results' in own ? own.results[index] : undefined
}

/** Whether an operation succeeded. */
export function succeeded(result: xdr.OperationResultWire): boolean {
  return result.code === 0 && innerCodeOf(result.tr) === 0
}

function innerCodeOf(tr: xdr.OperationResultTrWire): number {
  // Every arm has exactly one field besides the type, and that field has a code.
  for (const [name, value] of Object.entries(tr)) if (name !== 'type') return (value as { code: number }).code
  return 0
}
