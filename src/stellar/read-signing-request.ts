import { formatAmount, parseAmount } from '../../supabase/functions/_shared/contract/amount.ts'
import { describeTransaction } from '../../supabase/functions/_shared/stellar/describe.ts'
import { differenceOf } from '../../supabase/functions/_shared/stellar/same-transaction.ts'
import { storedOperation } from '../../supabase/functions/_shared/stellar/stored-operation.ts'
import { refusal } from '../core/error.ts'
import type { SigningOperation, SigningRequest } from './signing-request.ts'

/** What one employee gets, read from the envelope itself; or what the treasury takes back of an employee who did not claim it. */
export interface SigningLine {
  readonly employee_name: string
  readonly destination: string
  readonly amount: string
  readonly asset_code: string
  /** '' for native XLM. */
  readonly asset_issuer: string
  /** Whether the payment creates the account. */
  readonly creates_account: boolean
  /** Whether the amount waits on the ledger until the employee claims it. */
  readonly waits_to_be_claimed: boolean
  /** Whether the treasury takes the amount back; an envelope names only the balance, so the amount is the recorded one. */
  readonly is_refund: boolean
}

/** What leaves the treasury in one asset. */
export type SigningTotal = Pick<SigningLine, 'amount' | 'asset_code' | 'asset_issuer'>

/** What a transaction says, for people who are about to sign it. */
export interface SigningSummary {
  readonly lines: readonly SigningLine[]
  readonly totals: readonly SigningTotal[]
  /** The most that the network may charge, in XLM. */
  readonly highest_fee: string
  readonly memo: string | null
  readonly source_account: string
  readonly network_passphrase: string
  readonly tx_hash: string
}

/**
 * Decodes the envelope of a signing request and answers who gets what by it, once every field was found to be what the payroll run
 * says: account, number, fee, bounds, memo, and each payment. Throws `signing_request_differs` when the two are not the same, and
 * then no wallet may sign it. Show the answer before a wallet is asked.
 */
export function readSigningRequest(request: SigningRequest): SigningSummary {
  const { envelope_xdr, network_passphrase, tx_hash, source_account } = request
  const decoded = describeTransaction(envelope_xdr, network_passphrase)
  const difference = decoded?.tx_hash === tx_hash ? differenceOf(decoded, meaningOf(request)) : 'tx_hash'
  if (decoded === null || difference !== null) {
    throw refusal(
      'signing_request_differs',
      `The envelope is not what payroll run ${request.payroll_run_id} says: its ${difference} differs.`,
      'Do not sign it. Tell the operator of this PayD project.',
    )
  }
  const recorded = inOrder(request)
  const lines = decoded.operations.flatMap((operation, index): SigningLine[] => {
    const { operation_type } = operation
    const paid = operation_type === 'claim_claimable_balance' ? recorded[index] : operation
    if (paid === undefined) return []
    const { destination, amount, asset_code, asset_issuer } = paid
    return [
      {
        employee_name: recorded[index]?.employee_name ?? '',
        destination,
        amount,
        asset_code,
        asset_issuer,
        creates_account: operation_type === 'create_account',
        waits_to_be_claimed: operation_type === 'create_claimable_balance',
        is_refund: operation_type === 'claim_claimable_balance',
      },
    ]
  })
  const highest_fee = formatAmount(BigInt(decoded.fee_bid_stroops))
  const { memo } = decoded
  return { lines, totals: totalsOf(lines), highest_fee, memo, source_account, network_passphrase, tx_hash }
}

/** Refuses a signed envelope that is another transaction than the requested one, and names the field. */
export function requireSameTransaction(request: SigningRequest, signedEnvelopeXdr: string): void {
  const decoded = describeTransaction(signedEnvelopeXdr, request.network_passphrase)
  if (decoded?.tx_hash === request.tx_hash) return
  const difference = decoded === null ? null : differenceOf(decoded, meaningOf(request))
  throw refusal(
    'signed_envelope_differs',
    `The wallet signed something else than transaction ${request.transaction_id}${difference === null ? '' : `: its ${difference} differs`}.`,
    'Sign the envelope of the signing request without changing anything.',
  )
}

/** The operations by their place in the transaction. */
function inOrder({ operations }: SigningRequest): SigningOperation[] {
  return [...operations].sort((one, other) => one.operation_index - other.operation_index)
}

function meaningOf(request: SigningRequest): Parameters<typeof differenceOf>[1] {
  const { source_account, sequence_number, fee_bid_stroops, max_ledger, max_time, memo_type, memo } = request
  const max_time_seconds = Date.parse(max_time) / 1000
  return {
    source_account,
    // Wallets sign for a treasury itself; no channel account gives its number.
    operation_source: source_account,
    sequence_number,
    fee_bid_stroops,
    max_ledger,
    max_time_seconds,
    memo_type,
    memo,
    operations: inOrder(request)
      .map(storedOperation)
      .filter((operation) => operation !== null),
  }
}

function totalsOf(lines: readonly SigningLine[]): SigningTotal[] {
  const sums = new Map<string, SigningTotal & { stroops: bigint }>()
  for (const { asset_code, asset_issuer, amount, is_refund } of lines) {
    if (is_refund) continue
    const name = `${asset_code}:${asset_issuer}`
    const stroops = (sums.get(name)?.stroops ?? 0n) + parseAmount(amount)
    sums.set(name, { asset_code, asset_issuer, amount: formatAmount(stroops), stroops })
  }
  return [...sums.values()].map(({ stroops: _, ...total }) => total)
}
