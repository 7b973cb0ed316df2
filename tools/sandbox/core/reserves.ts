import { accountOf, availableBalance, BASE_RESERVE, MAX_SUBENTRIES } from './balances.ts'
import type { Writable } from './state.ts'
import { type AccountId, keyOf } from './types.ts'

/** Who sponsors whom while a transaction runs: the sponsored account, and its sponsor. */
export type Sponsorships = Map<AccountId, AccountId>

/** Why the reserves of a new entry cannot be locked. */
export type ReserveFailure = 'low_reserve' | 'too_many'

type Ledger = { readonly ledger: Writable; readonly sponsorships: Sponsorships }

/**
 * Locks the reserves of a new subentry (trustline, offer, data, signer): at the sponsor of its owner, if the transaction has one, else
 * at the owner. Gives the sponsor, or null when the owner pays itself.
 */
export function takeSubentry(
  context: Ledger,
  ownerId: AccountId,
): { readonly sponsor: AccountId | null } | ReserveFailure {
  const owner = accountOf(context.ledger, ownerId)
  if (!owner) return 'low_reserve'
  if (owner.subentries + 1 > MAX_SUBENTRIES) return 'too_many'
  const sponsor = context.sponsorships.get(ownerId) ?? null
  if (!canLock(context.ledger, sponsor ?? ownerId, 1)) return 'low_reserve'
  changeAccount(context.ledger, ownerId, { subentries: 1, sponsored: sponsor === null ? 0 : 1 })
  if (sponsor !== null) changeAccount(context.ledger, sponsor, { sponsoring: 1 })
  return { sponsor }
}

/** Frees the reserve of a subentry that is removed. */
export function freeSubentry(ledger: Writable, ownerId: AccountId, sponsor: AccountId | null): void {
  changeAccount(ledger, ownerId, { subentries: -1, sponsored: sponsor === null ? 0 : -1 })
  if (sponsor !== null) changeAccount(ledger, sponsor, { sponsoring: -1 })
}

/** Whether an account has so many reserves to lock. */
export function canLock(ledger: Writable, id: AccountId, reserves: number): boolean {
  const account = accountOf(ledger, id)
  return account !== undefined && availableBalance(account) >= BASE_RESERVE * BigInt(reserves)
}

/** Changes what an account owns, sponsors and has sponsored, by so many. */
export function changeAccount(
  ledger: Writable,
  id: AccountId,
  { subentries = 0, sponsoring = 0, sponsored = 0 }: { subentries?: number; sponsoring?: number; sponsored?: number },
): void {
  const account = accountOf(ledger, id)
  if (!account) return
  ledger.set(keyOf.account(id), {
    ...account,
    subentries: account.subentries + subentries,
    numSponsoring: account.numSponsoring + sponsoring,
    numSponsored: account.numSponsored + sponsored,
  })
}
