import { addressOf, partyOf } from './core/addresses.ts'
import { formatStroops } from './core/amounts.ts'
import { assetKeyOf } from './core/assets.ts'
import type { Chain } from './core/chain.ts'
import type { History, OperationRecord, TransactionRecord } from './core/history.ts'
import { operationTypeName } from './core/operation-types.ts'
import { participantsOf } from './core/participants.ts'
import { operationResultOf } from './core/results.ts'
import type { AccountId } from './core/types.ts'

/** One applied operation, for comparing books with what the network did. Amounts are asset units as text. */
export type DumpedOperation = {
  readonly id: string
  readonly ledger: number
  readonly hash: string
  readonly inner_hash: string
  readonly op_index: number
  readonly successful: boolean
  readonly type: string
  readonly source: AccountId
  readonly destination: AccountId | null
  readonly asset: string | null
  readonly amount: string | null
  readonly balance_id: string | null
  readonly result_code: string
}

/** The fee of one transaction in stroops; failed transactions pay too. */
export type DumpedFee = {
  readonly account: AccountId
  readonly hash: string
  readonly ledger: number
  readonly fee_charged: string
}

/** A page of the dump. `next_cursor` is null on the last page. */
export type DumpPage = {
  readonly ledger: number
  readonly operations: readonly DumpedOperation[]
  readonly fees: readonly DumpedFee[]
  readonly next_cursor: string | null
}

/** Which part of the dump: one account's, after a cursor, at most `limit` transactions (default and most 200). */
export type DumpQuery = { readonly account?: AccountId; readonly cursor?: string; readonly limit?: number }

/** Applied operations and fees in ledger order, including those of failed transactions. */
export function dumpPage(chain: Chain, { account, cursor = '0', limit = 200 }: DumpQuery = {}): DumpPage {
  const { history } = chain
  const all = account === undefined ? history.transactions : (history.ofAccount.get(account)?.transactions ?? [])
  const after = BigInt(cursor)
  const start = all.findIndex(({ id }) => id > after)
  const transactions = start === -1 ? [] : all.slice(start, start + limit)
  const last = transactions.at(-1)
  return {
    ledger: chain.latest().ledger,
    operations: transactions.flatMap(({ operations }) =>
      operations
        .filter((operation) => account === undefined || participantsOf(operation).has(account))
        .map((operation) => dumpOperation(operation, history)),
    ),
    fees: transactions
      .filter(({ envelope }) => account === undefined || envelope.feeSource.id === account)
      .map(dumpFee),
    next_cursor: last && last !== all.at(-1) ? last.id.toString() : null,
  }
}

function dumpFee({ envelope, ledger, feeCharged }: TransactionRecord): DumpedFee {
  return { account: envelope.feeSource.id, hash: envelope.hash, ledger, fee_charged: feeCharged.toString() }
}

function dumpOperation(record: OperationRecord, history: History): DumpedOperation {
  const { envelope } = record.transaction()
  const { destination, asset, amount } = movementOf(record, history)
  return {
    id: record.id.toString(),
    ledger: record.ledger,
    hash: envelope.hash,
    inner_hash: envelope.innerHash,
    op_index: record.index,
    successful: record.successful,
    type: operationTypeName(record.body.type),
    source: record.source.id,
    destination,
    asset,
    amount: amount === null ? null : formatStroops(amount),
    balance_id: record.balanceId,
    result_code: record.resultCode,
  }
}

type Movement = {
  readonly destination: AccountId | null
  readonly asset: string | null
  readonly amount: bigint | null
}

const NOTHING: Movement = { destination: null, asset: null, amount: null }

function movementOf(record: OperationRecord, history: History): Movement {
  const { body } = record
  switch (body.type) {
    case 0: {
      const { destination, startingBalance } = body.createAccountOp
      return { destination: addressOf(destination.ed25519), asset: 'native', amount: startingBalance }
    }
    case 1: {
      const { destination, asset, amount } = body.paymentOp
      return { destination: partyOf(destination).id, asset: assetKeyOf(asset), amount }
    }
    case 2: {
      const { destination, destAsset, destAmount } = body.pathPaymentStrictReceiveOp
      return { destination: partyOf(destination).id, asset: assetKeyOf(destAsset), amount: destAmount }
    }
    case 13: {
      const { destination, destAsset } = body.pathPaymentStrictSendOp
      const own = operationResultOf(record.transaction().result, record.index)
      const sent = own?.code === 0 && own.tr.type === 13 ? own.tr.pathPaymentStrictSendResult : null
      const amount = sent?.code === 0 ? sent.success.last.amount : null
      return { destination: partyOf(destination).id, asset: assetKeyOf(destAsset), amount }
    }
    case 6:
      return { ...NOTHING, asset: assetKeyOf(body.changeTrustOp.line) }
    case 8:
      return { destination: partyOf(body.destination).id, asset: 'native', amount: mergedBalance(record) }
    case 14:
      return {
        ...NOTHING,
        asset: assetKeyOf(body.createClaimableBalanceOp.asset),
        amount: body.createClaimableBalanceOp.amount,
      }
    case 15:
    case 20:
      return { ...createdBalance(record, history), destination: record.source.id }
    case 19: {
      const { from, asset, amount } = body.clawbackOp
      return { destination: partyOf(from).id, asset: assetKeyOf(asset), amount }
    }
    case 21: {
      const { trustor, asset } = body.setTrustLineFlagsOp
      return { ...NOTHING, destination: addressOf(trustor.ed25519), asset: assetKeyOf(asset) }
    }
    default:
      return NOTHING
  }
}

/** The balance a merge moved stands only in its result. */
function mergedBalance(record: OperationRecord): bigint | null {
  const own = operationResultOf(record.transaction().result, record.index)
  if (own?.code !== 0 || own.tr.type !== 8 || own.tr.accountMergeResult.code !== 0) return null
  return own.tr.accountMergeResult.sourceAccountBalance
}

/** A claim or clawback moves what the balance was created with. */
function createdBalance({ balanceId }: OperationRecord, history: History): Movement {
  const created = history.ofBalance.get(balanceId ?? '')?.operations[0]
  if (created?.body.type !== 14) return NOTHING
  const { asset, amount } = created.body.createClaimableBalanceOp
  return { destination: null, asset: assetKeyOf(asset), amount }
}
