import { Asset, Operation } from '@stellar/stellar-sdk/base'
import { describe, expect, test } from 'vitest'
import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import type { Fetch, LogLine } from '../../supabase/functions/_shared/worker/ports.ts'
import {
  type LeasedWalletState,
  type SyncDatabase,
  syncDatabase,
  type WalletClaim,
} from '../../supabase/functions/horizon-sync/database.ts'
import { syncTransactions, type TransactionCounts } from '../../supabase/functions/horizon-sync/transactions.ts'
import { SYNC_LIMITS, type SyncPorts, startTurn } from '../../supabase/functions/horizon-sync/turn.ts'
import { syncWallets } from '../../supabase/functions/horizon-sync/wallets.ts'
import { createSandbox, type Sandbox } from '../../tools/sandbox/index.ts'
import { type TestClock, testClock } from '../support/clock.ts'
import { sendJson, startServer } from '../support/http-server.ts'
import { nothing, submitOutside } from '../support/outsider.ts'
import { aPayroll, type Payroll } from '../support/payroll.ts'
import { address, keypair, PASSPHRASE } from '../support/plans.ts'

describe('syncing wallets', () => {
  test('reads balances, trustlines and authorization as of one ledger', async () => {
    await using sandbox = await aSandbox()
    const issuer = keypair(9)
    await sandbox.fund([address(1), address(2), issuer.publicKey()])
    const usdc = new Asset('USDC', issuer.publicKey())
    await submitOutside(sandbox, issuer, [Operation.setOptions({ setFlags: 2 as never })])
    await submitOutside(sandbox, keypair(1), [Operation.changeTrust({ asset: usdc, limit: '1000' })])
    await submitOutside(sandbox, issuer, [
      Operation.payment({ destination: address(1), asset: usdc, amount: '88.1234567' }),
      Operation.setTrustLineFlags({ trustor: address(1), asset: usdc, flags: { authorized: false } }),
    ])
    const wallets = aWalletQueue(sandbox, [address(1), address(2)])
    expect(await syncWallets(wallets.ports, startTurn(wallets.ports))).toMatchObject({
      claimed: 2,
      read: 2,
      unreadable: 0,
      updated: 2,
    })
    const [first, second] = wallets.states.flatMap((state) => ('balances' in state ? [state] : []))
    expect(first).toMatchObject({
      account_id: address(1),
      account_exists: true,
      ledger: Number(sandbox.status().ledger),
    })
    expect(first?.balances).toContainEqual({
      asset_code: 'USDC',
      asset_issuer: issuer.publicKey(),
      balance: '88.1234567',
      limit: '1000.0000000',
      buying_liabilities: '0.0000000',
      selling_liabilities: '0.0000000',
      is_authorized: false,
    })
    expect(second?.balances).toMatchObject([
      { asset_code: 'XLM', asset_issuer: '', balance: '10000.0000000', limit: null },
    ])
  })

  test('an account that does not exist is reported with the ledger of the answer', async () => {
    await using server = await startServer(({ path }, response) =>
      path === '/'
        ? sendJson(response, 200, root())
        : sendJson(response, 404, {}, path.endsWith(address(1)) ? { 'latest-ledger': '1234' } : {}),
    )
    const wallets = aWalletQueue({ url: server.url, networkPassphrase: PASSPHRASE }, [address(1), address(2)])
    expect(await syncWallets(wallets.ports, startTurn(wallets.ports))).toMatchObject({
      claimed: 2,
      read: 1,
    })
    expect(wallets.states).toMatchObject([
      { account_id: address(1), account_exists: false, ledger: 1234, balances: [] },
      { account_id: address(2), problem: 'no_answer' },
    ])
  })

  test('goes on batch after batch until nothing is due', async () => {
    await using sandbox = await aSandbox()
    const addresses = Array.from({ length: 45 }, (_, index) => address(index + 1))
    await sandbox.fund(addresses)
    const wallets = aWalletQueue(sandbox, addresses)
    expect(await syncWallets(wallets.ports, startTurn(wallets.ports))).toMatchObject({ claimed: 45, read: 45 })
    expect(wallets.batches).toEqual([20, 20, 5])
    expect(new Set(wallets.states.map(({ account_id }) => account_id)).size).toBe(45)
  })

  test('believes nothing of another network', async () => {
    await using sandbox = await aSandbox()
    await sandbox.fund([address(1)])
    const wallets = aWalletQueue({ url: sandbox.url, networkPassphrase: 'Another ; network' }, [address(1)])
    expect(await syncWallets(wallets.ports, startTurn(wallets.ports))).toMatchObject({
      claimed: 1,
      read: 0,
    })
    expect(wallets.batches).toEqual([])
  })

  test('ends the turn with a batch in which nothing was new', async () => {
    await using sandbox = await aSandbox()
    const addresses = Array.from({ length: 45 }, (_, index) => address(index + 1))
    await sandbox.fund(addresses)
    const wallets = aWalletQueue(sandbox, addresses)
    const applyWalletStates: SyncDatabase['applyWalletStates'] = async ({ states }) => ({
      updated: 0,
      unchanged: 0,
      stale: states.length,
      unreadable: 0,
    })
    const ports = { ...wallets.ports, database: { ...wallets.ports.database, applyWalletStates } }
    expect(await syncWallets(ports, startTurn(ports))).toMatchObject({ claimed: 20, stale: 20, updated: 0 })
  })

  test('stops asking a provider that sends it away', async () => {
    let asked = 0
    await using server = await startServer(({ path }, response) => {
      if (path === '/') return sendJson(response, 200, root())
      asked++
      sendJson(response, 429, {}, { 'retry-after': '9' })
    })
    const addresses = Array.from({ length: 20 }, (_, index) => address(index + 1))
    const wallets = aWalletQueue({ url: server.url, networkPassphrase: PASSPHRASE }, addresses)
    expect(await syncWallets(wallets.ports, startTurn(wallets.ports))).toMatchObject({
      claimed: 20,
      read: 0,
    })
    expect(asked).toBeLessThanOrEqual(SYNC_LIMITS.concurrency)
  })

  test('one unreadable account does not hold back the others', async () => {
    await using sandbox = await aSandbox()
    await sandbox.fund([address(1), address(2)])
    const wallets = aWalletQueue(sandbox, [address(1), 'GNONSENSE', address(2)])
    expect(await syncWallets(wallets.ports, startTurn(wallets.ports))).toMatchObject({
      claimed: 3,
      read: 2,
    })
    expect(wallets.states[1]).toMatchObject({ account_id: 'GNONSENSE', problem: 'no_answer' })
    expect(wallets.lines).toMatchObject([{ event: 'sync.wallets', outcome: 'read' }])
    expect(JSON.stringify(wallets.lines)).not.toContain(address(1))
  })
})

describe('syncing transactions', () => {
  test('records what the ledger proves, and gives the account back', async () => {
    await using payroll = await submittedPayroll('after')
    payroll.closeLedger()
    expect(await track(trackingPorts(payroll))).toEqual({ claimed: 1, settled: 1, waiting: 0, failed: 0 })
    expect(payroll.memory.run.status).toBe('completed')
    expect(payroll.memory.lease.token).toBeNull()
    expect(payroll.timesPaid()).toEqual([1, 1, 1])
  })

  test('never submits: what is still valid is left to payroll-disburse', async () => {
    await using payroll = await submittedPayroll('before')
    payroll.closeLedger()
    const posts: string[] = []
    const fetch: typeof systemFetch = (url, init) => {
      posts.push(init.method)
      return systemFetch(url, init)
    }
    expect(await track({ ...trackingPorts(payroll), fetch })).toMatchObject({ waiting: 1 })
    expect(new Set(posts)).toEqual(new Set(['GET']))
    expect(await payroll.ring()).toMatchObject({ applied: 1 })
  })

  test('proves what was never taken, so that it is built anew', async () => {
    await using payroll = await submittedPayroll('before')
    payroll.closeLedger(25)
    expect(await track(trackingPorts(payroll))).toMatchObject({ settled: 1 })
    expect(await payroll.ring()).toMatchObject({ applied: 1 })
    expect(payroll.timesPaid()).toEqual([1, 1, 1])
  })

  test('proves that a foreign transaction took the sequence number', async () => {
    await using payroll = await submittedPayroll('before')
    await submitOutside(payroll.sandbox, payroll.treasury, [nothing()])
    expect(await track(trackingPorts(payroll))).toMatchObject({ settled: 1 })
    expect(payroll.memory.transactions[0]?.state).toBe('never_applied')
  })

  test('believes nothing of another network', async () => {
    await using payroll = await submittedPayroll('after')
    await using other = await aPayroll({}, { seed: 'another network' })
    other.closeLedger(200)
    const claim = payroll.memory.claimToTrack()
    const ports = trackingPorts(payroll, async () => (claim ? [{ ...claim, horizon_url: other.sandbox.url }] : []))
    expect(await track(ports)).toMatchObject({ waiting: 1, settled: 0 })
    expect(payroll.memory.transactions[0]?.state).toBe('live')
  })

  test('a refusal of the database is counted, and the others go on', async () => {
    await using payroll = await submittedPayroll('after')
    payroll.closeLedger()
    const claim = payroll.memory.claimToTrack()
    if (claim === null) throw new Error('Nothing to track.')
    const stale = { ...claim, lease_token: 'stale' }
    const ports = trackingPorts(payroll, async () => [stale, claim])
    expect(await track(ports)).toEqual({ claimed: 2, settled: 1, waiting: 0, failed: 1 })
    expect(payroll.lines.some(({ errorCode }) => errorCode === 'lease_lost')).toBe(true)
  })
})

describe('a turn of horizon-sync', () => {
  test('waits for its providers no longer than one deadline, whatever is due', async () => {
    const queue = aTransactionQueue(12)
    const wallets = Array.from({ length: 200 }, (_, index) => address(index + 1))
    const { clock } = queue
    const claimWalletsForSync: SyncDatabase['claimWalletsForSync'] = async ({ batch_size }) =>
      wallets.splice(0, Math.min(batch_size, 20)).map((account_id) => ({
        ...SOMEWHERE,
        account_id,
        lease_token: 'token',
        rpc_url: null,
        is_own: false,
        assets: [],
      }))
    const ports: SyncPorts = {
      ...queue.ports,
      fetch: slowFetch(clock),
      database: { ...queue.ports.database, claimWalletsForSync },
    }
    const startedAtMs = clock.now()
    const turn = startTurn(ports)
    await syncTransactions(ports, turn)
    await syncWallets(ports, turn)
    expect(clock.now() - startedAtMs).toBeGreaterThan(SYNC_LIMITS.budgetMs)
    expect(clock.now() - startedAtMs).toBeLessThanOrEqual(SYNC_LIMITS.deadlineMs)
  })

  test('holds few accounts at once, and gets past those that wait', async () => {
    const queue = aTransactionQueue(11)
    const heldWhileAsking = new Set<number>()
    const fetch: Fetch = async () => {
      heldWhileAsking.add(queue.held())
      return new Response('{}', { status: 503 })
    }
    expect(await track({ ...queue.ports, fetch })).toEqual({ claimed: 11, settled: 0, waiting: 11, failed: 0 })
    expect(Math.max(...heldWhileAsking)).toBe(SYNC_LIMITS.transactionBatchSize)
    expect(queue.held()).toBe(0)
  })
})

/** What a test does not expect to be called. */
const UNUSED: SyncDatabase = {
  ...syncDatabase(() => Promise.reject(new Error('Not expected to be called.'))),
  reportProvider: async () => 'well',
}

const SOMEWHERE = { horizon_url: 'http://127.0.0.1:9', second_horizon_url: null, network_passphrase: PASSPHRASE }

/** One look at what is due, in a turn of its own. */
function track(ports: SyncPorts): Promise<TransactionCounts> {
  return syncTransactions(ports, startTurn(ports))
}

/** A provider that knows no account and answers slowly. */
function slowFetch(clock: TestClock): Fetch {
  return async (url) => {
    if (new URL(url).pathname === '/') return Response.json(root())
    clock.advance(2_000)
    return Response.json({}, { status: 404, headers: { 'latest-ledger': '1234' } })
  }
}

/** Submitted transactions of as many accounts, leased in the order in which they are due, as the database does. */
function aTransactionQueue(count: number) {
  const clock = testClock()
  const held = new Map<string, string>()
  const due = Array.from({ length: count }, (_, index) => ({
    ...SOMEWHERE,
    transaction_id: index,
    tx_hash: String(index).padStart(64, '0'),
    source_account: address(index + 1),
    signers: [address(index + 1)],
    sequence_number: '1',
    max_ledger: 1_000,
  }))
  const database: SyncDatabase = {
    ...UNUSED,
    claimTransactionsToTrack: async ({ batch_size }) => {
      const claims = due.filter(({ source_account }) => !held.has(source_account)).slice(0, batch_size)
      return claims.map((claim) => {
        held.set(claim.source_account, `token ${claim.transaction_id}`)
        return { ...claim, lease_token: `token ${claim.transaction_id}` }
      })
    },
    releaseDisbursement: async ({ source_account, lease_token }) =>
      held.get(source_account) === lease_token && held.delete(source_account),
    recordOutcome: () => Promise.reject(new Error('Nothing was proven.')),
    claimWalletsForSync: async () => [],
    applyWalletStates: async ({ states }) => ({ updated: states.length, unchanged: 0, stale: 0, unreadable: 0 }),
  }
  const ports: SyncPorts = { clock, fetch: systemFetch, log: () => undefined, database }
  return { clock, ports, held: () => held.size }
}

function aSandbox(): Promise<Sandbox> {
  const clock = testClock()
  return createSandbox({ ledgerIntervalMs: 'manual', clock: clock.now })
}

function root() {
  return {
    network_passphrase: PASSPHRASE,
    history_latest_ledger: 1_000,
    history_latest_ledger_closed_at: '2026-11-20T12:00:00Z',
  }
}

/** Addresses that are handed out in batches, as the database does, and what was told about them. */
function aWalletQueue(
  provider: { readonly url: string; readonly networkPassphrase: string },
  addresses: readonly string[],
) {
  const { url: horizon_url, networkPassphrase: network_passphrase } = provider
  const waiting = addresses.map(
    (account_id): WalletClaim => ({
      account_id,
      lease_token: 'token',
      horizon_url,
      rpc_url: null,
      network_passphrase,
      is_own: false,
      assets: [],
    }),
  )
  const states: LeasedWalletState[] = []
  const batches: number[] = []
  const lines: LogLine[] = []
  const database: SyncDatabase = {
    ...UNUSED,
    // The database leases no more than these where Horizon reads them one by one.
    claimWalletsForSync: async ({ batch_size }) => waiting.splice(0, Math.min(batch_size, 20)),
    applyWalletStates: async (told) => {
      batches.push(told.states.length)
      states.push(...told.states)
      return { updated: told.states.length, unchanged: 0, stale: 0, unreadable: 0 }
    },
    claimTransactionsToTrack: async () => [],
    recordOutcome: async () => undefined,
    releaseDisbursement: async () => true,
  }
  const ports: SyncPorts = { clock: testClock(), fetch: systemFetch, log: (line) => lines.push(line), database }
  return { ports, states, batches, lines }
}

/** A run whose transaction was handed over once, with an answer that said nothing. */
async function submittedPayroll(stage: 'before' | 'after'): Promise<Payroll> {
  const payroll = await aPayroll()
  payroll.sandbox.failSubmissions({ count: 1, stage, how: 504 })
  await payroll.ring()
  return payroll
}

function trackingPorts(payroll: Payroll, claim?: SyncDatabase['claimTransactionsToTrack']): SyncPorts {
  const { recordOutcome, releaseDisbursement } = payroll.memory.database
  const next = async () => {
    const leased = payroll.memory.claimToTrack()
    return leased ? [leased] : []
  }
  return {
    clock: payroll.clock,
    fetch: systemFetch,
    log: (line) => payroll.lines.push(line),
    database: {
      ...UNUSED,
      recordOutcome,
      releaseDisbursement,
      claimTransactionsToTrack: claim ?? next,
    },
  }
}
