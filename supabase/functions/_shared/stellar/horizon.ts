import {
  type AccountState,
  type BalancePage,
  type EffectRecord,
  type FeeStats,
  type HistoryRecord,
  type NetworkRoot,
  readAccountState,
  readBalancePage,
  readEffectPage,
  readFeeStats,
  readHistoryPage,
  readNetworkRoot,
  readTransactionPage,
  readTransactionRecord,
  type TransactionRecord,
} from './horizon-records.ts'
import {
  fieldOf,
  type HttpAnswer,
  type HttpExchange,
  isCode,
  ledgerHeader,
  parse,
  problemOf,
  retryAfterSeconds,
} from './http-answer.ts'
import { decodeResult } from './result.ts'

/**
 * What Horizon said. Only `answered` is evidence of anything: a `not_found` may come from an instance that lags, and a silent
 * or refusing server says nothing about the ledger.
 */
export type HorizonAnswer<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'not_found'; readonly latestLedger: number | null }
  | {
      readonly kind: 'refused'
      readonly status: number
      /** The last part of the problem's type, such as rate_limit_exceeded. */
      readonly problem: string | null
      readonly retryAfterSeconds: number | null
    }
  | { readonly kind: 'silent'; readonly reason: 'no_answer' | 'too_large' | 'malformed' }

/** What Horizon said to a submission. */
export type SubmitAnswer =
  | { readonly kind: 'recorded'; readonly record: TransactionRecord }
  | {
      readonly kind: 'unproven'
      /** 0 when there was no answer. */
      readonly http_status: number
      /** tx_… when the network named one, else the problem type, else null. */
      readonly transaction_code: string | null
      readonly operation_codes: readonly string[] | null
      readonly retry_after_seconds: number | null
      /** What the network asked for the whole transaction when its fee was too low, in stroops; else null. */
      readonly required_fee_stroops: string | null
    }

/** The part of Horizon that PayD uses. */
export type Horizon = {
  /** The provider's network and latest ledger. */
  root(): Promise<HorizonAnswer<NetworkRoot>>
  /** An account as of one ledger. */
  account(accountId: string): Promise<HorizonAnswer<AccountState>>
  /** A transaction by its inner (or outer) hash. */
  transaction(hash: string): Promise<HorizonAnswer<TransactionRecord>>
  /** Transactions of an account, successful or not. Fewer than `limit` mean that there are no more. */
  transactions(accountId: string, page: TransactionPage): Promise<HorizonAnswer<readonly TransactionRecord[]>>
  /** Transactions in which an account took part, successful or not, oldest first, after a place in the ledger. */
  history(accountId: string, after: string, limit: number): Promise<HorizonAnswer<readonly HistoryRecord[]>>
  /** What the operations of a transaction changed, at most 200 effects after a cursor. */
  effects(hash: string, cursor: string | null): Promise<HorizonAnswer<readonly EffectRecord[]>>
  /** Claimable balances whose reserve an account pays, at most 200 after a cursor. */
  sponsoredBalances(accountId: string, cursor: string | null): Promise<HorizonAnswer<BalancePage>>
  feeStats(): Promise<HorizonAnswer<FeeStats>>
  /** Hands a signed envelope to the network and waits for its answer. The same envelope may be handed over again and again. */
  submit(signedXdr: string): Promise<SubmitAnswer>
}

/** Which transactions of an account are asked for. */
export type TransactionPage = {
  readonly order: 'asc' | 'desc'
  /** The place behind which the page begins; null begins with the oldest or newest that there is. */
  readonly cursor: string | null
  /** At most 200. */
  readonly limit: number
}

const READ_LIMITS = { timeoutMs: 10_000, maxBodyBytes: 2_000_000 }
// A page holds the results and effects of many transactions with 100 operations each.
const PAGE_LIMITS = { timeoutMs: 20_000, maxBodyBytes: 20_000_000 }
// Horizon itself waits 30 s for the ledger before it answers 504.
const SUBMIT_LIMITS = { timeoutMs: 35_000, maxBodyBytes: 2_000_000 }

/** A client for one Horizon server. It never throws for what the server does; it returns what it said. */
export function createHorizon(options: {
  readonly exchange: HttpExchange
  /** Such as https://horizon.example.org, also with a path. Throws TypeError when it is not an http(s) address. */
  readonly baseUrl: string
}): Horizon {
  const baseUrl = baseUrlOf(options.baseUrl)
  const get = async <T>(
    path: string,
    read: (body: unknown, latestLedger: number | null) => T | null,
    limits = READ_LIMITS,
  ): Promise<HorizonAnswer<T>> => {
    const request = { method: 'GET', url: baseUrl + path, headers: { accept: 'application/json' }, body: null } as const
    return readAnswer(await answerOf(options.exchange, request, limits), read)
  }
  return {
    root: () => get('/', readNetworkRoot),
    account: (accountId) => get(`/accounts/${encodeURIComponent(accountId)}`, readAccountState),
    transaction: (hash) => get(`/transactions/${encodeURIComponent(hash)}`, readTransactionRecord),
    transactions: (accountId, { order, cursor, limit }) => {
      const query = `order=${order}&include_failed=true&limit=${limit}`
      const after = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
      return get(
        `/accounts/${encodeURIComponent(accountId)}/transactions?${query}${after}`,
        readTransactionPage,
        PAGE_LIMITS,
      )
    },
    history: (accountId, after, limit) => {
      const query = `order=asc&include_failed=true&limit=${limit}&cursor=${encodeURIComponent(after)}`
      return get(`/accounts/${encodeURIComponent(accountId)}/transactions?${query}`, readHistoryPage, PAGE_LIMITS)
    },
    effects: (hash, cursor) => {
      const after = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
      return get(`/transactions/${encodeURIComponent(hash)}/effects?order=asc&limit=200${after}`, readEffectPage)
    },
    sponsoredBalances: (accountId, cursor) => {
      const after = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
      return get(`/claimable_balances?sponsor=${encodeURIComponent(accountId)}&limit=200${after}`, readBalancePage)
    },
    feeStats: () => get('/fee_stats', readFeeStats),
    submit: async (signedXdr) => {
      const request = {
        method: 'POST',
        url: `${baseUrl}/transactions`,
        headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
        body: `tx=${encodeURIComponent(signedXdr)}`,
      } as const
      return readSubmission(await answerOf(options.exchange, request, SUBMIT_LIMITS))
    },
  }
}

async function answerOf(
  exchange: HttpExchange,
  request: Parameters<HttpExchange>[0],
  limits: Parameters<HttpExchange>[1],
): Promise<HttpAnswer | null> {
  try {
    return await exchange(request, limits)
  } catch {
    // A broken connection and a passed deadline say the same: the network may or may not have what was sent.
    return null
  }
}

function readAnswer<T>(
  answer: HttpAnswer | null,
  read: (body: unknown, latestLedger: number | null) => T | null,
): HorizonAnswer<T> {
  if (answer === null) return { kind: 'silent', reason: 'no_answer' }
  const latestLedger = ledgerHeader(answer)
  if (answer.status === 404) return { kind: 'not_found', latestLedger }
  if (answer.status !== 200) {
    return {
      kind: 'refused',
      status: answer.status,
      problem: problemOf(parse(answer.body)),
      retryAfterSeconds: retryAfterSeconds(answer),
    }
  }
  if (answer.isBodyCut) return { kind: 'silent', reason: 'too_large' }
  const value = read(parse(answer.body), latestLedger)
  return value === null ? { kind: 'silent', reason: 'malformed' } : { kind: 'answered', value }
}

function readSubmission(answer: HttpAnswer | null): SubmitAnswer {
  const unproven = {
    kind: 'unproven',
    http_status: 0,
    transaction_code: null,
    operation_codes: null,
    retry_after_seconds: null,
    required_fee_stroops: null,
  } as const
  if (answer === null) return unproven
  const body = answer.isBodyCut ? null : parse(answer.body)
  const record = answer.status === 200 ? readTransactionRecord(body) : null
  if (record !== null) return { kind: 'recorded', record }

  const extras = fieldOf(body, 'extras')
  const codes = fieldOf(extras, 'result_codes')
  const transactionCode = fieldOf(codes, 'inner_transaction') ?? fieldOf(codes, 'transaction') ?? problemOf(body)
  const operationCodes = fieldOf(codes, 'operations')
  return {
    ...unproven,
    http_status: answer.status,
    transaction_code: isCode(transactionCode) ? transactionCode : null,
    operation_codes: Array.isArray(operationCodes) && operationCodes.every(isCode) ? operationCodes : null,
    retry_after_seconds: retryAfterSeconds(answer),
    required_fee_stroops: requiredFeeOf(fieldOf(extras, 'result_xdr')),
  }
}

/** Only the result itself says what the network would have taken. */
function requiredFeeOf(resultXdr: unknown): string | null {
  const result = typeof resultXdr === 'string' ? decodeResult(resultXdr) : null
  return result?.transaction_code === 'tx_insufficient_fee' ? result.feeCharged : null
}

function baseUrlOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new TypeError('The address of the Horizon server is not an http or https address.')
  }
  return text.replace(/\/+$/, '')
}
