import { StrKey, xdr } from '@stellar/stellar-sdk/base'
import { formatAmount } from '../contract/amount.ts'
import type { AccountBalance, AccountKeeping } from './horizon-records.ts'

/** An asset that somebody issued. */
export type CreditAsset = { readonly asset_code: string; readonly asset_issuer: string }

/** The data entry by which an account asks for a memo on every payment (SEP-29). */
export const MEMO_REQUIRED = 'config.memo_required'

/** What the ledger keeps of an account itself. */
export type AccountEntry = {
  /** The last sequence number it used; int64 as text. */
  readonly sequence: string
  readonly native: AccountBalance
  readonly keeping: AccountKeeping
}

/** The key of an account in the ledger, in base64 as RPC wants it. */
export function accountKey(account: string): string {
  return xdr.LedgerKey.fromXdrObject({ type: 0, account: { accountId: publicKey(account) } }).toXdr('base64')
}

/** The key of a trustline. Throws when code or issuer could not exist. */
export function trustlineKey(account: string, asset: CreditAsset): string {
  return xdr.LedgerKey.fromXdrObject({
    type: 1,
    trustLine: { accountId: publicKey(account), asset: assetWire(asset) },
  }).toXdr('base64')
}

/** The key of the entry by which an account asks for a memo. */
export function memoRequiredKey(account: string): string {
  return xdr.LedgerKey.fromXdrObject({
    type: 3,
    data: { accountId: publicKey(account), dataName: new xdr.XdrString(MEMO_REQUIRED) },
  }).toXdr('base64')
}

/** Reads the entry of an account; null when it is none. */
export function readAccountEntry(base64: string): AccountEntry | null {
  const wire = readEntry(base64)
  if (wire?.type !== 0) return null
  const { balance, seqNum, numSubEntries, thresholds, signers, ext } = wire.account
  const liabilities = ext.v === 1 ? ext.v1.liabilities : { buying: 0n, selling: 0n }
  const sponsorship = ext.v === 1 && ext.v1.ext.v === 2 ? ext.v1.ext.v2 : { numSponsored: 0, numSponsoring: 0 }
  return {
    sequence: seqNum.toString(),
    native: {
      asset_code: 'XLM',
      asset_issuer: '',
      balance: formatAmount(balance),
      limit: null,
      buying_liabilities: formatAmount(liabilities.buying),
      selling_liabilities: formatAmount(liabilities.selling),
      is_authorized: true,
    },
    keeping: {
      subentry_count: numSubEntries,
      num_sponsoring: sponsorship.numSponsoring,
      num_sponsored: sponsorship.numSponsored,
      threshold: Math.max(thresholds[1] ?? 0, thresholds[2] ?? 0),
      weight: thresholds[0] ?? 0,
      signer_count: signers.length,
    },
  }
}

/** Reads a trustline as the balance of its asset; null when it is none. */
export function readTrustlineEntry(base64: string, asset: CreditAsset): AccountBalance | null {
  const wire = readEntry(base64)
  if (wire?.type !== 1) return null
  const { balance, limit, flags, ext } = wire.trustLine
  const liabilities = ext.v === 1 ? ext.v1.liabilities : { buying: 0n, selling: 0n }
  return {
    ...asset,
    balance: formatAmount(balance),
    limit: formatAmount(limit),
    buying_liabilities: formatAmount(liabilities.buying),
    selling_liabilities: formatAmount(liabilities.selling),
    is_authorized: (flags & AUTHORIZED) !== 0,
  }
}

/** Whether the value of the data entry asks for a memo. */
export function readMemoRequiredEntry(base64: string): boolean {
  const wire = readEntry(base64)
  return wire?.type === 3 && isOne(wire.data.dataValue)
}

/** Whether the bytes of the entry are the text "1". */
export function isOne(bytes: Uint8Array): boolean {
  return bytes.length === 1 && bytes[0] === 0x31
}

const AUTHORIZED = 1

function readEntry(base64: string): xdr.LedgerEntryDataWire | null {
  try {
    return xdr.LedgerEntryData.fromXdr(base64, 'base64').toXdrObject()
  } catch {
    return null
  }
}

function publicKey(account: string): xdr.PublicKeyWire {
  return { type: 0, ed25519: StrKey.decodeEd25519PublicKey(account) }
}

function assetWire({ asset_code, asset_issuer }: CreditAsset): xdr.AssetWire {
  const code = new TextEncoder().encode(asset_code)
  const assetCode = new Uint8Array(code.length <= 4 ? 4 : 12)
  assetCode.set(code)
  const value = { assetCode, issuer: publicKey(asset_issuer) }
  return code.length <= 4 ? { type: 1, alphaNum4: value } : { type: 2, alphaNum12: value }
}
