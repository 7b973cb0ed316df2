import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { measuredSession, type ResultRow, spread } from '../measure.ts'
import { type BenchWorld, createWorld } from '../world.ts'

const ROUNDS = 5
const PAGES = 5
const PAGE = 200
const TABLES = ['ledger_transactions', 'ledger_movements']

/** How many rows of history the database takes, as a share of what COPY takes. */
export async function historyRows(): Promise<ResultRow[]> {
  const world = await createWorld()
  try {
    await prepare(world)
    const rows = [
      await measured(world, 'exchanges and fees', ['trade', 'trade', 'trade', 'fee']),
      await measured(world, 'payments that come in, each with its event', ['payment']),
    ]
    return rows
  } finally {
    await world.close()
  }
}

async function prepare({ sql }: BenchWorld): Promise<void> {
  await sql`select tests.configure_network()`
  await sql`select public.enroll_source_account(tests.organization_id('Acme'), tests.address(30))`
  for (const table of TABLES)
    await sql.unsafe(`create table private.copy_of_${table} (like public.${table} including all)`)
}

async function measured({ sql }: BenchWorld, what: string, kinds: readonly string[]): Promise<ResultRow> {
  const session = await measuredSession(sql)
  const shares: number[] = []
  const rates: string[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const [before] = await sql`select coalesce(max(ledger), 1000) as ledger from public.ledger_transactions`
    const first = Number(before?.ledger) + 1
    const pages = Array.from({ length: PAGES }, (_, page) => pageOf(first + page * PAGE, kinds))
    const [walk] = await sql`
      update private.history_walks set lease_token = gen_random_uuid(), leased_until = now() + interval '1 hour',
        place = ${String(BigInt(first) * 2n ** 32n)}
      returning id, account_id, lease_token`
    const startedAtMs = performance.now()
    const ours = await session.cpuOf(async () => {
      for (const [index, transactions] of pages.entries()) {
        const cursor = index === 0 ? String(BigInt(first) * 2n ** 32n) : (pages[index - 1]?.at(-1)?.toid ?? '')
        const page = { account_id: walk?.account_id, walk_id: Number(walk?.id), lease_token: walk?.lease_token, cursor }
        const rest = {
          next_cursor: transactions.at(-1)?.toid,
          outcome: 'more',
          latest_ledger: null,
          elder_ledger: null,
        }
        const text = JSON.stringify({ ...page, ...rest, transactions })
        await sql.begin(async (transaction) => {
          await transaction`set local role service_role`
          await transaction`select public.apply_account_history(${text}::text::jsonb)`
        })
      }
    })
    const seconds = (performance.now() - startedAtMs) / 1_000
    const copies = await Promise.all(
      TABLES.map(async (table) => {
        const rows =
          await sql`copy (select * from public.${sql(table)} where ledger >= ${sql.unsafe(String(first))}) to stdout`.readable()
        return { table, text: await buffer(rows) }
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
    rates.push(String(Math.round((PAGES * PAGE * (1 + kinds.length)) / seconds)))
  }
  const detail = `${rates.toSorted((a, b) => Number(a) - Number(b))[Math.floor(ROUNDS / 2)]} rows a second`
  return {
    what: `rows of history against COPY: ${what}`,
    unit: '% of COPY',
    ...spread(shares),
    detail,
    aim: 'at least 30',
  }
}

/** A page of other people's transactions that touched the account. */
function pageOf(firstLedger: number, kinds: readonly string[]) {
  return Array.from({ length: PAGE }, (_, index) => {
    const ledger = firstLedger + index
    const hash = ledger.toString(16).padStart(64, '0')
    const source = 'GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN'
    return {
      toid: String(BigInt(ledger) * 2n ** 32n + 4096n),
      ledger,
      closed_at: new Date(1_790_000_000_000 + ledger * 5_000).toISOString(),
      tx_hash: hash,
      source_account: source,
      sequence_number: String(ledger),
      fee_account: source,
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
        direction: kind === 'fee' || place % 2 === 1 ? 'out' : 'in',
        ...{ asset_code: 'XLM', asset_issuer: '', amount: '12.3456789' },
        counterparty: kind === 'payment' ? source : null,
        claimable_balance_id: null,
      })),
      balances: [],
    }
  })
}
