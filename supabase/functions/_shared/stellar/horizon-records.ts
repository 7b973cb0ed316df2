import * as z from 'zod/mini'

const MAX_UINT32 = 4_294_967_295

const text = z.string().check(z.minLength(1))
/** An int64 arrives as text. As a JSON number it would have lost digits before we see it, so it is refused. */
const integerText = z.string().check(z.regex(/^(0|[1-9][0-9]{0,18})$/))
const ledgerNumber = z.int().check(z.minimum(1), z.maximum(MAX_UINT32))
const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/))
const timestamp = z.string().check(
  z.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/),
  z.refine((value) => !Number.isNaN(Date.parse(value))),
)

const networkRoot = z.object({
  network_passphrase: text,
  history_latest_ledger: ledgerNumber,
  /** When the latest ledger closed. */
  history_latest_ledger_closed_at: timestamp,
  /** The oldest ledger whose history the provider keeps; absent where a server does not say. */
  history_elder_ledger: z.optional(ledgerNumber),
})
/** `GET /`: which network the provider serves and how far it is. */
export type NetworkRoot = Readonly<z.infer<typeof networkRoot>>

const creditBalance = z.object({
  asset_type: text,
  asset_code: text,
  asset_issuer: text,
  balance: text,
  limit: text,
  buying_liabilities: text,
  selling_liabilities: text,
  is_authorized: z.boolean(),
})
const nativeBalance = z.object({
  asset_type: z.literal('native'),
  balance: text,
  buying_liabilities: text,
  selling_liabilities: text,
})
// Shares of a liquidity pool are no asset that anybody is paid in, and have no code.
const poolShares = z.object({ asset_type: z.literal('liquidity_pool_shares') })

/** What an account holds of one asset. Amounts are decimal texts in units of the asset. */
export type AccountBalance = {
  readonly asset_code: string
  /** '' for native XLM. */
  readonly asset_issuer: string
  readonly balance: string
  /** The most the account accepts; null for native XLM. */
  readonly limit: string | null
  readonly buying_liabilities: string
  readonly selling_liabilities: string
  /** Whether the issuer lets the account send and receive the asset. Native XLM always is. */
  readonly is_authorized: boolean
}

const smallNumber = z.int().check(z.nonnegative())
/** Signers of other kinds (hashes, transactions signed beforehand) sign no payroll. */
const ACCOUNT = /^G[A-Z2-7]{55}$/
const keeping = z.object({
  subentry_count: smallNumber,
  num_sponsoring: smallNumber,
  num_sponsored: smallNumber,
  thresholds: z.object({ low_threshold: smallNumber, med_threshold: smallNumber }),
  signers: z.array(z.object({ key: text, weight: smallNumber })),
})

const account = z.object({
  account_id: text,
  /** The last sequence number the account used. */
  sequence: integerText,
  balances: z.array(z.union([nativeBalance, poolShares, creditBalance])),
})
const memoRequired = z.object({ data: z.looseObject({ 'config.memo_required': z.optional(z.string()) }) })

/** What an account must keep, and who signs for it. */
export type AccountKeeping = {
  readonly subentry_count: number
  readonly num_sponsoring: number
  readonly num_sponsored: number
  /** The weight that a payment needs. */
  readonly threshold: number
  /** The weight of the account's own key. */
  readonly weight: number
  /** How many other signers it has. */
  readonly signer_count: number
}

/** A key that signs for an account, and what it weighs. */
export type AccountSigner = { readonly key: string; readonly weight: number }

/** An account, all of it as of one ledger. */
export type AccountState = {
  readonly account_id: string
  /** The last sequence number the account used; int64 as text. */
  readonly sequence: string
  /** The ledger of which this is the state, from the header of the same answer; null when the server did not say. */
  readonly ledger: number | null
  readonly balances: readonly AccountBalance[]
  /** Whether the account asks for a memo on every payment (SEP-29); null when the server does not say. */
  readonly memo_required: boolean | null
  /** What it must keep and who signs for it; null when the server does not say. */
  readonly keeping: AccountKeeping | null
  /** The accounts that sign for it, itself included; null when the server does not say. */
  readonly signers: readonly AccountSigner[] | null
}

const transactionRecord = z.object({
  /** The hash it was asked by, or in a list the outer hash. */
  hash,
  /** Only for a fee bump. */
  inner_transaction: z.nullish(z.object({ hash })),
  successful: z.boolean(),
  ledger: ledgerNumber,
  /** Close time of the ledger, ISO 8601. */
  created_at: timestamp,
  source_account: text,
  /** The sequence number it used. */
  source_account_sequence: integerText,
  /** In stroops. */
  fee_charged: integerText,
  envelope_xdr: text,
  result_xdr: text,
  paging_token: text,
})
/** A transaction that is in the ledger, successful or not. */
export type TransactionRecord = Readonly<z.infer<typeof transactionRecord>>

const transactionPage = z.object({ _embedded: z.object({ records: z.array(transactionRecord) }) })

const feeStats = z.object({ fee_charged: z.object({ p95: integerText }) })
/** `GET /fee_stats`, in stroops per operation. */
export type FeeStats = Readonly<z.infer<typeof feeStats>>

/** Reads `GET /`; null when anything needed is absent or of the wrong type. */
export function readNetworkRoot(body: unknown): NetworkRoot | null {
  return networkRoot.safeParse(body).data ?? null
}

/** Reads `GET /accounts/{id}`; null when anything needed is absent or of the wrong type. */
export function readAccountState(body: unknown, latestLedger: number | null): AccountState | null {
  const { data } = account.safeParse(body)
  if (data === undefined) return null
  return {
    ...data,
    ledger: latestLedger,
    balances: data.balances.flatMap(balanceOf),
    memo_required: readMemoRequired(body),
    keeping: readKeeping(body, data.account_id),
    signers: keeping.safeParse(body).data?.signers.filter(({ key }) => ACCOUNT.test(key)) ?? null,
  }
}

function readMemoRequired(body: unknown): boolean | null {
  const { data } = memoRequired.safeParse(body)
  // Base64 of "1", the only value that means yes.
  return data === undefined ? null : data.data['config.memo_required'] === 'MQ=='
}

function readKeeping(body: unknown, accountId: string): AccountKeeping | null {
  const { data } = keeping.safeParse(body)
  if (data === undefined) return null
  const { thresholds, signers, ...counts } = data
  return {
    ...counts,
    // The network asks for the low one before it looks at the payments.
    threshold: Math.max(thresholds.low_threshold, thresholds.med_threshold),
    weight: signers.find(({ key }) => key === accountId)?.weight ?? 0,
    signer_count: signers.filter(({ key }) => key !== accountId).length,
  }
}

/** Reads a transaction record; null when anything needed is absent or of the wrong type. */
export function readTransactionRecord(body: unknown): TransactionRecord | null {
  return transactionRecord.safeParse(body).data ?? null
}

/** Reads a page of transactions; null when one record of it cannot be read, because a hole in a list proves nothing. */
export function readTransactionPage(body: unknown): readonly TransactionRecord[] | null {
  return transactionPage.safeParse(body).data?._embedded.records ?? null
}

/** A record of a page of history: read, or that there is one at this place which cannot be read. */
export type HistoryRecord = TransactionRecord | { readonly unreadable: true; readonly paging_token: string | null }

const historyPage = z.object({ _embedded: z.object({ records: z.array(z.unknown()) }) })
const placed = z.object({ paging_token: integerText })

/** Reads a page of an account's history record by record, because one that cannot be read must not hide its neighbours. */
export function readHistoryPage(body: unknown): readonly HistoryRecord[] | null {
  const { data } = historyPage.safeParse(body)
  if (data === undefined) return null
  return data._embedded.records.map((record) => {
    const read = readTransactionRecord(record)
    if (read !== null) return read
    return { unreadable: true, paging_token: placed.safeParse(record).data?.paging_token ?? null }
  })
}

const effect = z.object({
  /** The place of its operation, and its own place there. */
  id: z.string().check(z.regex(/^[0-9]{19}-[0-9]{10}$/)),
  account: text,
  type: text,
  amount: z.optional(text),
  asset_type: z.optional(text),
  asset_code: z.optional(text),
  asset_issuer: z.optional(text),
  reserves_deposited: z.optional(z.array(z.object({ asset: text, amount: text }))),
  reserves_received: z.optional(z.array(z.object({ asset: text, amount: text }))),
})
/** What an operation changed for one account. */
export type EffectRecord = Readonly<z.infer<typeof effect>>

const effectPage = z.object({ _embedded: z.object({ records: z.array(effect) }) })

/** Reads a page of effects; null when one of them cannot be read. */
export function readEffectPage(body: unknown): readonly EffectRecord[] | null {
  return effectPage.safeParse(body).data?._embedded.records ?? null
}

const balance = z.object({ id: z.string().check(z.regex(/^0{8}[0-9a-f]{64}$/)), paging_token: text })
const balancePage = z.object({ _embedded: z.object({ records: z.array(balance) }) })
/** Claimable balances that are on the ledger, and of which ledger the answer is. */
export type BalancePage = {
  readonly ledger: number
  readonly balances: readonly { readonly id: string; readonly paging_token: string }[]
}

/** Reads a page of claimable balances; null when one of them, or the ledger of the answer, cannot be read. */
export function readBalancePage(body: unknown, latestLedger: number | null): BalancePage | null {
  const { data } = balancePage.safeParse(body)
  return data === undefined || latestLedger === null ? null : { ledger: latestLedger, balances: data._embedded.records }
}

/** Reads `GET /fee_stats`; null when anything needed is absent or of the wrong type. */
export function readFeeStats(body: unknown): FeeStats | null {
  return feeStats.safeParse(body).data ?? null
}

function balanceOf(line: z.infer<typeof account>['balances'][number]): readonly AccountBalance[] {
  if (!('balance' in line)) return []
  const { asset_type: _, ...balance } = line
  if ('asset_code' in balance) return [balance]
  return [{ asset_code: 'XLM', asset_issuer: '', limit: null, is_authorized: true, ...balance }]
}
