import { Account, Asset, Memo, Operation, StrKey, TransactionBuilder, type xdr } from '@stellar/stellar-sdk/base'
import { parseAmount } from '../contract/amount.ts'
import { describeTransaction, hexOf } from './describe.ts'
import {
  type BuiltTransaction,
  MAX_OPERATIONS,
  type PlannedOperation,
  type TransactionPlan,
  TransactionPlanError,
} from './plan.ts'

const MAX_MEMO_BYTES = 28
const MAX_UINT32 = 4_294_967_295

/** The transaction that pays exactly the planned operations, in their order. Throws {@link TransactionPlanError}. */
export function buildTransaction(plan: TransactionPlan): BuiltTransaction {
  requireHeader(plan)
  const source = new Account(plan.sourceAccount, (BigInt(plan.sequence) - 1n).toString())
  const builder = new TransactionBuilder(source, {
    fee: plan.feePerOperationStroops.toString(),
    networkPassphrase: plan.networkPassphrase,
    timebounds: { minTime: 0, maxTime: plan.maxTimeSeconds },
    ledgerbounds: { minLedger: 0, maxLedger: plan.maxLedger },
    memo: plan.memo === null ? Memo.none() : Memo.text(plan.memo),
  })
  plan.operations.forEach((operation, index) => {
    builder.addOperation(operationOf(operation, index))
  })
  const transaction = builder.build()
  const unsignedXdr = transaction.toXdr()
  requireSameMeaning(plan, unsignedXdr)
  return {
    hash: hexOf(transaction.hash()),
    sequence: transaction.sequence,
    unsignedXdr,
    feeBidStroops: plan.feePerOperationStroops * BigInt(plan.operations.length),
  }
}

function requireHeader(plan: TransactionPlan): void {
  const count = plan.operations.length
  insist(StrKey.isValidEd25519PublicKey(plan.sourceAccount), 'The paying account is not a Stellar address (G…).')
  insist(/^[1-9][0-9]{0,18}$/.test(plan.sequence), `The sequence number ${plan.sequence} is not a positive integer.`)
  insist(count > 0, 'A transaction needs at least one operation.')
  insist(count <= MAX_OPERATIONS, `A transaction holds at most ${MAX_OPERATIONS} operations, the plan has ${count}.`)
  // Without both bounds a transaction can stay valid for ever, and nothing could prove that it was never applied.
  insist(isUint32(plan.maxLedger), `The last ledger ${plan.maxLedger} is not a ledger number.`)
  insist(Number.isSafeInteger(plan.maxTimeSeconds) && plan.maxTimeSeconds > 0, 'The transaction needs a latest time.')
  insist(
    plan.feePerOperationStroops > 0n && plan.feePerOperationStroops * BigInt(count) <= BigInt(MAX_UINT32),
    `The fee of ${plan.feePerOperationStroops} stroops an operation is out of range.`,
  )
  const memoBytes = new TextEncoder().encode(plan.memo ?? '').length
  insist(memoBytes <= MAX_MEMO_BYTES, `The memo has ${memoBytes} bytes; Stellar carries at most ${MAX_MEMO_BYTES}.`)
}

function operationOf(operation: PlannedOperation, index: number): xdr.Operation {
  const where = `Operation ${index}`
  insist(stroopsOf(operation.amount, where) > 0n, `${where}: the amount must be greater than zero.`)
  // The SDK pads and accepts other spellings of numbers, so it gets the one canonical text.
  if (operation.operationType === 'create_account') {
    insist(StrKey.isValidEd25519PublicKey(operation.destination), `${where}: a new account needs a G… address.`)
    insist(isNative(operation), `${where}: a new account can only be funded with native XLM.`)
    return Operation.createAccount({ destination: operation.destination, startingBalance: operation.amount })
  }
  insist(
    StrKey.isValidEd25519PublicKey(operation.destination) || StrKey.isValidMed25519PublicKey(operation.destination),
    `${where}: the destination is not a Stellar address (G… or M…).`,
  )
  return Operation.payment({
    destination: operation.destination,
    asset: assetOf(operation, where),
    amount: operation.amount,
  })
}

function assetOf(operation: PlannedOperation, where: string): Asset {
  if (isNative(operation)) return Asset.native()
  insist(/^[A-Za-z0-9]{1,12}$/.test(operation.assetCode), `${where}: the asset code is malformed.`)
  insist(StrKey.isValidEd25519PublicKey(operation.assetIssuer), `${where}: the asset issuer is not a G… address.`)
  return new Asset(operation.assetCode, operation.assetIssuer)
}

/** Only (XLM, '') is native: the code XLM with an issuer is a credit asset that anybody may issue. */
function isNative(operation: PlannedOperation): boolean {
  return operation.assetCode === 'XLM' && operation.assetIssuer === ''
}

function stroopsOf(amount: string, where: string): bigint {
  try {
    return parseAmount(amount)
  } catch (cause) {
    throw new TransactionPlanError(`${where}: ${cause instanceof Error ? cause.message : 'the amount is unreadable.'}`)
  }
}

/**
 * What is signed must be what was planned, whatever the library in between does: it writes the credit asset "xlm" as "XLM",
 * for example, which is somebody else's money.
 */
function requireSameMeaning(plan: TransactionPlan, unsignedXdr: string): void {
  const built = describeTransaction(unsignedXdr, plan.networkPassphrase)
  const isSame =
    built !== null &&
    built.sourceAccount === plan.sourceAccount &&
    built.sequence === plan.sequence &&
    built.maxLedger === plan.maxLedger &&
    built.maxTimeSeconds === plan.maxTimeSeconds &&
    built.memo === plan.memo &&
    built.operations.length === plan.operations.length &&
    built.operations.every((operation, index) => isSameOperation(operation, plan.operations[index]))
  insist(isSame, 'The built transaction does not say exactly what was planned, so it must not be signed.')
}

function isSameOperation(built: PlannedOperation, planned: PlannedOperation | undefined): boolean {
  return (
    planned !== undefined &&
    built.operationType === planned.operationType &&
    built.destination === planned.destination &&
    built.assetCode === planned.assetCode &&
    built.assetIssuer === planned.assetIssuer &&
    parseAmount(built.amount) === parseAmount(planned.amount)
  )
}

function isUint32(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= MAX_UINT32
}

function insist(condition: boolean, message: string): asserts condition {
  if (!condition) throw new TransactionPlanError(message)
}
