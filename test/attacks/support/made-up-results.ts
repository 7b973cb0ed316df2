import { xdr } from '@stellar/stellar-sdk/base'
import { paymentResult, resultXdrOf } from '../../support/records.ts'

/** The result that says that so many payments were made; a result carries no signature. */
export function resultOfSuccess(payments: number): string {
  const results = Array.from({ length: payments }, () => paymentResult(xdr.PaymentResult.paymentSuccess()))
  return resultXdrOf(xdr.TransactionResultResult.txSuccess(results))
}
