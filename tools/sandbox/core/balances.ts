import type { Reader } from './state.ts'
import {
  type AccountEntry,
  type AccountId,
  type AssetKey,
  INT64_MAX,
  keyOf,
  LINE_FLAG,
  type TrustlineEntry,
} from './types.ts'

/** Stroops that each ledger entry locks. */
export const BASE_RESERVE = 5_000_000n

/** The most subentries (trustlines, data, signers) an account may own. */
export const MAX_SUBENTRIES = 1000

/** What an account must keep: (2 + subentries + sponsoring - sponsored) reserves. */
export function minimumBalance(account: AccountEntry): bigint {
  return BigInt(2 + account.subentries + account.numSponsoring - account.numSponsored) * BASE_RESERVE
}

/** Native stroops the account may spend; negative when it is below its minimum. */
export function availableBalance(account: AccountEntry): bigint {
  return account.balance - minimumBalance(account) - account.selling
}

/** The account with a changed native balance, or null when reserve, liabilities or int64 forbid it. */
export function addNative(account: AccountEntry, delta: bigint): AccountEntry | null {
  if (delta === 0n) return account
  const balance = account.balance + delta
  if (balance < 0n || balance > INT64_MAX - account.buying) return null
  if (delta < 0n && balance - minimumBalance(account) < account.selling) return null
  return { ...account, balance }
}

/** The trustline with a changed balance, or null when balance, limit or liabilities forbid it. */
export function addCredit(line: TrustlineEntry, delta: bigint): TrustlineEntry | null {
  const balance = line.balance + delta
  if (balance < line.selling || balance > line.limit - line.buying) return null
  return { ...line, balance }
}

/** Whether the line may send and receive. */
export function isAuthorized(line: TrustlineEntry): boolean {
  return (line.flags & LINE_FLAG.authorized) !== 0
}

/** The account entry, if it exists. */
export function accountOf(reader: Reader, id: AccountId): AccountEntry | undefined {
  const entry = reader.get(keyOf.account(id))
  return entry?.kind === 'account' ? entry : undefined
}

/** The trustline entry, if it exists. */
export function trustlineOf(reader: Reader, id: AccountId, asset: AssetKey): TrustlineEntry | undefined {
  const entry = reader.get(keyOf.trustline(id, asset))
  return entry?.kind === 'trustline' ? entry : undefined
}

/** Why an account cannot own one more subentry, or the account that owns it. */
export function withSubentry(account: AccountEntry): AccountEntry | 'too_many' | 'low_reserve' {
  if (account.subentries + 1 > MAX_SUBENTRIES) return 'too_many'
  if (availableBalance(account) < BASE_RESERVE) return 'low_reserve'
  return { ...account, subentries: account.subentries + 1 }
}
