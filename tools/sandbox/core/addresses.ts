import { StrKey, type xdr } from '@stellar/stellar-sdk/base'
import type { AccountId } from './types.ts'

const known = new Map<string, AccountId>()
const LIMIT = 200_000

/** The `G…` address of a raw ed25519 key. Results are remembered, because a payroll repeats the same few keys. */
export function addressOf(key: Uint8Array): AccountId {
  const raw = Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')
  const found = known.get(raw)
  if (found !== undefined) return found
  if (known.size >= LIMIT) known.clear()
  const address = StrKey.encodeEd25519PublicKey(key)
  known.set(raw, address)
  return address
}

/** The raw ed25519 key of a `G…` address. Throws when the address is not one. */
export function rawKeyOf(address: AccountId): Uint8Array {
  return StrKey.decodeEd25519PublicKey(address)
}

/** Whether the text is a `G…` address with a right checksum. */
export function isAccountId(text: string): boolean {
  return StrKey.isValidEd25519PublicKey(text)
}

/** The XDR form of a `G…` address. */
export function publicKeyWire(address: AccountId): xdr.PublicKeyWire {
  return { type: 0, ed25519: rawKeyOf(address) }
}

/** A source or destination: the account that acts, and the `M…` address with its id where the sender wrote one. */
export type Party = { readonly id: AccountId; readonly muxed: { readonly address: string; readonly id: string } | null }

/** The account behind a muxed or plain XDR account. */
export function partyOf(wire: xdr.MuxedAccountWire): Party {
  if (wire.type === 0) return { id: addressOf(wire.ed25519), muxed: null }
  const { ed25519, id } = wire.med25519
  const raw = Buffer.alloc(40)
  raw.set(ed25519, 0)
  raw.writeBigUInt64BE(id, 32)
  return { id: addressOf(ed25519), muxed: { address: StrKey.encodeMed25519PublicKey(raw), id: id.toString() } }
}
