import { type CreateOptions, idempotencyKey, type PaydClient, run } from './client.ts'
import { type NumberedEmployeeRow, readEmployeeCsv, type UnevenRecord } from './employee-csv.ts'
import { PaydError, toPaydError } from './errors.ts'
import type { EmployeeId } from './ids.ts'

/** What became of one row. */
export interface ImportRowResult {
  readonly line: number
  readonly outcome: 'imported' | 'updated' | 'unchanged' | 'refused'
  readonly employee_id: EmployeeId | null
  readonly email: string | null
  /** Why the row was refused; null otherwise. Likewise `message` and `hint`. */
  readonly code: string | null
  readonly message: string | null
  readonly hint: string | null
}

/** What became of every row, in the order of their lines. */
export interface ImportReport {
  readonly dryRun: boolean
  readonly rows: ImportRowResult[]
  readonly imported: number
  readonly updated: number
  readonly unchanged: number
  readonly refused: number
}

/** How to import. With an `idempotencyKey`, importing the same rows again answers as the first time and writes nothing. */
export interface ImportOptions extends CreateOptions {
  /** Checks everything and writes nothing. */
  readonly dryRun?: boolean | undefined
}

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
 * Errors: those of `readEmployeeCsv` when the file as a whole cannot be read, `role_too_low`, `idempotency_key_reused`.
 */
export async function importEmployeesCsv(
  client: PaydClient,
  file: string | Uint8Array | Blob,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const content = file instanceof Blob ? new Uint8Array(await file.arrayBuffer()) : file
  const { rows, uneven } = readEmployeeCsv(content)
  return reportOf([...(await importInBatches(client, rows, options)), ...uneven.map(refuseUneven)], options)
}

/** Imports employees given as objects. `line` is what the report calls the row by. Everything else as `importEmployeesCsv`. */
export async function importEmployees(
  client: PaydClient,
  rows: readonly NumberedEmployeeRow[],
  options: ImportOptions = {},
): Promise<ImportReport> {
  return reportOf(await importInBatches(client, rows, options), options)
}

/** Half of what the database takes in a call, so that a slow one stays below its statement timeout. */
const BATCH_SIZE = 500

async function importInBatches(
  client: PaydClient,
  rows: readonly NumberedEmployeeRow[],
  options: ImportOptions,
): Promise<ImportRowResult[]> {
  const results: ImportRowResult[] = []
  const seen = new Set<string>()
  for (let start = 0; start < rows.length; start += BATCH_SIZE) {
    const batch = rows.slice(start, start + BATCH_SIZE)
    // Within a call the database refuses a second row for one address. Across calls it would take it for a change, so
    // an address that an earlier batch held is refused here.
    const repeated = batch.filter((row) => seen.has(addressOf(row)))
    const unreadable = batch.filter((row) => !seen.has(addressOf(row)) && !isText(row))
    const fresh = batch.filter((row) => !seen.has(addressOf(row)) && isText(row))
    results.push(...repeated.map(refuseRepeated), ...unreadable.map(refuseUnreadable))
    for (const row of fresh) seen.add(addressOf(row))
    if (fresh.length > 0) {
      // Each call of a long file is a command of its own.
      const key = `${idempotencyKey(options)} ${start}`
      results.push(...(await importBatch(client, fresh, { ...options, idempotencyKey: key }, rows[start - 1]?.line)))
    }
  }
  return results
}

function addressOf(row: NumberedEmployeeRow): string {
  const address = (row.email ?? '').trim().toLowerCase()
  // Rows without an address have nothing in common; the database refuses each for itself.
  return address === '' ? `line ${row.line}` : address
}

/** PostgreSQL stores neither NUL nor half a surrogate pair, and would refuse the other rows of the call with this one. */
function isText(row: NumberedEmployeeRow): boolean {
  return Object.values(row).every((value) => typeof value !== 'string' || !/\0|\p{Surrogate}/u.test(value))
}

async function importBatch(
  client: PaydClient,
  rows: readonly NumberedEmployeeRow[],
  options: ImportOptions,
  lastLineDone: number | undefined,
): Promise<ImportRowResult[]> {
  const dryRun = options.dryRun ?? false
  try {
    return await run<ImportRowResult[]>(client, {
      name: 'import_employees',
      args: { rows: rows.map((row) => ({ ...row })), dry_run: dryRun, idempotency_key: idempotencyKey(options) },
      single: false,
      repeatable: true,
      action: 'import employees',
      options,
    })
  } catch (error) {
    throw lastLineDone === undefined || dryRun ? error : halfDone(toPaydError(error), lastLineDone)
  }
}

function halfDone(error: PaydError, lastLine: number): PaydError {
  const { kind, code, retryable, sqlState, status } = error
  return new PaydError(`The import stopped after line ${lastLine}: ${error.message}`, {
    ...{ kind, code, retryable, sqlState, status, cause: error },
    hint: `The rows up to line ${lastLine} are done. Import the whole file again: what is there stays as it is.`,
  })
}

function refuseRepeated(row: NumberedEmployeeRow): ImportRowResult {
  return {
    ...{ line: row.line, outcome: 'refused', employee_id: null, email: row.email ?? null },
    code: 'duplicate_email_in_import',
    message: 'An earlier row has the same e-mail address.',
    hint: 'Keep one row for each person.',
  }
}

function refuseUnreadable(row: NumberedEmployeeRow): ImportRowResult {
  return {
    ...{ line: row.line, outcome: 'refused', employee_id: null, email: null },
    code: 'invalid_characters',
    message: 'The row holds characters that are not text.',
    hint: 'Type the values again; the row was probably copied from a damaged file.',
  }
}

function refuseUneven({ line, fieldCount, columnCount }: UnevenRecord): ImportRowResult {
  return {
    ...{ line, outcome: 'refused', employee_id: null, email: null },
    code: 'wrong_number_of_fields',
    message: `The row has ${fieldCount} fields and the header ${columnCount}.`,
    hint: 'Put quotes around a value that contains a comma.',
  }
}

function reportOf(results: ImportRowResult[], options: ImportOptions): ImportReport {
  const rows = results.toSorted((a, b) => a.line - b.line)
  const count = (outcome: ImportRowResult['outcome']): number => rows.filter((row) => row.outcome === outcome).length
  return {
    dryRun: options.dryRun ?? false,
    rows,
    imported: count('imported'),
    updated: count('updated'),
    unchanged: count('unchanged'),
    refused: count('refused'),
  }
}
