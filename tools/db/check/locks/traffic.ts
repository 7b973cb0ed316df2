import { connect, quoteName, type Sql } from '../../lib/database.ts'

/** The longest time that somebody else's statement on a table took, in milliseconds. */
export type Stall = { readonly table: string; readonly readMs: number; readonly writeMs: number }

/** Sessions that read and write a few tables without a break. */
export type Traffic = { stop(): Promise<Stall[]> }

/**
 * Starts one reader and one writer for each table. The writer changes a row to itself and takes it back, with triggers off,
 * so the data stays as it is. Resolves once every session has made its first round, so that a stall cannot be missed.
 */
export async function startTraffic(superuserUrl: string, tables: readonly string[]): Promise<Traffic> {
  let isRunning = true
  const loops = await Promise.all(
    tables.map(async (table) => {
      const [reader, writer] = [connect(superuserUrl), connect(superuserUrl)]
      await writer.unsafe('set session_replication_role = replica')
      const read = await loop(
        () => isRunning,
        () => reader.unsafe(`select * from ${quoteName(table)} limit 1`),
      )
      const write = await loop(
        () => isRunning,
        () => touch(writer, table),
      )
      return { table, read, write, end: () => Promise.all([reader.end({ timeout: 5 }), writer.end({ timeout: 5 })]) }
    }),
  )
  return {
    stop: async () => {
      isRunning = false
      const stalls = await Promise.all(
        loops.map(async ({ table, read, write }) => ({
          table,
          readMs: Math.round(await read.longest),
          writeMs: Math.round(await write.longest),
        })),
      )
      await Promise.all(loops.map(({ end }) => end()))
      return stalls
    },
  }
}

async function loop(goesOn: () => boolean, work: () => Promise<unknown>): Promise<{ longest: Promise<number> }> {
  await work()
  const run = async (): Promise<number> => {
    let longest = 0
    while (goesOn()) {
      const started = performance.now()
      await work()
      longest = Math.max(longest, performance.now() - started)
    }
    return longest
  }
  return { longest: run() }
}

async function touch(sql: Sql, table: string): Promise<void> {
  const [row] = await sql.unsafe<{ place: string; column: string }[]>(
    `select ctid::text as place, (select attname from pg_attribute where attrelid = '${quoteName(table)}'::regclass and attnum > 0
       and not attisdropped and attgenerated = '' and attidentity = '' limit 1) as column from ${quoteName(table)} limit 1`,
  )
  if (!row) return
  const column = quoteName(row.column)
  await sql
    .unsafe(`begin; update ${quoteName(table)} set ${column} = ${column} where ctid = '${row.place}'; rollback`)
    .simple()
}
