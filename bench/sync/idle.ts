import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import type { Fetch } from '../../supabase/functions/_shared/worker/ports.ts'
import { syncContracts } from '../../supabase/functions/horizon-sync/contracts.ts'
import { syncDatabase } from '../../supabase/functions/horizon-sync/database.ts'
import { syncHistories } from '../../supabase/functions/horizon-sync/histories.ts'
import { syncTransactions } from '../../supabase/functions/horizon-sync/transactions.ts'
import { type KnownServers, SYNC_LIMITS, startTurn } from '../../supabase/functions/horizon-sync/turn.ts'
import { syncWallets } from '../../supabase/functions/horizon-sync/wallets.ts'
import { testClock } from '../../test/support/clock.ts'
import { address } from '../../test/support/plans.ts'
import { sqlRpc } from '../../test/support/sql-rpc.ts'
import { createSandbox } from '../../tools/sandbox/index.ts'
import { measuredSession, type ResultRow } from '../measure.ts'
import { createWorld } from '../world.ts'

const EMPLOYEES = 100
const RINGS = 720

/** What an hour costs in which nothing happens, and what a wallet costs that did not change. */
export async function idleRows(): Promise<ResultRow[]> {
  const world = await createWorld()
  const sandbox = await createSandbox({ ledgerIntervalMs: 'manual' })
  try {
    const { sql } = world
    const people = Array.from({ length: EMPLOYEES }, (_, index) => address(1_000 + index))
    await sandbox.fund([address(30), ...people])
    await sql`select private.configure_network(${sandbox.networkPassphrase}, ${sandbox.url}, ${`${sandbox.url}/rpc`})`
    await sql`select public.enroll_source_account(tests.organization_id('Acme'), ${address(30)})`
    await sql`
      select tests.create_employee('Acme', 'idle' || place, wallet_address => address)
      from unnest(${people}::text[]) with ordinality as given (address, place)`

    let requests = 0
    const counted: Fetch = (url, init) => {
      requests++
      return systemFetch(url, init)
    }
    const clock = testClock(Date.now())
    const ports = { clock, fetch: counted, log: () => undefined, database: syncDatabase(sqlRpc(sql)) }
    const known: KnownServers = new Map()
    const ring = async () => {
      const turn = startTurn(ports, SYNC_LIMITS, known)
      await syncTransactions(ports, turn)
      await syncHistories(ports, turn)
      await syncWallets(ports, turn)
      await syncContracts(ports, turn)
    }
    // Everything is known, and the pauses have grown as long as they become.
    await ring()
    await sql`update private.history_walks set quiet_reads = 10`
    await ring()

    requests = 0
    let calls = 0
    const session = await measuredSession(sql)
    const spent = await session.cpuOf(async () => {
      for (let second = 0; second < RINGS; second++) {
        sandbox.closeLedger()
        clock.advance(5_000)
        await fiveSecondsPass(sql)
        const [due] = await sql`select private.sync_is_due() as due`
        if (!due?.due) continue
        calls++
        await ring()
      }
    })
    const passing = await session.cpuOf(async () => {
      for (let second = 0; second < RINGS; second++) await fiveSecondsPass(sql)
    })

    await sql`update public.wallets set last_synced_at = last_synced_at - interval '1 day'`
    const [before] = await sql`
      select pg_current_wal_insert_lsn() as wal, (select count(*) from public.events) as events,
        (select max(updated_at)::text from public.wallets) as changed`
    await ring()
    const [after] = await sql`
      select pg_current_wal_insert_lsn() - ${before?.wal ?? ''}::pg_lsn as bytes,
        (select count(*) from public.events) - ${before?.events ?? 0}::bigint as events,
        (select count(*) from public.wallets where updated_at > ${before?.changed ?? ''}::timestamptz) as changed`
    return [
      row('requests to providers in an idle hour, one treasury and 100 employees', requests, 'requests'),
      row('calls of the worker in an idle hour', calls, `of ${RINGS} rings`),
      row('processor time of the database in an idle hour', Math.max(0, spent - passing) / 1e9, 's'),
      row(
        'events and changes for 100 wallets that did not change',
        Number(after?.events) + Number(after?.changed),
        '',
        '0',
      ),
      row('write-ahead log of an unchanged wallet: its stamp', Number(after?.bytes) / EMPLOYEES, 'bytes'),
    ]
  } finally {
    await sandbox.close()
    await world.close()
  }
}

/** Instead of the clock the stored times move. */
async function fiveSecondsPass(sql: Awaited<ReturnType<typeof createWorld>>['sql']): Promise<void> {
  await sql`
    update private.history_walks set next_read_at = next_read_at - interval '5 seconds',
      asked_at = asked_at - interval '5 seconds'`
  await sql`
    update public.wallets set last_synced_at = last_synced_at - interval '5 seconds',
      asked_at = asked_at - interval '5 seconds'`
}

function row(what: string, value: number, unit: string, aim?: string): ResultRow {
  return { what, unit, min: value, median: value, max: value, ...(aim === undefined ? {} : { aim }) }
}
