import { StrKey } from '@stellar/stellar-sdk/base'
import { accountKey } from '../../supabase/functions/_shared/stellar/ledger-entries.ts'
import type { Fetch } from '../../supabase/functions/_shared/worker/ports.ts'
import type { ProviderBudget } from '../../supabase/functions/_shared/worker/provider-budget.ts'
import { type SyncDatabase, syncDatabase, type WalletClaim } from '../../supabase/functions/horizon-sync/database.ts'
import { type KnownServers, SYNC_LIMITS, startTurn } from '../../supabase/functions/horizon-sync/turn.ts'
import { syncWallets } from '../../supabase/functions/horizon-sync/wallets.ts'
import { type TestClock, testClock } from '../../test/support/clock.ts'
import { createSandbox } from '../../tools/sandbox/index.ts'
import { createRateLimiter } from '../../tools/sandbox/rate-limit.ts'
import type { ResultRow } from '../measure.ts'

const WALLETS = [10, 1_000, 100_000]
const RING_MS = 5_000
/** What the database leaves to everything but payments: four fifths of the burst, then one request a second. */
const FREE_AT_ONCE = 80
const PASSPHRASE = 'A network of the benchmark'
const RPC = 'http://127.0.0.1:9/rpc'

/** Requests for each wallet, and how long all of them take at the provider's limit. */
export async function walletRows(): Promise<ResultRow[]> {
  const entry = await anAccountEntry()
  const rows: ResultRow[] = []
  for (const [asset, assets] of Object.entries({ XLM: [], 'an issued asset': [aDollar()] })) {
    for (const wallets of WALLETS) {
      const { requests, seconds } = await swept(wallets, assets, entry)
      // One request for each wallet, at the same limit.
      const secondsOneByOne = Math.max(0, wallets - FREE_AT_ONCE)
      const detail = `${requests} requests in ${seconds} s; one by one ${wallets} in ${secondsOneByOne} s`
      const value = wallets / requests
      rows.push({
        what: `wallets read with one request, ${wallets.toLocaleString('en')} in ${asset}`,
        unit: 'wallets',
        ...{ min: value, median: value, max: value },
        detail,
        ...(wallets === 100_000 && asset === 'XLM' ? { aim: '100' } : {}),
      })
    }
  }
  return rows
}

/** Rings the worker until every wallet was read once. */
async function swept(wallets: number, assets: WalletClaim['assets'], entry: string) {
  const clock = testClock()
  const startedAtMs = clock.now()
  const queue = aQueue(wallets, assets, clock)
  const provider = aProvider(clock, entry)
  const ports = { clock, fetch: provider.fetch, log: () => undefined, database: queue.database, budget: aBudget(clock) }
  const known: KnownServers = new Map()
  for (;;) {
    await syncWallets(ports, startTurn(ports, SYNC_LIMITS, known))
    if (queue.left() === 0) break
    clock.advance(RING_MS)
  }
  if (provider.refused() > 0) throw new Error('The provider sent the worker away.')
  return { requests: provider.asked(), seconds: (clock.now() - startedAtMs) / 1_000 }
}

/** Wallets that are due, leased as the database does. */
function aQueue(wallets: number, assets: WalletClaim['assets'], clock: TestClock) {
  const due = Array.from({ length: wallets }, (_, index) => anAddress(index))
  const leased = new Map<string, number>()
  const database: SyncDatabase = {
    ...syncDatabase(() => Promise.reject(new Error('Not asked for.'))),
    reportProvider: async () => 'well',
    claimWalletsForSync: async ({ batch_size, lease_seconds }) => {
      for (const [account, untilMs] of leased) {
        if (untilMs > clock.now()) continue
        leased.delete(account)
        due.push(account)
      }
      return due.splice(0, batch_size).map((account_id) => {
        leased.set(account_id, clock.now() + lease_seconds * 1_000)
        const settings = { horizon_url: 'http://127.0.0.1:9', rpc_url: RPC, network_passphrase: PASSPHRASE }
        return { account_id, lease_token: '', is_own: false, assets: [...assets], ...settings }
      })
    },
    applyWalletStates: async ({ states }) => {
      for (const { account_id } of states) leased.delete(account_id)
      return { updated: states.length, unchanged: 0, stale: 0, unreadable: 0 }
    },
  }
  return { database, left: () => due.length + leased.size }
}

/** An RPC server with the limit of the public servers, in whose ledger every account exists. */
function aProvider(clock: TestClock, entry: string) {
  const limiter = createRateLimiter(clock.now)
  let asked = 0
  let refused = 0
  const fetch: Fetch = async (_url, { body }) => {
    asked++
    if (!limiter().allowed) {
      refused++
      return new Response('', { status: 429 })
    }
    const { method, params } = JSON.parse(body ?? '') as { method: string; params: { keys: string[] } }
    if (method === 'getNetwork') return Response.json({ result: { passphrase: PASSPHRASE } })
    if (method === 'getLatestLedger') return Response.json({ result: { sequence: 1_000 } })
    const accounts = params.keys.filter((key) => key.length === 56)
    const entries = accounts.map((key) => ({ key, xdr: entry }))
    return Response.json({ result: { latestLedger: 1_000, entries } })
  }
  return { fetch, asked: () => asked, refused: () => refused }
}

/** The budget of the database (take_provider_requests) for a provider that allows one request a second, on the clock. */
function aBudget(clock: TestClock): ProviderBudget {
  let usedUntilMs = 0
  return {
    take: async ({ requests }) => {
      const usedMs = Math.max(usedUntilMs, clock.now())
      const granted = Math.max(0, Math.min(requests, Math.floor(FREE_AT_ONCE - (usedMs - clock.now()) / 1_000)))
      usedUntilMs = usedMs + granted * 1_000
      return { granted, wait_ms: granted > 0 ? 0 : usedMs - clock.now() - (FREE_AT_ONCE - 1) * 1_000 }
    },
    sentAway: async () => undefined,
  }
}

function anAddress(index: number): string {
  const key = new Uint8Array(32)
  new DataView(key.buffer).setUint32(0, index)
  return StrKey.encodeEd25519PublicKey(key as Buffer)
}

function aDollar() {
  return { asset_code: 'USDC', asset_issuer: anAddress(4_000_000_000) }
}

/** The entry of an account as an RPC server sends it. */
async function anAccountEntry(): Promise<string> {
  await using sandbox = await createSandbox({ ledgerIntervalMs: 'manual' })
  await sandbox.fund([anAddress(1)])
  const params = { keys: [accountKey(anAddress(1))] }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getLedgerEntries', params })
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${sandbox.url}/rpc`, { method: 'POST', headers, body })
  const { result } = (await response.json()) as { result: { entries: { xdr: string }[] } }
  return result.entries[0]?.xdr ?? ''
}
