import type { Sql } from 'postgres'
import { keypairs, plantedProject, plantMonth, plantRun } from '../test/support/planted-company.ts'
import type { Benchmark, ResultRow } from './measure.ts'

const PEOPLE = 1_000

/** What a payment leaves behind in the tables, and how many updates found room beside the former version of their row. */
export const space: Benchmark = async (tell) => {
  const project = await plantedProject({ hasRpc: true })
  try {
    const { sql, sandbox } = project
    const [treasury, ...people] = keypairs(1, PEOPLE + 1)
    if (treasury === undefined) throw new Error('no treasury')
    await sandbox.fund([treasury, ...people].map((key) => key.publicKey()))
    const payees = people.map((key) => ({ address: key.publicKey(), salary: '1' }))
    await plantRun(project, { name: 'Acme', treasury, payees })
    await project.ring({ keys: [treasury] })
    const before = await sizesOf(sql)
    await sql`select pg_stat_reset()`
    await plantMonth(project, 'Acme', ['2026-12-01', '2026-12-31'])
    await project.ring({ keys: [treasury] })
    const after = await sizesOf(sql)
    const updates = await updatesOf(sql)
    const grown = [...after].map(([table, bytes]) => [table, (bytes - (before.get(table) ?? 0)) / PEOPLE] as const)
    const largest = grown.sort(([, a], [, b]) => b - a).slice(0, 8)
    const rows: ResultRow[] = [
      row(
        'all tables and indexes',
        grown.reduce((sum, [, bytes]) => sum + bytes, 0),
        'B',
        'at most 5000',
      ),
      ...largest.map(([table, bytes]) => row(table, bytes, 'B')),
      ...updates.map(({ table, updates: all, hot }) =>
        row(`updates of ${table} beside the former version`, (100 * hot) / all, '%'),
      ),
    ]
    for (const { what, median, unit } of rows) tell(`${what}: ${median.toFixed(0)} ${unit}`)
    return {
      title: 'What a payment leaves behind',
      method: `The second month of a company of ${PEOPLE.toLocaleString('en')} people is prepared, approved and paid by the worker; the growth of every table with its indexes, for each payment, dead rows included, before any vacuum. Without webhooks, whose log is kept for as many days as the organization says.`,
      rows,
    }
  } finally {
    await project.stop()
  }
}

async function sizesOf(sql: Sql): Promise<Map<string, number>> {
  const rows = await sql<{ name: string; bytes: string }[]>`
    select relid::regclass::text as name, pg_total_relation_size(relid) as bytes
    from pg_stat_user_tables where schemaname in ('public', 'private')`
  return new Map(rows.map(({ name, bytes }) => [name, Number(bytes)]))
}

async function updatesOf(sql: Sql): Promise<{ table: string; updates: number; hot: number }[]> {
  // The worker's sessions report what they counted when they are idle, at the latest after a second.
  await sql`select pg_stat_force_next_flush()`
  const rows = await sql<{ table: string; updates: string; hot: string }[]>`
    select relid::regclass::text as table, n_tup_upd as updates, n_tup_hot_upd as hot
    from pg_stat_user_tables where schemaname in ('public', 'private') and n_tup_upd >= ${PEOPLE / 2}
    order by n_tup_upd desc`
  return rows.map(({ table, updates, hot }) => ({ table, updates: Number(updates), hot: Number(hot) }))
}

function row(what: string, value: number, unit: string, aim?: string): ResultRow {
  return { what, unit, min: value, median: value, max: value, ...(aim === undefined ? {} : { aim }) }
}
