import type { Call } from './call.ts'
import type { Query } from './client.ts'
import { send } from './send.ts'

/** How many rows the data API of a project answers at least, whatever its `max_rows` is; fewer than this many are all there are. */
const FEWEST_MAX_ROWS = 100
const ROWS_AT_ONCE = 1_000

/**
 * All rows that a function answers. The data API cuts every answer at its `max_rows` and does not say so, so the rows after those that came
 * are asked for until none come, or until there are as many as were wanted.
 */
export async function sendAll<Row>(
  ask: () => Query,
  order: readonly string[],
  call: Call,
  most: number = Number.POSITIVE_INFINITY,
): Promise<Row[]> {
  const rows: Row[] = []
  for (;;) {
    let request = ask()
    for (const column of order) request = request.order(column, { ascending: true })
    const wanted = Math.min(ROWS_AT_ONCE, most - rows.length)
    const page = await send<Row[]>(request.range(rows.length, rows.length + wanted - 1), call)
    rows.push(...page)
    if (page.length < Math.min(FEWEST_MAX_ROWS, wanted) || rows.length >= most) return rows
  }
}
