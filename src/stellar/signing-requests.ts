import { checkFields, checkValue, optional, type Rule, rowId, type Shape } from '../core/check.ts'
import type { CallOptions, PaydClient } from '../core/client.ts'
import { call } from '../core/command.ts'
import type { PayrollRunId } from '../core/ids.ts'
import { send } from '../core/send.ts'
import { requireSameTransaction } from './read-signing-request.ts'
import type { SigningRequest } from './signing-request.ts'

/** Which signing requests to list. */
export interface SigningRequestFilter {
  readonly payroll_run_id?: PayrollRunId | undefined
}

const signingRequestFilter: Shape<SigningRequestFilter> = { payroll_run_id: optional(rowId) }

const envelope: Rule<string> = {
  code: 'signed_envelope_unreadable',
  says: 'the signed envelope as the wallet returned it, XDR in base64',
  accepts: (value) => typeof value === 'string' && /^[A-Za-z0-9+/]{8,100000}={0,2}$/.test(value),
}

/**
 * The transactions that wallets of the organization are to sign and that have not ended: at most one for each treasury. For managers.
 *
 * @example
 * ```ts
 * import { createClient } from '@supabase/supabase-js'
 * import { readSigningRequest, signingRequests, signingUri } from 'payd/stellar'
 *
 * const supabase = createClient('http://127.0.0.1:54321', 'sb_publishable_…')
 * for (const request of await signingRequests(supabase)) {
 *   for (const line of readSigningRequest(request).lines) console.log(line.employee_name, line.amount, line.asset_code)
 *   console.log(signingUri(request))
 * }
 * ```
 */
export async function signingRequests(
  client: PaydClient,
  filter: SigningRequestFilter = {},
  options: CallOptions = {},
): Promise<SigningRequest[]> {
  const { payroll_run_id } = checkFields('the filter', filter, signingRequestFilter)
  const about = { action: 'read what is to be signed', options }
  return await send<SigningRequest[]>(call(client, 'signing_requests', { payroll_run_id }), about)
}

/**
 * Hands in the envelope as a wallet signed it, and answers the request with the weight that has signed now. Several people may do this in
 * any order, each with one signature or more; the transaction is sent as soon as the weight suffices. An envelope that differs from
 * the request is refused here, with the name of the field; the database compares every byte. For managers.
 *
 * Errors: `role_too_low`, `signed_envelope_unreadable`, `signed_envelope_differs`, `envelope_not_signed`, `signer_not_named`,
 * `signer_without_weight`, `signature_for_other_network`, `wallet_signature_invalid`, `signatures_complete`, `signature_not_awaited`,
 * `signing_time_over`, `payroll_run_stopped`.
 */
export async function submitSignature(
  client: PaydClient,
  request: SigningRequest,
  signedEnvelopeXdr: string,
  options: CallOptions = {},
): Promise<SigningRequest> {
  const signed_envelope_xdr = checkValue('the signed envelope', signedEnvelopeXdr, envelope)
  requireSameTransaction(request, signed_envelope_xdr)
  const transaction_id = checkValue<number>('transaction_id', request.transaction_id, rowId)
  const about = { action: `hand in a signature of transaction ${transaction_id}`, options }
  return await send<SigningRequest>(
    call(client, 'submit_signature', { transaction_id, signed_envelope_xdr }).single(),
    about,
  )
}
