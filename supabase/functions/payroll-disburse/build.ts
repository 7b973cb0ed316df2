import {
  Account,
  Asset,
  Claimant,
  Memo,
  Operation,
  StrKey,
  TransactionBuilder,
  type xdr,
} from '@stellar/stellar-sdk/base'
import { parseAmount } from '../_shared/contract/amount.ts'
import { describeTransaction, hexOf } from '../_shared/stellar/describe.ts'
import { differenceOf } from '../_shared/stellar/same-transaction.ts'
import {
  type BuiltTransaction,
  MAX_OPERATIONS,
  type PayingOperation,
  type PlannedOperation,
  type TransactionPlan,
  TransactionPlanError,
} from './plan.ts'

const MAX_MEMO_BYTES = 28
const MAX_UINT32 = 4_294_967_295
const MAX_UINT64 = 18_446_744_073_709_551_615n

/** The transaction that pays exactly the planned operations, in their order. Throws {@link TransactionPlanError}. */
export function buildTransaction(plan: TransactionPlan): BuiltTransaction {
  requireHeader(plan)
  const source = new Account(plan.source_account, (BigInt(plan.sequence_number) - 1n).toString())
  const builder = new TransactionBuilder(source, {
    fee: plan.fee_per_operation_stroops.toString(),
    networkPassphrase: plan.network_passphrase,
    timebounds: { minTime: 0, maxTime: plan.max_time_seconds },
    ledgerbounds: { minLedger: 0, maxLedger: plan.max_ledger },
    memo: memoOf(plan),
  })
  plan.operations.forEach((operation, index) => {
    builder.addOperation(operationOf(operation, index, plan))
  })
  const transaction = builder.build()
  const envelopeXdr = transaction.toXdr()
  requireSameMeaning(plan, envelopeXdr)
  return {
    tx_hash: hexOf(transaction.hash()),
    sequence_number: transaction.sequence,
    envelope_xdr: envelopeXdr,
    fee_bid_stroops: feeBidOf(plan),
  }
}

function requireHeader(plan: TransactionPlan): void {
  const count = plan.operations.length
  insist(StrKey.isValidEd25519PublicKey(plan.source_account), 'The source account is not a Stellar address (G…).')
  insist(StrKey.isValidEd25519PublicKey(plan.operation_source), 'The paying account is not a Stellar address (G…).')
  insist(
    /^[1-9][0-9]{0,18}$/.test(plan.sequence_number),
    `The sequence number ${plan.sequence_number} is not a positive integer.`,
  )
  insist(count > 0, 'A transaction needs at least one operation.')
  insist(count <= MAX_OPERATIONS, `A transaction holds at most ${MAX_OPERATIONS} operations, the plan has ${count}.`)
  // Without both bounds a transaction can stay valid for ever, and nothing could prove that it was never applied.
  insist(isUint32(plan.max_ledger), `The last ledger ${plan.max_ledger} is not a ledger number.`)
  insist(
    Number.isSafeInteger(plan.max_time_seconds) && plan.max_time_seconds > 0,
    'The transaction needs a latest time.',
  )
  insist(
    plan.fee_per_operation_stroops > 0n && plan.fee_per_operation_stroops * BigInt(count) <= BigInt(MAX_UINT32),
    `The fee of ${plan.fee_per_operation_stroops} stroops an operation is out of range.`,
  )
  insist((plan.memo_type === null) === (plan.memo === null), 'A memo has a type and a value, or neither.')
  const memoBytes = new TextEncoder().encode(plan.memo ?? '').length
  insist(memoBytes <= MAX_MEMO_BYTES, `The memo has ${memoBytes} bytes; Stellar carries at most ${MAX_MEMO_BYTES}.`)
  insist(
    plan.memo_type !== 'id' ||
      (/^(0|[1-9][0-9]{0,19})$/.test(plan.memo ?? '') && BigInt(plan.memo ?? '') <= MAX_UINT64),
    'The memo is not a number of 64 bits.',
  )
}

function memoOf({ memo_type, memo }: TransactionPlan): Memo {
  if (memo_type === null || memo === null) return Memo.none()
  return memo_type === 'id' ? Memo.id(memo) : Memo.text(memo)
}

function operationOf(operation: PlannedOperation, index: number, plan: TransactionPlan): xdr.Operation {
  const where = `Operation ${index}`
  const payer = plan.operation_source
  // Where a channel account gives the number, every operation says that it acts for the treasury.
  const acting = payer === plan.source_account ? {} : { source: payer }
  if (operation.operation_type === 'claim_claimable_balance') {
    insist(/^0{8}[0-9a-f]{64}$/.test(operation.claimable_balance_id), `${where}: the balance has no such id.`)
    return Operation.claimClaimableBalance({ ...acting, balanceId: operation.claimable_balance_id })
  }
  insist(stroopsOf(operation.amount, where) > 0n, `${where}: the amount must be greater than zero.`)
  // The SDK pads and accepts other spellings of numbers, so it gets the one canonical text.
  if (operation.operation_type === 'create_account') {
    insist(StrKey.isValidEd25519PublicKey(operation.destination), `${where}: a new account needs a G… address.`)
    insist(isNative(operation), `${where}: a new account can only be funded with native XLM.`)
    return Operation.createAccount({
      ...acting,
      destination: operation.destination,
      startingBalance: operation.amount,
    })
  }
  if (operation.operation_type === 'create_claimable_balance') {
    insist(StrKey.isValidEd25519PublicKey(operation.destination), `${where}: a claimant is a G… address.`)
    insist(operation.destination !== payer, `${where}: the account that pays cannot be its own claimant.`)
    const { reclaimable_at_seconds: time } = operation
    insist(
      Number.isSafeInteger(time) && time > 0,
      `${where}: the balance needs a time from which it can be taken back.`,
    )
    const isSooner = Claimant.predicateBeforeAbsoluteTime(String(time))
    return Operation.createClaimableBalance({
      ...acting,
      asset: assetOf(operation, where),
      amount: operation.amount,
      claimants: [
        new Claimant(operation.destination, Claimant.predicateUnconditional()),
        new Claimant(payer, Claimant.predicateNot(isSooner)),
      ],
    })
  }
  insist(
    StrKey.isValidEd25519PublicKey(operation.destination) || StrKey.isValidMed25519PublicKey(operation.destination),
    `${where}: the destination is not a Stellar address (G… or M…).`,
  )
  return Operation.payment({
    ...acting,
    destination: operation.destination,
    asset: assetOf(operation, where),
    amount: operation.amount,
  })
}

function assetOf(operation: PayingOperation, where: string): Asset {
  if (isNative(operation)) return Asset.native()
  insist(/^[A-Za-z0-9]{1,12}$/.test(operation.asset_code), `${where}: the asset code is malformed.`)
  insist(StrKey.isValidEd25519PublicKey(operation.asset_issuer), `${where}: the asset issuer is not a G… address.`)
  return new Asset(operation.asset_code, operation.asset_issuer)
}

/** Only (XLM, '') is native: the code XLM with an issuer is a credit asset that anybody may issue. */
function isNative(operation: PayingOperation): boolean {
  return operation.asset_code === 'XLM' && operation.asset_issuer === ''
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
function requireSameMeaning(plan: TransactionPlan, envelopeXdr: string): void {
  const fee_bid_stroops = feeBidOf(plan)
  const difference = differenceOf(describeTransaction(envelopeXdr, plan.network_passphrase), {
    ...plan,
    fee_bid_stroops,
  })
  insist(
    difference === null,
    `The built transaction does not say exactly what was planned (${difference}), so it must not be signed.`,
  )
}

function feeBidOf(plan: TransactionPlan): string {
  return (plan.fee_per_operation_stroops * BigInt(plan.operations.length)).toString()
}

function isUint32(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= MAX_UINT32
}

function insist(condition: boolean, message: string): asserts condition {
  if (!condition) throw new TransactionPlanError(message)
}
