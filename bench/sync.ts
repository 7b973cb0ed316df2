import type { Benchmark, ResultRow } from './measure.ts'
import { historyRows } from './sync/history.ts'
import { idleRows } from './sync/idle.ts'
import { streamRows } from './sync/streams.ts'
import { walletRows } from './sync/wallets.ts'

/** What it costs to know the ledger: requests, rows, an hour in which nothing happens, and what a stream would give. */
export const sync: Benchmark = async (tell) => {
  const rows: ResultRow[] = []
  for (const part of [walletRows, historyRows, idleRows, streamRows]) {
    for (const row of await part()) {
      rows.push(row)
      tell(`${row.what}: ${row.median} ${row.unit}`)
    }
  }
  return {
    title: 'Reading the ledger',
    method:
      'Wallets are read by the worker itself on a clock that the benchmark moves, through a provider that allows one request a second and a hundred at once, of which a fifth is left to payments; the worker is rung every five seconds. Histories are pages of 200 transactions that the database takes as it always does, told as the worker tells them, against COPY of the same rows (transactions, movements and events) into tables with the same columns, constraints, foreign keys and indexes and without triggers, by processor time of the session. The idle hour is 720 rings, for each of which the stored times move five seconds back. A stream and a page each second read the same account of a sandbox whose ledgers close every second.',
    remarks:
      'Through RPC an employee who is paid in XLM costs two entries of the 200 of a request, one who is paid in an issued asset three; a worker reads the network of the server once a minute besides. Every page of history pays for the audit of numbers, the sums of the day, the match with planned payments and the checks of every field, which COPY does not.',
    rows,
  }
}
