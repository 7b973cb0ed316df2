import { xdr } from '@stellar/stellar-sdk/base'

/** What the ledger says about a transaction, in the codes that Horizon uses. */
export type TransactionResult = {
  /** tx_success, tx_failed, … of the inner transaction. */
  readonly transaction_code: string
  /** In stroops for the whole transaction: what it was charged, or what it would have needed when its fee was too low. */
  readonly feeCharged: string
  /** One code per operation when the transaction got as far as its operations, else empty. */
  readonly operation_codes: readonly string[]
  /** The hash of the inner transaction in hex when an outer one paid its fee, else null. */
  readonly feeBumpedHash: string | null
}

/** The codes in a `result_xdr`, or null when it cannot be read: a newer protocol, or not a result at all. */
export function decodeResult(resultXdr: string): TransactionResult | null {
  try {
    const { result, feeCharged: charged } = xdr.TransactionResult.fromXdr(resultXdr, 'base64')
    const feeCharged = String(charged)
    if (result.type !== 'txFeeBumpInnerSuccess' && result.type !== 'txFeeBumpInnerFailed') {
      return { ...codesOf(result), feeCharged, feeBumpedHash: null }
    }
    const inner = result.innerResultPair
    return { ...codesOf(inner.result.result), feeCharged, feeBumpedHash: inner.transactionHash.toXdr('hex') }
  } catch {
    return null
  }
}

function codesOf(result: xdr.TransactionResultResult | xdr.InnerTransactionResultResult): {
  readonly transaction_code: string
  readonly operation_codes: readonly string[]
} {
  return {
    transaction_code: TRANSACTION_CODES[result.type] ?? snakeCase(result.type),
    operation_codes: 'results' in result ? result.results.map(operationCode) : [],
  }
}

function operationCode(result: xdr.OperationResult): string {
  if (result.type !== 'opInner') return OPERATION_CODES[result.type] ?? snakeCase(result.type)
  const kind = result.tr.type
  const outcome: unknown = result.tr.value
  const name = outcome !== null && typeof outcome === 'object' && 'type' in outcome ? String(outcome.type) : kind
  return OPERATION_CODES[name] ?? snakeCase(`op${name.startsWith(kind) ? name.slice(kind.length) : name}`)
}

/** Horizon's names that are not the XDR name in snake case. */
const TRANSACTION_CODES: Readonly<Record<string, string>> = {
  txNoAccount: 'tx_no_source_account',
  txBadMinSeqAgeOrGap: 'tx_bad_minseq_age_or_gap',
}

const OPERATION_CODES: Readonly<Record<string, string>> = {
  opNoAccount: 'op_no_source_account',
  createAccountAlreadyExist: 'op_already_exists',
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
