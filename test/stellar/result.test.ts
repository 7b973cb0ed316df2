import { xdr } from '@stellar/stellar-sdk/base'
import { describe, expect, test } from 'vitest'
import { decodeResult } from '../../supabase/functions/_shared/stellar/result.ts'

const payment = (result: xdr.PaymentResult) => xdr.OperationResult.opInner(xdr.OperationResultTr.payment(result))
const creation = (result: xdr.CreateAccountResult) =>
  xdr.OperationResult.opInner(xdr.OperationResultTr.createAccount(result))

describe('a result of the ledger', () => {
  test('of one paid operation is read from the recorded answer of Horizon', () => {
    expect(decodeResult('AAAAAAAAAGQAAAAAAAAAAQAAAAAAAAABAAAAAAAAAAA=')).toEqual({
      transaction_code: 'tx_success',
      operation_codes: ['op_success'],
      feeCharged: '100',
      feeBumpedHash: null,
    })
  })

  // The names on the right are those of stellar-horizon (internal/codes/main.go).
  test.each([
    [payment(xdr.PaymentResult.paymentSuccess()), 'op_success'],
    [payment(xdr.PaymentResult.paymentMalformed()), 'op_malformed'],
    [payment(xdr.PaymentResult.paymentUnderfunded()), 'op_underfunded'],
    [payment(xdr.PaymentResult.paymentSrcNoTrust()), 'op_src_no_trust'],
    [payment(xdr.PaymentResult.paymentSrcNotAuthorized()), 'op_src_not_authorized'],
    [payment(xdr.PaymentResult.paymentNoDestination()), 'op_no_destination'],
    [payment(xdr.PaymentResult.paymentNoTrust()), 'op_no_trust'],
    [payment(xdr.PaymentResult.paymentNotAuthorized()), 'op_not_authorized'],
    [payment(xdr.PaymentResult.paymentLineFull()), 'op_line_full'],
    [payment(xdr.PaymentResult.paymentNoIssuer()), 'op_no_issuer'],
    [creation(xdr.CreateAccountResult.createAccountSuccess()), 'op_success'],
    [creation(xdr.CreateAccountResult.createAccountMalformed()), 'op_malformed'],
    [creation(xdr.CreateAccountResult.createAccountUnderfunded()), 'op_underfunded'],
    [creation(xdr.CreateAccountResult.createAccountLowReserve()), 'op_low_reserve'],
    [creation(xdr.CreateAccountResult.createAccountAlreadyExist()), 'op_already_exists'],
    [xdr.OperationResult.opBadAuth(), 'op_bad_auth'],
    [xdr.OperationResult.opNoAccount(), 'op_no_source_account'],
    [xdr.OperationResult.opNotSupported(), 'op_not_supported'],
    [xdr.OperationResult.opTooManySubentries(), 'op_too_many_subentries'],
    [xdr.OperationResult.opExceededWorkLimit(), 'op_exceeded_work_limit'],
    [xdr.OperationResult.opTooManySponsoring(), 'op_too_many_sponsoring'],
  ])('names the operation result %# %s', (operation, code) => {
    const failed = xdr.TransactionResultResult.txFailed([payment(xdr.PaymentResult.paymentSuccess()), operation])
    expect(decodeResult(result_xdr(failed))).toEqual({
      transaction_code: 'tx_failed',
      operation_codes: ['op_success', code],
      feeCharged: '100',
      feeBumpedHash: null,
    })
  })

  test.each([
    [xdr.TransactionResultResult.txTooEarly(), 'tx_too_early'],
    [xdr.TransactionResultResult.txTooLate(), 'tx_too_late'],
    [xdr.TransactionResultResult.txMissingOperation(), 'tx_missing_operation'],
    [xdr.TransactionResultResult.txBadSeq(), 'tx_bad_seq'],
    [xdr.TransactionResultResult.txBadAuth(), 'tx_bad_auth'],
    [xdr.TransactionResultResult.txInsufficientBalance(), 'tx_insufficient_balance'],
    [xdr.TransactionResultResult.txNoAccount(), 'tx_no_source_account'],
    [xdr.TransactionResultResult.txInsufficientFee(), 'tx_insufficient_fee'],
    [xdr.TransactionResultResult.txBadAuthExtra(), 'tx_bad_auth_extra'],
    [xdr.TransactionResultResult.txInternalError(), 'tx_internal_error'],
    [xdr.TransactionResultResult.txNotSupported(), 'tx_not_supported'],
    [xdr.TransactionResultResult.txBadSponsorship(), 'tx_bad_sponsorship'],
    [xdr.TransactionResultResult.txBadMinSeqAgeOrGap(), 'tx_bad_minseq_age_or_gap'],
    [xdr.TransactionResultResult.txMalformed(), 'tx_malformed'],
    [xdr.TransactionResultResult.txSorobanInvalid(), 'tx_soroban_invalid'],
    [xdr.TransactionResultResult.txFrozenKeyAccessed(), 'tx_frozen_key_accessed'],
  ])('names the transaction result %# %s', (result, transaction_code) => {
    expect(decodeResult(result_xdr(result))).toEqual({
      transaction_code,
      operation_codes: [],
      feeCharged: '100',
      feeBumpedHash: null,
    })
  })

  test('of a fee bump is that of the inner transaction', () => {
    const inner = new xdr.InnerTransactionResult({
      feeCharged: 0n,
      result: xdr.InnerTransactionResultResult.txFailed([payment(xdr.PaymentResult.paymentNoTrust())]),
      ext: xdr.InnerTransactionResultExt.v0(),
    })
    const pair = new xdr.InnerTransactionResultPair({ transactionHash: new Uint8Array(32).fill(7), result: inner })
    expect(decodeResult(result_xdr(xdr.TransactionResultResult.txFeeBumpInnerFailed(pair)))).toEqual({
      transaction_code: 'tx_failed',
      operation_codes: ['op_no_trust'],
      feeCharged: '100',
      feeBumpedHash: '07'.repeat(32),
    })
  })

  test('that cannot be read is no result', () => {
    for (const text of ['', 'AAAA', '!!', 'AAAAAAAAAGT///+cAAAAAA==']) expect(decodeResult(text)).toBeNull()
  })
})

function result_xdr(result: xdr.TransactionResultResult): string {
  return new xdr.TransactionResult({ feeCharged: 100n, result, ext: xdr.TransactionResultExt.v0() }).toXdr('base64')
}
