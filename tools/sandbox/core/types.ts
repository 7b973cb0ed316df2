/** A classic account address, `G…`. */
export type AccountId = string

/** `native`, or `CODE:ISSUER` for a credit asset. */
export type AssetKey = string

/** One additional signer of an account; only ed25519 signers (`G…`) are supported. */
export type Signer = { readonly key: AccountId; readonly weight: number; readonly sponsor: AccountId | null }

/** Who pays the reserve of an entry instead of its owner. */
type Sponsored = { readonly sponsor: AccountId | null }

/** The weights and thresholds of an account, each 0 to 255. */
export type Thresholds = {
  readonly master: number
  readonly low: number
  readonly medium: number
  readonly high: number
}

/** An account; balances are stroops. */
export type AccountEntry = Sponsored & {
  readonly kind: 'account'
  readonly id: AccountId
  readonly balance: bigint
  readonly seq: bigint
  /** Ledger and close time (epoch seconds) of the last sequence change; 0 before the first. */
  readonly seqLedger: number
  readonly seqTime: bigint
  readonly subentries: number
  readonly inflationDest: AccountId | null
  readonly flags: number
  readonly homeDomain: string
  readonly thresholds: Thresholds
  readonly signers: readonly Signer[]
  readonly numSponsoring: number
  readonly numSponsored: number
  readonly buying: bigint
  readonly selling: bigint
  readonly modified: number
}

/** A trustline; amounts are stroops. */
export type TrustlineEntry = Sponsored & {
  readonly kind: 'trustline'
  readonly account: AccountId
  readonly asset: AssetKey
  readonly balance: bigint
  readonly limit: bigint
  readonly flags: number
  readonly buying: bigint
  readonly selling: bigint
  readonly modified: number
}

/** A named data entry of an account; the value is base64. */
export type DataEntry = Sponsored & {
  readonly kind: 'data'
  readonly account: AccountId
  readonly name: string
  readonly value: string
  readonly modified: number
}

/** When a claimant may claim. Times are epoch seconds; `rel_before` exists only in operations, never in the ledger. */
export type Predicate =
  | { readonly type: 'unconditional' }
  | { readonly type: 'and' | 'or'; readonly left: Predicate; readonly right: Predicate }
  | { readonly type: 'not'; readonly inner: Predicate }
  | { readonly type: 'abs_before' | 'rel_before'; readonly seconds: bigint }

/** One party that may claim a balance. */
export type Claimant = { readonly destination: AccountId; readonly predicate: Predicate }

/** A claimable balance; the id is 72 hexadecimal characters. */
export type BalanceEntry = {
  readonly kind: 'balance'
  readonly id: string
  readonly asset: AssetKey
  readonly amount: bigint
  readonly claimants: readonly Claimant[]
  readonly sponsor: AccountId
  readonly clawbackEnabled: boolean
  readonly modified: number
}

/** A price: so many units of what is bought for one unit of what is sold. */
export type Price = { readonly n: number; readonly d: number }

/** An offer in the order book; the amount is what is still for sale. */
export type OfferEntry = Sponsored & {
  readonly kind: 'offer'
  readonly id: bigint
  readonly seller: AccountId
  readonly selling: AssetKey
  readonly buying: AssetKey
  readonly amount: bigint
  readonly price: Price
  readonly passive: boolean
  readonly modified: number
}

/** A contract: its id and the hash of its code in hexadecimal; no hash for the contract of an asset. */
export type ContractEntry = {
  readonly kind: 'contract'
  readonly id: string
  readonly wasmHash: string | null
  readonly liveUntil: number
  readonly modified: number
}

/** The code of contracts: its hash in hexadecimal, and the code in base64. */
export type CodeEntry = {
  readonly kind: 'code'
  readonly hash: string
  readonly code: string
  readonly liveUntil: number
  readonly modified: number
}

/** The number of the newest offer; a part of the ledger's header. */
export type CounterEntry = { readonly kind: 'counter'; readonly value: bigint; readonly modified: number }

/** Anything the ledger stores. Entries are never changed in place. */
export type Entry =
  | AccountEntry
  | TrustlineEntry
  | DataEntry
  | BalanceEntry
  | OfferEntry
  | ContractEntry
  | CodeEntry
  | CounterEntry

/** Flags of an account. */
export const ACCOUNT_FLAG = { required: 1, revocable: 2, immutable: 4, clawback: 8 } as const

/** Flags of a trustline. */
export const LINE_FLAG = { authorized: 1, maintain: 2, clawback: 4 } as const

export const INT64_MAX = 9223372036854775807n

/** The keys under which entries are stored. */
export const keyOf = {
  account: (id: AccountId): string => `a|${id}`,
  trustline: (id: AccountId, asset: AssetKey): string => `t|${id}|${asset}`,
  data: (id: AccountId, name: string): string => `d|${id}|${name}`,
  balance: (id: string): string => `b|${id}`,
  offer: (seller: AccountId, id: bigint): string => `o|${seller}|${id}`,
  contract: (id: string): string => `c|${id}`,
  code: (hash: string): string => `w|${hash}`,
  counter: (): string => 'n|offers',
}

/** The key under which an entry is stored. */
export function keyOfEntry(entry: Entry): string {
  switch (entry.kind) {
    case 'account':
      return keyOf.account(entry.id)
    case 'trustline':
      return keyOf.trustline(entry.account, entry.asset)
    case 'data':
      return keyOf.data(entry.account, entry.name)
    case 'balance':
      return keyOf.balance(entry.id)
    case 'offer':
      return keyOf.offer(entry.seller, entry.id)
    case 'contract':
      return keyOf.contract(entry.id)
    case 'code':
      return keyOf.code(entry.hash)
    case 'counter':
      return keyOf.counter()
  }
}
