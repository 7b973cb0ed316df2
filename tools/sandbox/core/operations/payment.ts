import type { xdr } from '@stellar/stellar-sdk/base'
import { partyOf } from '../addresses.ts'
import { formatStroops } from '../amounts.ts'
import { assetFields, assetKeyOf, issuerOf } from '../assets.ts'
import { accountOf, addCredit, addNative, availableBalance, isAuthorized, trustlineOf } from '../balances.ts'
import { type AccountId, type AssetKey, keyOf } from '../types.ts'
import { defineOperation, type OperationContext } from './rule.ts'

const CODE = {
  success: 0,
  malformed: -1,
  underfunded: -2,
  src_no_trust: -3,
  src_not_authorized: -4,
  no_destination: -5,
  no_trust: -6,
  not_authorized: -7,
  line_full: -8,
} as const
type Code = (typeof CODE)[keyof typeof CODE]
type CreditCode = -5 | -6 | -7 | -8
type DebitCode = -2 | -3 | -4

const result = (code: Code): xdr.OperationResultWire => ({ code: 0, tr: { type: 1, paymentResult: { code } } })

/**
 * Payment. The destination is checked and credited before the source is, as core does it, so an operation with both
 * sides wrong reports the destination. op_no_issuer no longer exists: since protocol 13 the issuer may be gone.
 */
export const payment = defineOperation(1, {
  threshold: 'medium',
  untouched: result(CODE.success),
  check({ paymentOp: op }) {
    return op.amount <= 0n || assetKeyOf(op.asset) === null ? result(CODE.malformed) : null
  },
  apply({ paymentOp: op }, context) {
    const asset = assetKeyOf(op.asset)
    if (asset === null) return result(CODE.malformed)
    const destination = partyOf(op.destination)
    const toSelf = asset === 'native' && destination.id === context.source.id

    const failure = toSelf ? null : move(context, destination.id, asset, op.amount)
    if (failure !== null) return result(failure)

    const details = { amount: formatStroops(op.amount), ...assetFields(asset) }
    context.emit(destination, 'account_credited', details)
    context.emit(context.source, 'account_debited', details)
    return result(CODE.success)
  },
})

function move(context: OperationContext, destination: AccountId, asset: AssetKey, amount: bigint): Code | null {
  return credit(context, destination, asset, amount) ?? debit(context, asset, amount)
}

/** Gives an asset to an account, or says with the code of a payment why it cannot take it. */
export function credit(
  context: OperationContext,
  destination: AccountId,
  asset: AssetKey,
  amount: bigint,
): CreditCode | null {
  const issuer = issuerOf(asset)
  // Credit can always go back to its issuer, even if the issuer's account no longer exists.
  if (destination === issuer) return null
  if (!accountOf(context.ledger, destination)) return CODE.no_destination
  return issuer === null
    ? receiveNative(context, destination, amount)
    : receiveCredit(context, destination, asset, amount)
}

/** Takes an asset from the source, or says with the code of a payment why it cannot give it. */
export function debit(context: OperationContext, asset: AssetKey, amount: bigint): DebitCode | null {
  const issuer = issuerOf(asset)
  if (issuer === null) return sendNative(context, amount)
  return context.source.id === issuer ? null : sendCredit(context, asset, amount)
}

function receiveNative({ ledger }: OperationContext, destination: AccountId, amount: bigint): CreditCode | null {
  const account = accountOf(ledger, destination)
  const credited = account && addNative(account, amount)
  if (!credited) return CODE.line_full
  ledger.set(keyOf.account(destination), credited)
  return null
}

function sendNative({ ledger, source }: OperationContext, amount: bigint): DebitCode | null {
  const account = accountOf(ledger, source.id)
  const debited = account && amount <= availableBalance(account) ? addNative(account, -amount) : null
  if (!debited) return CODE.underfunded
  ledger.set(keyOf.account(source.id), debited)
  return null
}

function receiveCredit(
  { ledger }: OperationContext,
  destination: AccountId,
  asset: AssetKey,
  amount: bigint,
): CreditCode | null {
  const line = trustlineOf(ledger, destination, asset)
  if (!line) return CODE.no_trust
  if (!isAuthorized(line)) return CODE.not_authorized
  const credited = addCredit(line, amount)
  if (!credited) return CODE.line_full
  ledger.set(keyOf.trustline(destination, asset), credited)
  return null
}

function sendCredit({ ledger, source }: OperationContext, asset: AssetKey, amount: bigint): DebitCode | null {
  const line = trustlineOf(ledger, source.id, asset)
  if (!line) return CODE.src_no_trust
  if (!isAuthorized(line)) return CODE.src_not_authorized
  const debited = addCredit(line, -amount)
  if (!debited) return CODE.underfunded
  ledger.set(keyOf.trustline(source.id, asset), debited)
  return null
}
