import type { xdr } from '@stellar/stellar-sdk/base'
import type { Envelope } from '../core/envelope.ts'
import { encodeResult, resultCodesOf } from '../core/results.ts'
import { failureOf } from '../faults/registry.ts'
import { invalidField, Problem, problemOfStatus, submissionTimeout } from '../http/problem.ts'
import { failWith, hal, json, type Reply } from '../http/reply.ts'
import type { Context } from '../services.ts'
import { handIn, ingested, submitAndWait } from '../submission.ts'
import { transactionJson } from './transactions.ts'

/** A form that was posted. */
export type Form = { readonly contentType: string; readonly fields: URLSearchParams; readonly base: string }

/** POST /transactions: waits for the ledger, then 200 with the record, 400 with result codes, or 504. */
export async function submitTransaction(context: Context, form: Form): Promise<Reply> {
  const { raw, envelope } = readEnvelope(context, form)
  const failure = failureOf(context.strikes)
  if (failure) {
    if (!ingested(context, envelope.hash)) handIn(context, envelope)
    if (failure.kind === 'status' && failure.status === 504) throw submissionTimeout(envelope.hash, raw)
    return failWith(failure)
  }

  const outcome = await submitAndWait(context, envelope)
  if (outcome.kind === 'timeout') throw submissionTimeout(envelope.hash, raw)
  if (outcome.kind === 'refused') throw transactionFailed(outcome.submission.result, raw, false)
  const { record } = outcome
  if (!record.successful) {
    throw transactionFailed(record.result, raw, record.envelope.feeBump && envelope.hash === record.envelope.innerHash)
  }
  return hal(transactionJson(record, { base: form.base, keepsMeta: context.options.keepsMeta }, envelope.hash))
}

/** POST /transactions_async: core's answer at once, without asking history. */
export function submitTransactionAsync(context: Context, form: Form): Reply {
  const { envelope } = readEnvelope(context, form)
  const submission = handIn(context, envelope)
  const failure = failureOf(context.strikes)
  if (failure) return failWith(failure)

  const { hash } = envelope
  switch (submission.status) {
    case 'PENDING':
      return json({ tx_status: 'PENDING', hash }, 201)
    case 'DUPLICATE':
      return json({ tx_status: 'DUPLICATE', hash }, 409)
    case 'TRY_AGAIN_LATER':
      return json({ tx_status: 'TRY_AGAIN_LATER', hash }, 503)
    case 'ERROR':
      return json({ error_result_xdr: encodeResult(submission.result), tx_status: 'ERROR', hash }, 400)
  }
}

function readEnvelope({ node }: Context, form: Form): { readonly raw: string; readonly envelope: Envelope } {
  const type = form.contentType.split(';')[0]?.trim() ?? ''
  if (type !== '' && type !== 'application/x-www-form-urlencoded') {
    throw problemOfStatus(415, 'The only supported content type is application/x-www-form-urlencoded.')
  }
  const raw = form.fields.get('tx') ?? ''
  if (raw === '') throw invalidField('tx', 'The form field tx with the base64 envelope is missing.')
  const envelope = node.chain().parse(raw)
  if (!envelope) {
    throw new Problem({
      status: 400,
      type: 'transaction_malformed',
      title: 'Transaction Malformed',
      detail:
        'Horizon could not decode the transaction envelope in this request. A transaction should be an XDR ' +
        'TransactionEnvelope struct encoded using base64. The envelope read from this request is echoed in ' +
        'the `extras.envelope_xdr` field of this response for your convenience.',
      extras: { envelope_xdr: raw },
    })
  }
  return { raw, envelope }
}

function transactionFailed(result: xdr.TransactionResultWire, raw: string, viewByInnerHash: boolean): Problem {
  return new Problem({
    status: 400,
    type: 'transaction_failed',
    title: 'Transaction Failed',
    detail:
      'The transaction failed when submitted to the stellar network. The `extras.result_codes` field on this ' +
      'response contains further details.',
    extras: {
      envelope_xdr: raw,
      result_xdr: encodeResult(result),
      result_codes: resultCodesOf(result, viewByInnerHash),
    },
  })
}
