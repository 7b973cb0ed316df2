import { type ImportReport, isAmount, parseAmount, readEmployeeCsv } from '../../src/index.ts'
import type { Need } from './treasury.ts'

/** What paying everybody in the file once would take, by asset, in the order of the file. */
export function needsOf(csv: string | Uint8Array, report?: ImportReport): Need[] {
  const refused = new Set(report?.rows.filter((row) => row.outcome === 'refused').map((row) => row.line))
  const needs = new Map<string, Need>()
  for (const row of readEmployeeCsv(csv).rows) {
    if (refused.has(row.line) || !isAmount(row.salary)) continue
    const { asset_issuer = '' } = row
    const asset_code = row.asset_code || 'XLM'
    const earlier = needs.get(`${asset_code}:${asset_issuer}`)?.stroops ?? 0n
    needs.set(`${asset_code}:${asset_issuer}`, { asset_code, asset_issuer, stroops: earlier + parseAmount(row.salary) })
  }
  return [...needs.values()]
}

/** The names in the file, by line. */
export function namesOf(csv: string | Uint8Array): Map<number, string> {
  return new Map(readEmployeeCsv(csv).rows.map((row) => [row.line, `${row.first_name} ${row.last_name}`]))
}
