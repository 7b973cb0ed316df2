import * as z from 'zod/mini'
import type { HttpExchange } from './http-answer.ts'

/** What an RPC server said. A refusal says nothing about the ledger. */
export type RpcAnswer<T> =
  | { readonly kind: 'answered'; readonly value: T }
  /** Status 429: it wants to be left alone. */
  | { readonly kind: 'sent_away' }
  | { readonly kind: 'silent' }

/** Entries of one ledger: base64 of the data by base64 of the key. What is not in it does not exist in that ledger. */
export type LedgerEntries = { readonly ledger: number; readonly entries: ReadonlyMap<string, string> }

/** An event of a contract as RPC tells it. */
export type ContractEventRecord = Readonly<z.infer<typeof contractEvent>>

/** Events after a place, and the place behind what was looked through; or that the place is older than what the server keeps. */
export type ContractEvents =
  | {
      readonly events: readonly ContractEventRecord[]
      readonly cursor: string
      readonly latestLedger: number
      readonly oldestLedger: number
    }
  | 'out_of_range'

/** The part of Stellar RPC that PayD uses. */
export type LedgerRpc = {
  /** The passphrase of the network it serves. */
  passphrase(): Promise<RpcAnswer<string>>
  /** The newest ledger that the server knows, and when that closed; also of a server that calls itself unhealthy. */
  latest(): Promise<RpcAnswer<{ readonly ledger: number; readonly closedAt: string | null }>>
  /** At most {@link MAX_KEYS} entries, all of them as of one ledger. */
  entries(keys: readonly string[]): Promise<RpcAnswer<LedgerEntries>>
  /** Events of one contract from a ledger on, or after a cursor of an earlier answer; an empty answer moves the cursor too. */
  events(
    contractId: string,
    from: { readonly cursor: string } | { readonly startLedger: number },
  ): Promise<RpcAnswer<ContractEvents>>
  /** The newest and the oldest ledger that the server knows. */
  range(): Promise<RpcAnswer<{ readonly latestLedger: number; readonly oldestLedger: number }>>
}

/** How many keys one question may have. */
export const MAX_KEYS = 200

const LIMITS = { timeoutMs: 10_000, maxBodyBytes: 4_000_000 }

const envelope = z.object({ result: z.optional(z.unknown()), error: z.optional(z.object({ message: z.string() })) })
const network = z.object({ passphrase: z.string() })
const ledgerEntries = z.object({
  latestLedger: z.int().check(z.positive()),
  entries: z.nullish(z.array(z.object({ key: z.string(), xdr: z.string() }))),
})

const contractEvent = z.object({
  id: z.string().check(z.regex(/^[0-9]{19}-[0-9]{10}$/)),
  ledger: z.int().check(z.positive()),
  ledgerClosedAt: z.string(),
  contractId: z.string(),
  topic: z.array(z.string()),
  value: z.string(),
  txHash: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
})
const eventPage = z.object({
  events: z.array(contractEvent),
  cursor: z.string().check(z.regex(/^[0-9]{19}-[0-9]{10}$/)),
  latestLedger: z.int().check(z.positive()),
  oldestLedger: z.int().check(z.positive()),
})
const ledgerRange = z.object({ latestLedger: z.int().check(z.positive()), oldestLedger: z.int().check(z.positive()) })
/** Seconds since 1970 as text, which older servers leave out. */
const latestLedger = z.object({
  sequence: z.int().check(z.positive()),
  closeTime: z.optional(z.string().check(z.regex(/^[1-9][0-9]{0,10}$/))),
})
const EVENTS_PER_PAGE = 200

/** A client for one RPC server. It never throws for what the server does. */
export function createLedgerRpc(options: { readonly exchange: HttpExchange; readonly url: string }): LedgerRpc {
  const ask = async <Schema extends z.ZodMiniType>(
    method: string,
    params: object,
    schema: Schema,
  ): Promise<RpcAnswer<z.infer<Schema>> | { readonly kind: 'out_of_range' }> => {
    const request = {
      method: 'POST',
      url: options.url,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    } as const
    try {
      const answer = await options.exchange(request, LIMITS)
      if (answer.status === 429) return { kind: 'sent_away' }
      if (answer.status !== 200 || answer.isBodyCut) return { kind: 'silent' }
      const { result, error } = envelope.parse(JSON.parse(answer.body))
      // Only the text says it: the code is that of every refused request.
      if (error?.message.includes('within the ledger range')) return { kind: 'out_of_range' }
      return { kind: 'answered', value: schema.parse(result) }
    } catch {
      return { kind: 'silent' }
    }
  }
  return {
    passphrase: async () => {
      const answer = await ask('getNetwork', {}, network)
      return answer.kind === 'answered' ? { kind: 'answered', value: answer.value.passphrase } : withoutRange(answer)
    },
    latest: async () => {
      const answer = withoutRange(await ask('getLatestLedger', {}, latestLedger))
      if (answer.kind !== 'answered') return answer
      const { sequence, closeTime } = answer.value
      const closedAt = closeTime === undefined ? null : new Date(Number(closeTime) * 1000).toISOString()
      return { kind: 'answered', value: { ledger: sequence, closedAt } }
    },
    entries: async (keys) => {
      const answer = await ask('getLedgerEntries', { keys }, ledgerEntries)
      if (answer.kind !== 'answered') return withoutRange(answer)
      const entries = new Map((answer.value.entries ?? []).map(({ key, xdr }) => [key, xdr]))
      // An entry under a key that was not asked for means that the answer is to another question.
      const asked = new Set(keys)
      if ([...entries.keys()].some((key) => !asked.has(key))) return { kind: 'silent' }
      return { kind: 'answered', value: { ledger: answer.value.latestLedger, entries } }
    },
    events: async (contractId, from) => {
      const filters = [{ type: 'contract', contractIds: [contractId] }]
      const place = 'cursor' in from ? { pagination: { cursor: from.cursor, limit: EVENTS_PER_PAGE } } : from
      const paging = 'cursor' in from ? place : { ...place, pagination: { limit: EVENTS_PER_PAGE } }
      const answer = await ask('getEvents', { filters, ...paging }, eventPage)
      return answer.kind === 'out_of_range' ? { kind: 'answered', value: 'out_of_range' } : answer
    },
    range: async () => withoutRange(await ask('getHealth', {}, ledgerRange)),
  }
}

function withoutRange<T>(answer: RpcAnswer<T> | { readonly kind: 'out_of_range' }): RpcAnswer<T> {
  return answer.kind === 'out_of_range' ? { kind: 'silent' } : answer
}
