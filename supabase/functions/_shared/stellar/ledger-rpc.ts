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

/** The part of Stellar RPC that PayD uses. */
export type LedgerRpc = {
  /** The passphrase of the network it serves. */
  passphrase(): Promise<RpcAnswer<string>>
  /** At most {@link MAX_KEYS} entries, all of them as of one ledger. */
  entries(keys: readonly string[]): Promise<RpcAnswer<LedgerEntries>>
}

/** How many keys one question may have. */
export const MAX_KEYS = 200

const LIMITS = { timeoutMs: 10_000, maxBodyBytes: 4_000_000 }

const envelope = z.object({ result: z.unknown() })
const network = z.object({ passphrase: z.string() })
const ledgerEntries = z.object({
  latestLedger: z.int().check(z.positive()),
  entries: z.nullish(z.array(z.object({ key: z.string(), xdr: z.string() }))),
})

/** A client for one RPC server. It never throws for what the server does. */
export function createLedgerRpc(options: { readonly exchange: HttpExchange; readonly url: string }): LedgerRpc {
  const ask = async <Schema extends z.ZodMiniType>(
    method: string,
    params: object,
    schema: Schema,
  ): Promise<RpcAnswer<z.infer<Schema>>> => {
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
      const { result } = envelope.parse(JSON.parse(answer.body))
      return { kind: 'answered', value: schema.parse(result) }
    } catch {
      return { kind: 'silent' }
    }
  }
  return {
    passphrase: async () => {
      const answer = await ask('getNetwork', {}, network)
      return answer.kind === 'answered' ? { kind: 'answered', value: answer.value.passphrase } : answer
    },
    entries: async (keys) => {
      const answer = await ask('getLedgerEntries', { keys }, ledgerEntries)
      if (answer.kind !== 'answered') return answer
      const entries = new Map((answer.value.entries ?? []).map(({ key, xdr }) => [key, xdr]))
      // An entry under a key that was not asked for means that the answer is to another question.
      const asked = new Set(keys)
      if ([...entries.keys()].some((key) => !asked.has(key))) return { kind: 'silent' }
      return { kind: 'answered', value: { ledger: answer.value.latestLedger, entries } }
    },
  }
}
