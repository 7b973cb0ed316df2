import {
  extractBaseAddress,
  FeeBumpTransaction,
  Keypair,
  type OperationRecord,
  type Transaction,
  xdr,
} from '@stellar/stellar-sdk/base'
import { formatAmount } from '../_shared/contract/amount.ts'
import { hexOf, readEnvelope } from '../_shared/stellar/describe.ts'
import type { TransactionRecord } from '../_shared/stellar/horizon-records.ts'
import { decodeResult } from '../_shared/stellar/result.ts'
import type { BalanceFact, Movement, MovementKind } from './movement.ts'
import { operationMovements } from './operation-movements.ts'

/** What one transaction of the ledger did to one account, read from its envelope and its result. */
export type AccountTransaction = {
  /** The place in the ledger of the network: int64 as text. */
  readonly toid: string
  readonly ledger: number
  readonly closed_at: string
  /** The hash of the inner transaction. */
  readonly tx_hash: string
  readonly source_account: string
  readonly sequence_number: string
  readonly fee_account: string
  readonly fee_charged_stroops: string
  readonly is_successful: boolean
  readonly result_code: string
  readonly operation_count: number
  readonly memo: string | null
  /** Whether the source account's own key signed it; other signers of an account are not known. */
  readonly is_signed_by_source: boolean
  /** The transaction said itself that it may skip sequence numbers. */
  readonly may_skip_numbers: boolean
  /** The sequence number that the account had at least afterwards; null when only the transaction's own was used. */
  readonly sequence_after: string | null
  readonly movements: readonly Movement[]
  readonly balances: readonly BalanceFact[]
  /** Operations whose amounts stand neither in the envelope nor in the result, and what they are. */
  readonly needs_effects: readonly {
    readonly operation_index: number
    readonly kind: MovementKind
    readonly balanceId: string | null
  }[]
}

/**
 * Reads a record of an account's history from its bytes; what the provider says in JSON beside them is compared and not believed.
 * Null when the bytes cannot be read or contradict the record: an operation of a newer protocol, or a lie.
 */
export async function readAccountTransaction(
  record: TransactionRecord,
  account: string,
  networkPassphrase: string,
): Promise<AccountTransaction | null> {
  try {
    return await readBytes(record, account, networkPassphrase)
  } catch {
    // The decoder of a known operation throws for values that no ledger holds.
    return null
  }
}

async function readBytes(
  record: TransactionRecord,
  account: string,
  networkPassphrase: string,
): Promise<AccountTransaction | null> {
  const envelope = readEnvelope(record.envelope_xdr, networkPassphrase)
  const codes = decodeResult(record.result_xdr)
  if (envelope === null || codes === null || !isLedgerOf(record)) return null
  const inner = envelope instanceof FeeBumpTransaction ? envelope.innerTransaction : envelope
  const hash = inner.hash()
  const txHash = hexOf(hash)
  if (record.hash !== txHash && record.hash !== hexOf(envelope.hash())) return null
  if (codes.feeBumpedHash !== null && codes.feeBumpedHash !== txHash) return null

  const source = extractBaseAddress(inner.source)
  const feeAccount = envelope instanceof FeeBumpTransaction ? extractBaseAddress(envelope.feeSource) : source
  const { feeCharged, results } = readResult(record.result_xdr)
  const isSuccessful = codes.transaction_code === 'tx_success'
  if (record.successful !== isSuccessful) return null

  const moved = isSuccessful ? inner.operations.map((operation, index) => moves(inner, operation, index)) : []
  return {
    toid: record.paging_token,
    ledger: record.ledger,
    closed_at: record.created_at,
    tx_hash: txHash,
    source_account: source,
    sequence_number: inner.sequence,
    fee_account: feeAccount,
    fee_charged_stroops: feeCharged.toString(),
    is_successful: isSuccessful,
    result_code: codes.operation_codes.find((code) => code !== 'op_success') ?? codes.transaction_code,
    operation_count: inner.operations.length,
    memo: memoText(inner),
    is_signed_by_source: await isSignedBy(inner, hash, source),
    may_skip_numbers: inner.minAccountSequence !== undefined,
    sequence_after: highest(moved.flatMap((change) => change.sequence ?? [])),
    movements: [...feeMovement(), ...moved.flatMap(({ movements }) => movements)],
    balances: moved.flatMap(({ balances }) => balances),
    needs_effects: moved.flatMap(({ needsEffects }, operation_index) =>
      needsEffects === null ? [] : [{ operation_index, ...needsEffects }],
    ),
  }

  function moves(transaction: Transaction, operation: OperationRecord, index: number) {
    const actor = operation.source === undefined ? source : extractBaseAddress(operation.source)
    const result = results[index]
    if (result === undefined) throw new TypeError('A successful transaction has a result of each operation.')
    const place = { ledger: record.ledger, closedAt: record.created_at }
    return operationMovements({ transaction, operation, index, actor, account, result, ...place })
  }

  function feeMovement(): Movement[] {
    if (feeAccount !== account || feeCharged <= 0n) return []
    const fee = { asset_code: 'XLM', asset_issuer: '', amount: formatAmount(feeCharged) }
    return [
      { operation_index: null, kind: 'fee', direction: 'out', ...fee, counterparty: null, claimable_balance_id: null },
    ]
  }
}

/** A place is that of a transaction (its last 12 bits count operations) and lies in the ledger of the record. */
function isLedgerOf({ paging_token, ledger }: TransactionRecord): boolean {
  if (!/^[1-9][0-9]{0,18}$/.test(paging_token)) return false
  const place = BigInt(paging_token)
  return place >> 32n === BigInt(ledger) && (place & 4095n) === 0n && (place & 0xffffffffn) > 0n
}

function readResult(resultXdr: string): { feeCharged: bigint; results: readonly xdr.OperationResult[] } {
  const { feeCharged, result } = xdr.TransactionResult.fromXdr(resultXdr, 'base64')
  const isBumped = result.type === 'txFeeBumpInnerSuccess' || result.type === 'txFeeBumpInnerFailed'
  const inner = isBumped ? result.innerResultPair.result.result : result
  return { feeCharged, results: 'results' in inner ? inner.results : [] }
}

/** The platform's own check costs a tenth of one in JavaScript; a ledger holds no signature with the hint of another key. */
async function isSignedBy(transaction: Transaction, hash: Uint8Array, account: string): Promise<boolean> {
  const signer = Keypair.fromPublicKey(account)
  const hint = hexOf(signer.signatureHint())
  const hinted = transaction.signatures
    .filter((signed) => hexOf(signed.hint.toBytes()) === hint)
    .map(({ signature }) => new Uint8Array(signature.toBytes()))
  if (hinted.length === 0) return false
  const key = await crypto.subtle.importKey('raw', new Uint8Array(signer.rawPublicKey()), 'Ed25519', false, ['verify'])
  for (const signature of hinted) {
    if (signature.length === 64 && (await crypto.subtle.verify('Ed25519', key, signature, new Uint8Array(hash)))) {
      return true
    }
  }
  return false
}

function memoText({ memo }: Transaction): string | null {
  const { type, value } = memo
  if (type === 'none' || value === null || value === undefined) return null
  if (typeof value === 'string') return clean(value)
  return type === 'text' ? clean(new TextDecoder().decode(value)) : hexOf(value)
}

/** A memo is written by strangers: characters that no text of the database holds become question marks. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must go.
  return text.replace(/[\u0000-\u001f\u007f]/g, '?')
}

function highest(numbers: readonly bigint[]): string | null {
  const [first, ...others] = numbers
  if (first === undefined) return null
  let most = first
  for (const one of others) if (one > most) most = one
  return most.toString()
}
