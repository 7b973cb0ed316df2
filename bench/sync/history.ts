import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { spokenPage } from '../../supabase/functions/horizon-sync/database.ts'
import type { Movement } from '../../supabase/functions/horizon-sync/movement.ts'
import { type MeasuredSession, measuredSession, type ResultRow, spread } from '../measure.ts'
import { type BenchWorld, createWorld } from '../world.ts'

const ROUNDS = 5
const PAGES = 5
const PAGE = 200
const SOURCE = 'GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN'
/** What a page writes one row for another; the sums of a day are few. */
const TABLES = ['ledger_transactions', 'ledger_movements', 'events']
const XLM = { asset_code: 'XLM', asset_issuer: '' }
const USDC = { asset_code: 'USDC', asset_issuer: SOURCE }

type Mix = { readonly what: string; readonly kinds: readonly Movement['kind'][]; readonly asset: typeof XLM }

const MIXES: readonly Mix[] = [
  { what: 'exchanges and fees', kinds: ['trade', 'trade', 'trade', 'fee'], asset: XLM },
  { what: 'payments that come in, each with its event', kinds: ['payment'], asset: XLM },
  { what: 'the same in an issued asset', kinds: ['payment'], asset: USDC },
]

/** How many rows of history the database takes, as a share of what COPY takes. */
export async function historyRows(): Promise<ResultRow[]> {
  const world = await createWorld()
  try {
    await prepare(world)
    const rows: ResultRow[] = []
    for (const mix of MIXES) rows.push(await measured(world, mix))
    return rows
  } finally {
    await world.close()
  }
}

/** Tables with the columns, constraints, foreign keys and indexes of the real ones, and without their triggers. */
async function prepare({ sql }: BenchWorld): Promise<void> {
  await sql`select tests.configure_network()`
  await sql`select public.enroll_source_account(tests.organization_id('Acme'), tests.address(30))`
  for (const table of TABLES) {
    await sql.unsafe(`create table private.copy_of_${table} (like public.${table} including all)`)
    const keys = await sql`
      select conname, pg_get_constraintdef(oid) as definition from pg_constraint
      where conrelid = ${`public.${table}`}::regclass and contype = 'f'`
    for (const { conname, definition } of keys) {
      await sql.unsafe(`alter table private.copy_of_${table} add constraint ${conname} ${definition}`)
    }
  }
}

async function measured({ sql }: BenchWorld, { what, kinds, asset }: Mix): Promise<ResultRow> {
  const session = await measuredSession(sql)
  const shares: number[] = []
  const rates: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const [before] = await sql`
      select (select coalesce(max(ledger), 1000) from public.ledger_transactions) as ledger,
        (select coalesce(max(id), 0) from public.events) as event`
    const first = Number(before?.ledger) + 1
    const startedAtMs = performance.now()
    const ours = await session.cpuOf(await pagesFrom(session, first, { kinds, asset }))
    const seconds = (performance.now() - startedAtMs) / 1_000
    let written = 0
    const copies = await Promise.all(
      TABLES.map(async (table) => {
        const since = table === 'events' ? `id > ${before?.event}` : `ledger >= ${first}`
        const rows = await sql
          .unsafe(`copy (select * from public.${table} where ${since} order by id) to stdout`)
          .readable()
        const text = await buffer(rows)
        written += text.reduce((lines, byte) => (byte === 10 ? lines + 1 : lines), 0)
        return { table, text }
      }),
    )
    const limit = await session.cpuOf(async () => {
      for (const { table, text } of copies) {
        const into = await sql`copy private.${sql(`copy_of_${table}`)} from stdin`.writable()
        await pipeline(Readable.from([text]), into)
      }
    })
    // The first round warms up.
    if (round === 0) continue
    shares.push((100 * limit) / ours)
    rates.push(written / seconds)
  }
  return {
    what: `rows of history against COPY: ${what}`,
    unit: '% of COPY',
    ...spread(shares),
    detail: `${Math.round(spread(rates).median)} rows a second`,
    aim: 'at least 30',
  }
}

/** The pages of a round, told as the worker tells them. */
async function pagesFrom(
  { sql }: MeasuredSession,
  first: number,
  { kinds, asset }: Pick<Mix, 'kinds' | 'asset'>,
): Promise<() => Promise<void>> {
  const place = String(BigInt(first) * 2n ** 32n)
  const [walk] = await sql`
    update private.history_walks
    set lease_token = gen_random_uuid(), leased_until = now() + interval '1 hour', place = ${place}
    returning id, account_id, lease_token`
  const { account_id, lease_token } = walk ?? {}
  let cursor = place
  const texts = Array.from({ length: PAGES }, (_, index) => {
    const transactions = pageOf(first + index * PAGE, kinds, asset)
    const next_cursor = transactions.at(-1)?.toid ?? cursor
    const page = { account_id, walk_id: Number(walk?.id), lease_token, cursor, next_cursor, outcome: 'more' }
    const unsaid = { latest_ledger: null, elder_ledger: null, latest_closed_at: null, unreadable_toid: null }
    cursor = next_cursor
    return JSON.stringify(spokenPage({ ...page, ...unsaid, sponsored: null, transactions }))
  })
  return async () => {
    for (const text of texts) {
      await sql.begin(async (transaction) => {
        await transaction`set local role service_role`
        await transaction`select public.apply_account_history(${text}::text::jsonb)`
      })
    }
  }
}

/** A page of other people's transactions that touched the account. */
function pageOf(firstLedger: number, kinds: Mix['kinds'], asset: Mix['asset']) {
  return Array.from({ length: PAGE }, (_, index) => {
    const ledger = firstLedger + index
    return {
      toid: String(BigInt(ledger) * 2n ** 32n + 4096n),
      ledger,
      closed_at: new Date(1_790_000_000_000 + ledger * 5_000).toISOString(),
      tx_hash: ledger.toString(16).padStart(64, '0'),
      source_account: SOURCE,
      sequence_number: String(ledger),
      fee_account: SOURCE,
      fee_charged_stroops: '100',
      is_successful: true,
      result_code: 'tx_success',
      operation_count: kinds.length,
      memo: null,
      is_signed_by_source: true,
      may_skip_numbers: false,
      sequence_after: null,
      movements: kinds.map((kind, place) => ({
        operation_index: kind === 'fee' ? null : place,
        kind,
        direction: kind === 'fee' || place % 2 === 1 ? ('out' as const) : ('in' as const),
        ...(kind === 'fee' ? XLM : asset),
        amount: '12.3456789',
        counterparty: kind === 'payment' ? SOURCE : null,
        claimable_balance_id: null,
      })),
      balances: [],
    }
  })
}
