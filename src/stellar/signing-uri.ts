import { refusal } from '../core/error.ts'
import type { SigningRequest } from './signing-request.ts'

const PUBLIC_NETWORK = 'Public Global Stellar Network ; September 2015'
const MAX_MESSAGE_LENGTH = 300

/** What else a wallet is told. */
export interface SigningUriOptions {
  /** An https address to which the wallet posts the signed envelope as `xdr`. Without it the wallet would send it by itself. */
  readonly callback?: string | undefined
  /** The public key of the signer who is asked. */
  readonly pubkey?: string | undefined
  /** At most 300 characters, shown by the wallet. Default: the name of the run. */
  readonly message?: string | undefined
}

/**
 * The address (SEP-7, `web+stellar:tx`) that opens a wallet with the transaction of a signing request, as a link or a QR code. A
 * wallet that sends the signed transaction by itself does no harm: PayD finds it in the ledger and counts it.
 */
export function signingUri(request: SigningRequest, options: SigningUriOptions = {}): string {
  const { callback, pubkey, message = `Payroll ${request.batch_id}` } = options
  if (message.length > MAX_MESSAGE_LENGTH) {
    throw refusal('invalid_argument', `The message has ${message.length} characters.`, 'It may have 300.', 'message')
  }
  if (callback !== undefined && !/^https:\/\/[^\s]+$/.test(callback)) {
    throw refusal('invalid_argument', 'The callback is no address.', 'It must begin with https://.', 'callback')
  }
  const parts: [string, string | undefined][] = [
    ['xdr', request.envelope_xdr],
    ['callback', callback === undefined ? undefined : `url:${callback}`],
    ['pubkey', pubkey],
    ['msg', message],
    ['network_passphrase', request.network_passphrase === PUBLIC_NETWORK ? undefined : request.network_passphrase],
  ]
  const query = parts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
  return `web+stellar:tx?${query.join('&')}`
}
