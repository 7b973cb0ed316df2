import { readFile } from 'node:fs/promises'
import type { Sql } from 'postgres'

/** Runs and says what it found. */
export type Benchmark = (tell: (line: string) => void) => Promise<BenchmarkResult>

export interface BenchmarkResult {
  readonly title: string
  /** What is compared with what, and how it was measured. */
  readonly method: string
  readonly rows: readonly ResultRow[]
  /** Why an aim is missed, and what the numbers do not say. */
  readonly remarks?: string
}

export interface ResultRow {
  readonly what: string
  readonly unit: string
  readonly min: number
  readonly median: number
  readonly max: number
  /** The medians behind a ratio, in words. */
  readonly detail?: string
  /** What was aimed for, in words; absent where nothing was promised. */
  readonly aim?: string
}

/** The spread of repeated measurements. */
export function spread(values: readonly number[]): { min: number; median: number; max: number } {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { min: at(0), median: at(0.5), max: sorted.at(-1) ?? Number.NaN }
}

/** A session whose backend's processor time can be read: it is not disturbed by whatever else the machine does. */
export interface MeasuredSession {
  readonly sql: Sql
  /** Nanoseconds of processor time that the backend spends on the work. */
  readonly cpuOf: (work: () => Promise<unknown>) => Promise<number>
}

export async function measuredSession(sql: Sql): Promise<MeasuredSession> {
  const [row] = await sql`select pg_backend_pid() as pid`
  const file = `/proc/${row?.pid}/schedstat`
  const spent = async (): Promise<number> => Number((await readFile(file, 'utf8')).split(' ')[0])
  return {
    sql,
    cpuOf: async (work) => {
      const before = await spent()
      await work()
      return (await spent()) - before
    },
  }
}

/** Two ways to do the same. */
export interface Pair {
  readonly what: string
  readonly ours: () => Promise<unknown>
  readonly limit: () => Promise<unknown>
  readonly aim?: string
}

/** The ratio of processor time ours / limit, both in turn in every round, the order alternating. */
export async function compare(
  session: MeasuredSession,
  pair: Pair,
  { rounds, repeats }: { rounds: number; repeats: number },
): Promise<ResultRow> {
  const many = (work: () => Promise<unknown>) => async (): Promise<void> => {
    for (let repeat = 0; repeat < repeats; repeat++) await work()
  }
  await many(pair.ours)()
  await many(pair.limit)()
  const ratios: number[] = []
  const ours: number[] = []
  const limit: number[] = []
  for (let round = 0; round < rounds; round++) {
    const first = round % 2 === 0 ? pair.ours : pair.limit
    const second = round % 2 === 0 ? pair.limit : pair.ours
    const a = await session.cpuOf(many(first))
    const b = await session.cpuOf(many(second))
    const [left, right] = round % 2 === 0 ? [a, b] : [b, a]
    ratios.push(left / right)
    ours.push(left)
    limit.push(right)
  }
  const micros = (values: readonly number[]): string => (spread(values).median / repeats / 1_000).toFixed(0)
  const detail = `${micros(ours)} µs over ${micros(limit)} µs`
  const aim = pair.aim === undefined ? {} : { aim: pair.aim }
  return { what: pair.what, unit: '×', ...spread(ratios), detail, ...aim }
}
