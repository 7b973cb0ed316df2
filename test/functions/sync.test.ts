import { Asset, Operation } from '@stellar/stellar-sdk/base'
import { describe, expect, test } from 'vitest'
import { systemFetch } from '../../supabase/functions/_shared/adapters/deno-ports.ts'
import {
  DatabaseError,
  type SyncDatabase,
  type WalletClaim,
  type WalletState,
} from '../../supabase/functions/_shared/core/database.ts'
import type { LogLine } from '../../supabase/functions/_shared/core/ports.ts'
import { syncTransactions } from '../../supabase/functions/_shared/core/sync-transactions.ts'
import { SYNC_LIMITS, type SyncPorts, syncWallets } from '../../supabase/functions/_shared/core/sync-wallets.ts'
import { createSandbox, type Sandbox } from '../../tools/sandbox/index.ts'
import { testClock } from './support/clock.ts'
import { sendJson, startServer } from './support/http-server.ts'
import { nothing, submitOutside } from './support/outsider.ts'
import { aPayroll, type Payroll } from './support/payroll.ts'
import { address, keypair, PASSPHRASE } from './support/plans.ts'

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
    expect(await syncWallets(wallets.ports)).toMatchObject({ claimed: 2, read: 2, unreadable: 0, updated: 2 })
    const [first, second] = wallets.states
    expect(first).toMatchObject({ accountId: address(1), accountExists: true, ledger: Number(sandbox.status().ledger) })
    expect(first?.balances).toContainEqual({
      assetCode: 'USDC',
      assetIssuer: issuer.publicKey(),
      balance: '88.1234567',
      limit: '1000.0000000',
      buyingLiabilities: '0.0000000',
      sellingLiabilities: '0.0000000',
      isAuthorized: false,
    })
    expect(second?.balances).toMatchObject([
      { assetCode: 'XLM', assetIssuer: '', balance: '10000.0000000', limit: null },
    ])
  })

  test('an account that does not exist is reported with the ledger of the answer', async () => {
    await using server = await startServer(({ path }, response) =>
      path === '/'
        ? sendJson(response, 200, root())
        : sendJson(response, 404, {}, path.endsWith(address(1)) ? { 'latest-ledger': '1234' } : {}),
    )
    const wallets = aWalletQueue({ url: server.url, networkPassphrase: PASSPHRASE }, [address(1), address(2)])
    expect(await syncWallets(wallets.ports)).toMatchObject({ claimed: 2, read: 1, unreadable: 1 })
    expect(wallets.states).toMatchObject([{ accountId: address(1), accountExists: false, ledger: 1234, balances: [] }])
  })

  test('goes on batch after batch until nothing is due', async () => {
    await using sandbox = await aSandbox()
    const addresses = Array.from({ length: 45 }, (_, index) => address(index + 1))
    await sandbox.fund(addresses)
    const wallets = aWalletQueue(sandbox, addresses)
    expect(await syncWallets(wallets.ports)).toMatchObject({ claimed: 45, read: 45 })
    expect(wallets.batches).toEqual([20, 20, 5])
    expect(new Set(wallets.states.map(({ accountId }) => accountId)).size).toBe(45)
  })

  test('believes nothing of another network', async () => {
    await using sandbox = await aSandbox()
    await sandbox.fund([address(1)])
    const wallets = aWalletQueue({ url: sandbox.url, networkPassphrase: 'Another ; network' }, [address(1)])
    expect(await syncWallets(wallets.ports)).toMatchObject({ claimed: 1, read: 0, unreadable: 1 })
    expect(wallets.batches).toEqual([])
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
    expect(await syncWallets(wallets.ports)).toMatchObject({ claimed: 20, read: 0, unreadable: 20 })
    expect(asked).toBeLessThanOrEqual(SYNC_LIMITS.concurrency)
  })

  test('one unreadable account does not hold back the others', async () => {
    await using sandbox = await aSandbox()
    await sandbox.fund([address(1), address(2)])
    const wallets = aWalletQueue(sandbox, [address(1), 'GNONSENSE', address(2)])
    expect(await syncWallets(wallets.ports)).toMatchObject({ claimed: 3, read: 2, unreadable: 1 })
    expect(wallets.lines).toMatchObject([{ event: 'sync.wallets', outcome: 'partly_read' }])
    expect(JSON.stringify(wallets.lines)).not.toContain(address(1))
  })
})

describe('syncing transactions', () => {
  test('records what the ledger proves, and gives the account back', async () => {
    await using payroll = await submittedPayroll('after')
    payroll.closeLedger()
    expect(await syncTransactions(trackingPorts(payroll))).toEqual({ claimed: 1, settled: 1, waiting: 0, failed: 0 })
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
    expect(await syncTransactions({ ...trackingPorts(payroll), fetch })).toMatchObject({ waiting: 1 })
    expect(new Set(posts)).toEqual(new Set(['GET']))
    expect(await payroll.ring()).toMatchObject({ applied: 1 })
  })

  test('proves what was never taken, so that it is built anew', async () => {
    await using payroll = await submittedPayroll('before')
    payroll.closeLedger(25)
    expect(await syncTransactions(trackingPorts(payroll))).toMatchObject({ settled: 1 })
    expect(await payroll.ring()).toMatchObject({ applied: 1 })
    expect(payroll.timesPaid()).toEqual([1, 1, 1])
  })

  test('proves that a foreign transaction took the sequence number', async () => {
    await using payroll = await submittedPayroll('before')
    await submitOutside(payroll.sandbox, payroll.treasury, [nothing()])
    expect(await syncTransactions(trackingPorts(payroll))).toMatchObject({ settled: 1 })
    expect(payroll.memory.transactions[0]?.state).toBe('never_applied')
  })

  test('believes nothing of another network', async () => {
    await using payroll = await submittedPayroll('after')
    await using other = await aPayroll({}, { seed: 'another network' })
    other.closeLedger(200)
    const claim = payroll.memory.claimToTrack()
    const ports = trackingPorts(payroll, async () => (claim ? [{ ...claim, horizonUrl: other.sandbox.url }] : []))
    expect(await syncTransactions(ports)).toMatchObject({ waiting: 1, settled: 0 })
    expect(payroll.memory.transactions[0]?.state).toBe('live')
  })

  test('a refusal of the database is counted, and the others go on', async () => {
    await using payroll = await submittedPayroll('after')
    payroll.closeLedger()
    const claim = payroll.memory.claimToTrack()
    if (claim === null) throw new Error('Nothing to track.')
    const stale = { ...claim, leaseToken: 'stale' }
    const ports = trackingPorts(payroll, async () => [stale, claim])
    expect(await syncTransactions(ports)).toEqual({ claimed: 2, settled: 1, waiting: 0, failed: 1 })
    expect(payroll.lines.some(({ errorCode }) => errorCode === 'lease_lost')).toBe(true)
  })
})

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
  const { url: horizonUrl, networkPassphrase } = provider
  const waiting = addresses.map(
    (accountId): WalletClaim => ({ accountId, leaseToken: 'token', horizonUrl, networkPassphrase }),
  )
  const states: WalletState[] = []
  const batches: number[] = []
  const lines: LogLine[] = []
  const database: SyncDatabase = {
    claimWalletsForSync: async (size) => waiting.splice(0, size),
    applyWalletStates: async (list) => {
      batches.push(list.length)
      states.push(...list)
      return { updated: list.length, unchanged: 0, stale: 0 }
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
  const unused = () => Promise.reject(new DatabaseError({ code: 'x', message: 'unused', hint: null, status: 500 }, 'x'))
  const next = async () => {
    const leased = payroll.memory.claimToTrack()
    return leased ? [leased] : []
  }
  return {
    clock: payroll.clock,
    fetch: systemFetch,
    log: (line) => payroll.lines.push(line),
    database: {
      recordOutcome,
      releaseDisbursement,
      claimTransactionsToTrack: claim ?? next,
      claimWalletsForSync: unused,
      applyWalletStates: unused,
    },
  }
}
