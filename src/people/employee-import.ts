import type { PaydClient } from '../core/client.ts'
import type { NumberedEmployeeRow } from './employee-csv.ts'
import type { ImportCsvOptions, ImportOptions, ImportReport } from './import-report.ts'

/**
 * Imports the employees of a CSV file, for managers. A row that is refused says its line, the reason and the cure; all others are
 * written. Employees are recognised by e-mail, so importing a file again changes nothing.
 *
 * @example
 * ```ts
 * import { createClient } from '@supabase/supabase-js'
 * import { importEmployeesCsv } from 'payd'
 *
 * const supabase = createClient('http://127.0.0.1:54321', 'sb_publishable_…')
 * export async function onFile(file: File) {
 *   const report = await importEmployeesCsv(supabase, file, { dryRun: true })
 *   return report.rows.filter((row) => row.outcome === 'refused').map((row) => `Line ${row.line}: ${row.message} ${row.hint}`)
 * }
 * ```
 *
 * Errors: those of `readEmployeeCsv` when the file as a whole cannot be read, `role_too_low`, `idempotency_key_reused`, `answer_incomplete`.
 */
export async function importCsv(
  client: PaydClient,
  file: string | Uint8Array | Blob,
  options: ImportCsvOptions = {},
): Promise<ImportReport> {
  // Few pages of an app import, so the others do not load how.
  const { importFile } = await import('./import-rows.ts')
  return await importFile(client, file, options)
}

/** Imports employees given as objects. `line` is what the report calls the row by. Everything else as `importEmployeesCsv`. */
export async function importRows(
  client: PaydClient,
  rows: readonly NumberedEmployeeRow[],
  options: ImportOptions = {},
): Promise<ImportReport> {
  const { importGiven } = await import('./import-rows.ts')
  return await importGiven(client, rows, options)
}
