import { Asset, Claimant, type Keypair, Operation } from '@stellar/stellar-sdk/base'
import type { Sql } from 'postgres'
import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import type { Fetch, LogLine } from '../../supabase/functions/_shared/worker/ports.ts'
import type { Rpc } from '../../supabase/functions/_shared/worker/rpc.ts'
import { syncDatabase } from '../../supabase/functions/horizon-sync/database.ts'
import { type HistoryCounts, syncHistories } from '../../supabase/functions/horizon-sync/histories.ts'
import { type SyncPorts, startTurn } from '../../supabase/functions/horizon-sync/turn.ts'
import { syncWallets, type WalletCounts } from '../../supabase/functions/horizon-sync/wallets.ts'
import type { Sandbox } from '../../tools/sandbox/index.ts'
import { type TestClock, testClock } from './clock.ts'
import { nothing, submitOutside } from './outsider.ts'
import { address, keypair } from './plans.ts'
import { sqlRpc } from './sql-rpc.ts'

/** horizon-sync on a real database and a sandbox network, rung by a test. */
export type WalkedLedger = {
  readonly lines: LogLine[]
  readonly clock: TestClock
  /** Time passes until every walk is due, three ledgers close, and the worker is rung once. */
  walk(faults?: { readonly fetch?: Fetch; readonly rpc?: (rpc: Rpc) => Rpc }): Promise<HistoryCounts>
  /** Walks until nothing new was found and every gap was read again. */
  walkToTheEnd(): Promise<void>
  /** Reads the balances of all wallets anew. */
  readWallets(fetch?: Fetch): Promise<WalletCounts>
}

export const issuer = keypair(101)
export const usdc = new Asset('USDC', issuer.publicKey())

/** Connects the worker with the network and enrols an account of Acme. */
export async function walkedLedger(sql: Sql, sandbox: Sandbox, account: Keypair): Promise<WalkedLedger> {
  await sql`select private.configure_network(${sandbox.networkPassphrase}, ${sandbox.url}, null)`
  await sql`select public.enroll_source_account(tests.organization_id('Acme'), ${account.publicKey()})`
  const lines: LogLine[] = []
  const clock = testClock(Date.now())
  const ports = (fetch: Fetch = systemFetch, rpc: Rpc = sqlRpc(sql)): SyncPorts => ({
    clock,
    fetch,
    log: (line) => lines.push(line),
    database: syncDatabase(rpc),
  })
  const walk: WalkedLedger['walk'] = async ({ fetch, rpc } = {}) => {
    sandbox.closeLedger(3)
    await sql`update private.history_walks set next_read_at = now(), lease_token = null, leased_until = null`
    const through = ports(fetch, rpc?.(sqlRpc(sql)))
    return await syncHistories(through, startTurn(through))
  }
  return {
    lines,
    clock,
    walk,
    walkToTheEnd: async () => {
      for (let turn = 0; turn < 8; turn++) await walk()
    },
    readWallets: async (fetch) => {
      await sql`delete from private.wallet_reads`
      await sql`update public.wallets set last_synced_at = last_synced_at - interval '1 day'`
      return await syncWallets(ports(fetch), startTurn(ports(fetch)))
    },
  }
}

/** One of each kind of operation that moves something of an account, each in a ledger of its own. */
export async function movesOfEveryKind(sandbox: Sandbox, account: Keypair): Promise<void> {
  const own = account.publicKey()
  await sandbox.fund([address(1), address(2), issuer.publicKey()])
  await submitOutside(sandbox, issuer, [Operation.setOptions({ setFlags: 10 as never })])
  await sandbox.fund([own])
  await submitOutside(sandbox, account, [Operation.changeTrust({ asset: usdc })])
  await submitOutside(sandbox, keypair(1), [Operation.changeTrust({ asset: usdc })])
  await submitOutside(sandbox, issuer, [Operation.payment({ destination: own, asset: usdc, amount: '500.1234567' })])
  await submitOutside(sandbox, keypair(1), [
    Operation.payment({ destination: own, asset: Asset.native(), amount: '12' }),
  ])
  await submitOutside(sandbox, account, [Operation.payment({ destination: address(1), asset: usdc, amount: '3' })])
  const claimants = [new Claimant(own)]
  await submitOutside(sandbox, account, [Operation.createClaimableBalance({ asset: usdc, amount: '7', claimants })])
  const [balanceId = ''] = await claimableBalances(sandbox, own)
  await submitOutside(sandbox, account, [Operation.claimClaimableBalance({ balanceId })])
  await submitOutside(sandbox, issuer, [Operation.clawback({ asset: usdc, from: own, amount: '1' })])
  await submitOutside(sandbox, account, [nothing()])
  const path = { sendAsset: Asset.native(), destination: own, destAsset: Asset.native(), path: [] }
  await submitOutside(sandbox, keypair(2), [
    Operation.pathPaymentStrictSend({ ...path, sendAmount: '2', destMin: '2' }),
  ])
  await submitOutside(sandbox, keypair(2), [Operation.accountMerge({ destination: own })])
}

/** The identifiers of the balances that an account pays the reserve of. */
export async function claimableBalances(sandbox: Sandbox, sponsor: string): Promise<readonly string[]> {
  const response = await fetch(`${sandbox.url}/claimable_balances?sponsor=${sponsor}`)
  const body = (await response.json()) as { _embedded: { records: { id: string }[] } }
  return body._embedded.records.map(({ id }) => id)
}
