import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { crashDatabase, disburseAll, finished, type ReadyPayroll, readyPayroll } from '../test/integration/payroll.ts'
import { type Benchmark, spread } from './measure.ts'
import { trickle } from './webhooks/latency.ts'
import { openOurs } from './webhooks/ours.ts'
import { startBenchSink } from './webhooks/sink.ts'

const KILLS = 3
const HANGING = 20
const IMPORTED = 100
const EVENTS = 20

/** How long a payment stands still when its worker is killed, and how long an event takes beside a company whose receivers all hang. */
export const restarts: Benchmark = async (tell) => {
  const back = await killedInMidPayment()
  tell(`back to work: ${JSON.stringify(back)}`)
  const { alone, beside } = await noisyNeighbour()
  tell(`events: ${JSON.stringify({ alone: spread(alone), beside: spread(beside) })}`)
  const row = (what: string, seconds: readonly number[]) => ({ what, unit: 's', ...spread(seconds), aim: '≤ 30' })
  return {
    title: 'After a kill, and beside a noisy neighbour',
    method: `While a payroll of 700 people is paid, payroll-disburse is killed (SIGKILL) ${KILLS} times while it holds the account that pays, horizon-sync ${KILLS} times while it holds wallets, each started again at once, and a process of the database ${KILLS} times while a worker holds the account, which ends every session and has the server recover from its log; nobody gives a lease back. Then ${EVENTS} events, one every 20 ms, are written for one company, alone and while ${HANGING} receivers of another company hang and ${IMPORTED} of its people were imported a moment before, which each of them is to be told. The scheduler rings as it does in npm start.`,
    rows: [
      row('the worker of payments is killed: until the account is worked on again', back.worker),
      row('the database crashes in mid-payment: until the account is worked on again', back.database),
      row('the worker that reads the ledger is killed: until every wallet that it held has been read', back.reader),
      { what: 'from the call that writes an event to its arrival', unit: 'ms', ...spread(alone) },
      { what: 'the same beside the noisy neighbour', unit: 'ms', ...spread(beside), aim: '< 2000' },
    ],
  }
}

/** Seconds from each kill in mid-payment to the next step of what was held. */
async function killedInMidPayment() {
  const dataDir = await mkdtemp(join(tmpdir(), 'payd-restarts-'))
  await chmod(dataDir, 0o711)
  const payroll = await readyPayroll(700, 'restarts', { dataDir })
  try {
    await disburseAll(payroll)
    const { stack, sql } = payroll
    const back = { worker: [] as number[], database: [] as number[], reader: [] as number[] }
    for (let kill = 0; kill < KILLS; kill++) {
      back.worker.push(await untilWorkedOn(payroll, () => killAndStart(stack, 'payroll-disburse')))
      back.database.push(await untilWorkedOn(payroll, () => crashDatabase(sql)))
      back.reader.push(await untilRead(payroll))
    }
    await finished(payroll)
    return back
  } finally {
    await payroll.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function killAndStart({ functions }: ReadyPayroll['stack'], name: string): Promise<void> {
  await functions.kill(name)
  await functions.restart(name)
}

/** Kills once a worker holds the account that pays, and waits until one has claimed it again. */
async function untilWorkedOn({ sql }: ReadyPayroll, kill: () => Promise<void>): Promise<number> {
  const killedAt = await first<{ now: string }>(
    () => sql`select clock_timestamp()::text as now from private.source_accounts where leased_until > now() limit 1`,
  )
  await kill()
  const { seconds } = await first<{ seconds: number }>(
    () => sql`
      select extract(epoch from last_claimed_at - ${killedAt.now}::timestamptz)::float8 as seconds
      from private.source_accounts where last_claimed_at > ${killedAt.now}::timestamptz limit 1`,
  )
  return seconds
}

/** Kills the reader of the ledger while it holds wallets, and waits until each of those has been read. */
async function untilRead({ sql, stack }: ReadyPayroll): Promise<number> {
  await sql`update public.wallets set last_synced_at = last_synced_at - interval '2 hours'`
  await stack.scheduler?.ring('horizon-sync')
  const held = await first<{ now: string; accounts: string[] | null }>(async () => {
    const rows = await sql<{ now: string; accounts: string[] | null }[]>`
      select clock_timestamp()::text as now, array_agg(account_id) as accounts
      from private.wallet_reads where leased_until > now()`
    return rows.filter(({ accounts }) => accounts !== null)
  })
  await killAndStart(stack, 'horizon-sync')
  const { seconds } = await first<{ seconds: number }>(
    () => sql`
      select extract(epoch from max(last_synced_at) - ${held.now}::timestamptz)::float8 as seconds
      from public.wallets where wallet_address = any (${held.accounts ?? []})
      having bool_and(last_synced_at > ${held.now}::timestamptz)`,
  )
  return seconds
}

/** The first row that there is; a database that is away is asked again. */
async function first<Row>(ask: () => PromiseLike<readonly object[]>): Promise<Row> {
  for (;;) {
    const [row] = await Promise.resolve(ask()).catch(() => [])
    if (row !== undefined) return row as Row
    await delay(20)
  }
}

/** Milliseconds of events of one company, alone and beside another whose receivers all hang. */
async function noisyNeighbour(): Promise<{ readonly alone: number[]; readonly beside: number[] }> {
  const sink = await startBenchSink()
  const ours = await openOurs({ scheduler: true })
  try {
    await ours.subscribe({ organizations: 1, each: 1, sinkUrl: sink.url })
    await trickle(ours, sink, EVENTS)
    const alone = await trickle(ours, sink, EVENTS)
    await ours.subscribe({ organizations: 1, each: HANGING, sinkUrl: sink.url, hanging: HANGING })
    await ours.sql`
      insert into public.employees (organization_id, first_name, last_name, email)
      select max(subscription.organization_id), 'Person', number::text, 'person' || number || '@noisy.example'
      from public.webhook_subscriptions as subscription, generate_series(1, ${IMPORTED}::integer) as number
      where subscription.url like '%/hang/%'
      group by number`
    return { alone, beside: await trickle(ours, sink, EVENTS) }
  } finally {
    await ours.close()
    sink.close()
  }
}
