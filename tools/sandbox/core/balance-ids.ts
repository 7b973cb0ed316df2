import type { xdr } from '@stellar/stellar-sdk/base'

/** The 72 hexadecimal characters of a balance id. */
export function balanceIdOf(id: xdr.ClaimableBalanceIdWire): string {
  return `00000000${Buffer.from(id.v0).toString('hex')}`
}
