import { issuerOf } from './assets.ts'
import { accountOf, availableBalance, trustlineOf } from './balances.ts'
import { liabilitiesOf } from './exchange.ts'
import type { Reader, Writable } from './state.ts'
import { type AccountId, type AssetKey, INT64_MAX, keyOf, LINE_FLAG, type OfferEntry } from './types.ts'

/** How much of an asset an account can still give, beyond what its offers promise. The issuer can give everything. */
export function canSell(reader: Reader, id: AccountId, asset: AssetKey): bigint {
  if (asset === 'native') {
    const account = accountOf(reader, id)
    return account ? positive(availableBalance(account)) : 0n
  }
  if (issuerOf(asset) === id) return INT64_MAX
  const line = trustlineOf(reader, id, asset)
  return line && maySell(line.flags) ? positive(line.balance - line.selling) : 0n
}

/** How much of an asset an account can still take, beyond what its offers promise to take. */
export function canBuy(reader: Reader, id: AccountId, asset: AssetKey): bigint {
  if (asset === 'native') {
    const account = accountOf(reader, id)
    return account ? positive(INT64_MAX - account.balance - account.buying) : 0n
  }
  if (issuerOf(asset) === id) return INT64_MAX
  const line = trustlineOf(reader, id, asset)
  return line && maySell(line.flags) ? positive(line.limit - line.balance - line.buying) : 0n
}

/** Reserves what an offer promises (`1`), or releases it (`-1`). */
export function promise(ledger: Writable, offer: OfferEntry, sign: 1 | -1): void {
  const { selling, buying } = liabilitiesOf(offer.price, offer.amount)
  addLiabilities(ledger, offer.seller, offer.selling, { selling: BigInt(sign) * selling, buying: 0n })
  addLiabilities(ledger, offer.seller, offer.buying, { selling: 0n, buying: BigInt(sign) * buying })
}

/** Moves an asset into an account (or out of it, when negative) as part of a trade that was checked before. */
export function shift(ledger: Writable, id: AccountId, asset: AssetKey, amount: bigint): void {
  if (asset === 'native') {
    const account = accountOf(ledger, id)
    if (account) ledger.set(keyOf.account(id), { ...account, balance: account.balance + amount })
    return
  }
  const line = trustlineOf(ledger, id, asset)
  if (line) ledger.set(keyOf.trustline(id, asset), { ...line, balance: line.balance + amount })
}

function addLiabilities(
  ledger: Writable,
  id: AccountId,
  asset: AssetKey,
  { selling, buying }: { readonly selling: bigint; readonly buying: bigint },
): void {
  if (asset === 'native') {
    const account = accountOf(ledger, id)
    if (!account) return
    const changed = { ...account, selling: account.selling + selling, buying: account.buying + buying }
    ledger.set(keyOf.account(id), changed)
    return
  }
  const line = trustlineOf(ledger, id, asset)
  if (!line) return
  const changed = { ...line, selling: line.selling + selling, buying: line.buying + buying }
  ledger.set(keyOf.trustline(id, asset), changed)
}

function maySell(flags: number): boolean {
  return (flags & (LINE_FLAG.authorized | LINE_FLAG.maintain)) !== 0
}

function positive(amount: bigint): bigint {
  return amount > 0n ? amount : 0n
}
