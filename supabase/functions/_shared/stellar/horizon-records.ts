const MAX_UINT32 = 4_294_967_295

/** `GET /`: which network the provider serves and how far it is. */
export type NetworkRoot = {
  readonly networkPassphrase: string
  readonly latestLedger: number
  /** When the latest ledger closed, in ms since 1970. */
  readonly latestLedgerClosedAtMs: number
}

/** An account, all of it as of one ledger. */
export type AccountState = {
  readonly accountId: string
  /** The last sequence number the account used; int64 as text. */
  readonly sequence: string
  /** The ledger of which this is the state, from the header of the same answer; null when the server did not say. */
  readonly ledger: number | null
  readonly balances: readonly AccountBalance[]
}

/** What an account holds of one asset. Amounts are decimal texts in units of the asset. */
export type AccountBalance = {
  readonly assetCode: string
  /** '' for native XLM. */
  readonly assetIssuer: string
  readonly balance: string
  /** The most the account accepts; null for native XLM. */
  readonly limit: string | null
  readonly buyingLiabilities: string
  readonly sellingLiabilities: string
  /** Whether the issuer lets the account send and receive the asset. Native XLM always is. */
  readonly isAuthorized: boolean
}

/** A transaction that is in the ledger, successful or not. */
export type TransactionRecord = {
  /** The hash it was asked by, or in a list the outer hash. */
  readonly hash: string
  /** The hash of the inner transaction of a fee bump, else null. */
  readonly innerHash: string | null
  readonly isSuccessful: boolean
  readonly ledger: number
  /** Close time of the ledger, ISO 8601. */
  readonly closedAt: string
  readonly sourceAccount: string
  /** The sequence number it used; int64 as text. */
  readonly sequence: string
  /** Stroops as text. */
  readonly feeCharged: string
  readonly envelopeXdr: string
  readonly resultXdr: string
  readonly pagingToken: string
}

/** `GET /fee_stats`, in stroops per operation. */
export type FeeStats = { readonly p95FeeChargedStroops: bigint }

/** Reads `GET /`; null when anything needed is absent or of the wrong type. */
export function readNetworkRoot(body: unknown): NetworkRoot | null {
  return reading(() => {
    const root = recordOf(body)
    const closedAtMs = Date.parse(timestamp(root, 'history_latest_ledger_closed_at'))
    return {
      networkPassphrase: text(root, 'network_passphrase'),
      latestLedger: ledgerNumber(root, 'history_latest_ledger'),
      latestLedgerClosedAtMs: closedAtMs,
    }
  })
}

/** Reads `GET /accounts/{id}`; null when anything needed is absent or of the wrong type. */
export function readAccountState(body: unknown, latestLedger: number | null): AccountState | null {
  return reading(() => {
    const account = recordOf(body)
    return {
      accountId: text(account, 'account_id'),
      sequence: integerText(account, 'sequence'),
      ledger: latestLedger,
      balances: list(account, 'balances').flatMap((entry) => {
        const balance = recordOf(entry)
        // Shares of a liquidity pool are no asset that anybody is paid in, and have no code.
        return text(balance, 'asset_type') === 'liquidity_pool_shares' ? [] : [readBalance(balance)]
      }),
    }
  })
}

/** Reads a transaction record; null when anything needed is absent or of the wrong type. */
export function readTransactionRecord(body: unknown): TransactionRecord | null {
  return reading(() => {
    const record = recordOf(body)
    const inner = record.inner_transaction
    return {
      hash: hash(record, 'hash'),
      innerHash: inner === undefined || inner === null ? null : hash(recordOf(inner), 'hash'),
      isSuccessful: flag(record, 'successful'),
      ledger: ledgerNumber(record, 'ledger'),
      closedAt: timestamp(record, 'created_at'),
      sourceAccount: text(record, 'source_account'),
      sequence: integerText(record, 'source_account_sequence'),
      feeCharged: integerText(record, 'fee_charged'),
      envelopeXdr: text(record, 'envelope_xdr'),
      resultXdr: text(record, 'result_xdr'),
      pagingToken: text(record, 'paging_token'),
    }
  })
}

/** Reads a page of transactions; null when one record of it cannot be read, because a hole in a list proves nothing. */
export function readTransactionPage(body: unknown): readonly TransactionRecord[] | null {
  return reading(() =>
    list(recordOf(recordOf(body)._embedded), 'records').map((entry) => {
      const record = readTransactionRecord(entry)
      if (record === null) throw new Malformed()
      return record
    }),
  )
}

/** Reads `GET /fee_stats`; null when anything needed is absent or of the wrong type. */
export function readFeeStats(body: unknown): FeeStats | null {
  return reading(() => ({ p95FeeChargedStroops: BigInt(integerText(recordOf(recordOf(body).fee_charged), 'p95')) }))
}

function readBalance(balance: Fields): AccountBalance {
  const isNative = text(balance, 'asset_type') === 'native'
  return {
    assetCode: isNative ? 'XLM' : text(balance, 'asset_code'),
    assetIssuer: isNative ? '' : text(balance, 'asset_issuer'),
    balance: text(balance, 'balance'),
    limit: isNative ? null : text(balance, 'limit'),
    buyingLiabilities: text(balance, 'buying_liabilities'),
    sellingLiabilities: text(balance, 'selling_liabilities'),
    isAuthorized: isNative || flag(balance, 'is_authorized'),
  }
}

type Fields = Readonly<Record<string, unknown>>

class Malformed extends Error {}

function reading<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof Malformed) return null
    throw error
  }
}

function recordOf(value: unknown): Fields {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Malformed()
  return value as Fields
}

function list(fields: Fields, key: string): readonly unknown[] {
  const value = fields[key]
  if (!Array.isArray(value)) throw new Malformed()
  return value
}

function text(fields: Fields, key: string): string {
  const value = fields[key]
  if (typeof value !== 'string' || value === '') throw new Malformed()
  return value
}

function flag(fields: Fields, key: string): boolean {
  const value = fields[key]
  if (typeof value !== 'boolean') throw new Malformed()
  return value
}

/** An int64 arrives as text. As a JSON number it would have lost digits before we see it, so it is refused. */
function integerText(fields: Fields, key: string): string {
  const value = text(fields, key)
  if (!/^(0|[1-9][0-9]{0,18})$/.test(value)) throw new Malformed()
  return value
}

function ledgerNumber(fields: Fields, key: string): number {
  const value = fields[key]
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > MAX_UINT32) throw new Malformed()
  return value
}

function hash(fields: Fields, key: string): string {
  const value = text(fields, key)
  if (!/^[0-9a-f]{64}$/.test(value)) throw new Malformed()
  return value
}

function timestamp(fields: Fields, key: string): string {
  const value = text(fields, key)
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(value) || Number.isNaN(Date.parse(value)))
    throw new Malformed()
  return value
}
