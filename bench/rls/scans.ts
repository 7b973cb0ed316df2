import { type MeasuredSession, type ResultRow, spread } from '../measure.ts'

/** What the check for secret keys costs on texts that are hardest for it; a whole statement, so a little more than the check. */
export async function scans(
  session: MeasuredSession,
  rounds: number,
  tell: (line: string) => void,
): Promise<ResultRow[]> {
  const texts = [
    ['4 kB of SASA…', 'SA'.repeat(2_048), 'at most 10'],
    ['4 kB of prose without stops', 'ThequickbrownfoxjumpsoverthelazySdog'.repeat(120).slice(0, 4_096), 'at most 10'],
    ['4 kB of prose', 'The quick brown fox jumps over the lazy dog. '.repeat(100).slice(0, 4_096), 'at most 10'],
    ['4 kB with a tab after each letter', 'S\t'.repeat(2_048), 'at most 10'],
    ['16 kB of SASA…', 'SA'.repeat(8_192), 'at most 50'],
    ['16 kB with an invisible character after each letter', 'S\u200b'.repeat(4_096), 'at most 50'],
  ] as const
  const rows: ResultRow[] = []
  for (const [what, text, aim] of texts) {
    const times: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      times.push((await session.cpuOf(() => session.sql`select private.holds_secret_key(${text})`)) / 1e6)
    }
    rows.push({ what: `scan for secret keys, ${what}`, unit: 'ms', ...spread(times), aim })
    tell(`${what}: ${spread(times).median.toFixed(2)} ms`)
  }
  return rows
}
