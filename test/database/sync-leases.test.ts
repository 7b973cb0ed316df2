import { StrKey } from '@stellar/stellar-sdk/base'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import type { Fetch } from '../../supabase/functions/_shared/worker/ports.ts'
import { syncContracts } from '../../supabase/functions/horizon-sync/contracts.ts'
import { syncDatabase } from '../../supabase/functions/horizon-sync/database.ts'
import { syncHistories } from '../../supabase/functions/horizon-sync/histories.ts'
import { SYNC_LIMITS, type SyncPorts, startTurn } from '../../supabase/functions/horizon-sync/turn.ts'
import { syncWallets } from '../../supabase/functions/horizon-sync/wallets.ts'
import { createSandbox, type Sandbox } from '../../tools/sandbox/index.ts'
import { testClock } from '../support/clock.ts'
import { gate } from '../support/gate.ts'
import { address } from '../support/plans.ts'
import { sqlRpc } from '../support/sql-rpc.ts'
import { createWorld, type World } from './support/world.ts'

/** What horizon-sync leases, where its leases stand, and the part of the worker that reads it. */
const PARTS = {
  wallets: { table: 'wallet_reads', sync: syncWallets },
  histories: { table: 'history_walks', sync: syncHistories },
  contracts: { table: 'contract_walks', sync: syncContracts },
} as const
const CONTRACT = StrKey.encodeContract(Buffer.alloc(32, 7))
const NAMES = Object.keys(PARTS) as (keyof typeof PARTS)[]

let world: World
let sandbox: Sandbox

beforeEach(async () => {
  world = await createWorld()
  sandbox = await createSandbox({ ledgerIntervalMs: 'manual', seed: 'leases' })
  await sandbox.fund([address(30)])
  await world.sql`select tests.create_organization_with('Acme', '{ada}')`
  await world.sql`select private.configure_network(${sandbox.networkPassphrase}, ${sandbox.url}, ${`${sandbox.url}/rpc`})`
  await world.sql`select public.enroll_source_account(tests.organization_id('Acme'), ${address(30)})`
  await world.sql`select public.register_contract('Escrow', ${CONTRACT}, ${'a'.repeat(64)})`
})
afterEach(async () => {
  await sandbox.close()
  await world.close()
})

describe.each(NAMES)('the lease of %s', (name) => {
  const { table, sync } = PARTS[name]

  test('ends half a minute after its worker was killed at the latest, and another worker goes on', async () => {
    const killed = hung()
    void sync(killed.ports, startTurn(killed.ports)).catch(() => undefined)
    await killed.asked
    expect(await secondsLeft(table)).toBeGreaterThan(0)
    expect(await secondsLeft(table)).toBeLessThanOrEqual(25)
    // Of a killed worker no clock ticks any more.
    expect((await syncNow(name)).claimed).toBe(0)
    await world.sql.unsafe(`update private.${table} set leased_until = now()`)
    expect((await syncNow(name)).claimed).toBe(1)
    killed.goOn()
  })

  test('is extended as long as its worker is at work, and no other worker takes it', async () => {
    const slow = hung()
    const working = sync(slow.ports, startTurn(slow.ports))
    await slow.asked
    for (const extension of [1, 2]) {
      // Time passes in the database and for the worker.
      await world.sql.unsafe(`update private.${table} set leased_until = now() + interval '1 second'`)
      slow.clock.advance((SYNC_LIMITS.leaseSeconds * 1000) / 3)
      await vi.waitFor(async () => expect(await secondsLeft(table), `extension ${extension}`).toBeGreaterThan(10))
    }
    expect((await syncNow(name)).claimed).toBe(0)
    slow.goOn()
    await working
    expect(slow.clock.openDeadlines()).toBe(0)
  })
})

/** A worker whose provider does not answer before the test lets it. */
function hung() {
  const [asked, answer] = [gate(), gate()]
  const clock = testClock(Date.now())
  const fetch: Fetch = async (url, init) => {
    asked.open()
    await answer.opened
    return await systemFetch(url, { ...init, signal: AbortSignal.timeout(60_000) })
  }
  return { clock, asked: asked.opened, goOn: () => answer.open(), ports: portsWith(clock, fetch) }
}

async function syncNow(name: keyof typeof PARTS) {
  const ports = portsWith(testClock(Date.now()), systemFetch)
  return await PARTS[name].sync(ports, startTurn(ports))
}

function portsWith(clock: SyncPorts['clock'], fetch: Fetch): SyncPorts {
  return { clock, fetch, log: () => undefined, database: syncDatabase(sqlRpc(world.sql)) }
}

async function secondsLeft(table: string): Promise<number> {
  const [row] = await world.sql.unsafe(
    `select extract(epoch from max(leased_until) - now())::float as seconds from private.${table}`,
  )
  return row?.seconds ?? Number.NaN
}
