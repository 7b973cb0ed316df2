import type { CreateOptions, PaydClient } from '../core/client.ts'
import { call, idempotencyKey } from '../core/command.ts'
import { PaydError } from '../core/error.ts'
import type { PaydErrorCode } from '../core/error-codes.ts'
import { toPaydError } from '../core/explain.ts'
import type { EmployeeId } from '../core/ids.ts'
import { send } from '../core/send.ts'
import {
  type CsvOptions,
  type ImportWarning,
  type NumberedEmployeeRow,
  readEmployeeCsv,
  type UnusableRow,
} from './employee-csv.ts'

/** What became of one row. */
export interface ImportRowResult {
  readonly line: number
  readonly outcome: 'imported' | 'updated' | 'unchanged' | 'refused'
  readonly employee_id: EmployeeId | null
  readonly email: string | null
  /** Why the row was refused; null otherwise. Likewise `message` and `hint`. */
  readonly code: PaydErrorCode | null
  readonly message: string | null
  readonly hint: string | null
  /** Every value that the row changes or takes away; null where nothing changes, and when an import is repeated. */
  readonly changes?: { readonly [field: string]: { readonly from: string | null; readonly to: string | null } } | null
  /** What a person should look at: `wallet_removed`, `wallet_shared` (with `employee_ids` and `in_file`), `looks_decoded_twice`. */
  readonly warnings?: readonly {
    readonly code: string
    readonly employee_ids?: readonly number[]
    readonly in_file?: boolean
  }[]
}

/** What became of every row, in the order of their lines. */
export interface ImportReport {
  readonly dryRun: boolean
  readonly rows: ImportRowResult[]
  readonly imported: number
  readonly updated: number
  readonly unchanged: number
  readonly refused: number
  /** What a person should look at, in the order of their lines; these rows are written all the same. */
  readonly warnings: ImportWarning[]
}

/** How to import rows. With an `idempotencyKey`, importing the same rows again answers as the first time and writes nothing. */
export interface ImportOptions extends CreateOptions {
  /** Checks everything and writes nothing. */
  readonly dryRun?: boolean | undefined
}

/** How to import a file. */
export interface ImportCsvOptions extends ImportOptions, CsvOptions {}

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
  const { columns, decimalSign, delimiter, ...rest } = options
  const content = typeof file === 'object' && 'arrayBuffer' in file ? new Uint8Array(await file.arrayBuffer()) : file
  const { rows, unusable, warnings } = readEmployeeCsv(content, { columns, decimalSign, delimiter })
  const results = await importInBatches(client, rows, rest)
  return reportOf([...results, ...unusable.map(refuseUnusable)], [...warnings, ...sharedWallets(rows)], rest)
}

/** Imports employees given as objects. `line` is what the report calls the row by. Everything else as `importEmployeesCsv`. */
export async function importRows(
  client: PaydClient,
  rows: readonly NumberedEmployeeRow[],
  options: ImportOptions = {},
): Promise<ImportReport> {
  return reportOf(await importInBatches(client, rows, options), sharedWallets(rows), options)
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
  const importKey = idempotencyKey(options)
  for (let start = 0; start < rows.length; start += BATCH_SIZE) {
    const fresh: NumberedEmployeeRow[] = []
    for (const row of rows.slice(start, start + BATCH_SIZE)) {
      // Within a call the database refuses a second row for one address. Across calls it would take it for a change, so
      // an address that an earlier batch held is refused here.
      const refused = seen.has(addressOf(row)) ? REPEATED : isText(row) ? undefined : UNREADABLE
      if (refused === undefined) fresh.push(row)
      else results.push({ line: row.line, outcome: 'refused', employee_id: null, email: null, ...refused })
    }
    for (const row of fresh) seen.add(addressOf(row))
    if (fresh.length === 0) continue
    try {
      // Each call of a long file is a command of its own.
      results.push(...(await importBatch(client, fresh, { ...options, idempotencyKey: `${importKey} ${start}` })))
    } catch (error) {
      const lastLine = rows[start - 1]?.line
      throw lastLine === undefined || options.dryRun === true ? error : halfDone(toPaydError(error), lastLine)
    }
  }
  return results
}

/**
 * One call. The data API may be set to answer fewer rows than a call has: then it is asked for the others with the same key, which
 * writes nothing again.
 */
async function importBatch(
  client: PaydClient,
  rows: readonly NumberedEmployeeRow[],
  options: ImportOptions,
): Promise<ImportRowResult[]> {
  const args = {
    rows: rows.map((row) => ({ ...row })),
    dry_run: options.dryRun ?? false,
    idempotency_key: options.idempotencyKey,
  }
  const about = { action: 'import employees', options }
  const results = await send<ImportRowResult[]>(call(client, 'import_employees', args), about)
  while (results.length < rows.length) {
    const rest = call(client, 'import_employees', args).range(results.length, rows.length - 1)
    const more = await send<ImportRowResult[]>(rest, about)
    if (more.length === 0) {
      throw new PaydError(`Of ${rows.length} rows that were sent only ${results.length} were answered.`, {
        kind: 'unexpected',
        code: 'answer_incomplete',
        hint: 'Import the whole file again: what is there stays as it is.',
      })
    }
    results.push(...more)
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

/** Two people with one wallet are probably one person under an old and a new address, who would be paid twice. */
function sharedWallets(rows: readonly NumberedEmployeeRow[]): ImportWarning[] {
  const first = new Map<string, number>()
  return rows.flatMap(({ line, wallet_address: wallet }) => {
    const address = wallet?.trim()
    if (!address) return []
    const earlier = first.get(address)
    if (earlier === undefined) first.set(address, line)
    if (earlier === undefined) return []
    const message = `The row has the same wallet as line ${earlier}.`
    const hint = 'If both are one person under two e-mail addresses, keep one row: both would be paid.'
    return [{ line, code: 'wallet_shared' as const, message, hint }]
  })
}

function halfDone(error: PaydError, lastLine: number): PaydError {
  const { kind, code, retryable, retryAfter, requestId, sqlState, status } = error
  return new PaydError(`The import stopped after line ${lastLine}: ${error.message}`, {
    ...{ kind, code, retryable, retryAfter, requestId, sqlState, status, cause: error },
    hint: `The rows up to line ${lastLine} are done. Import the whole file again: what is there stays as it is.`,
  })
}

const REPEATED = {
  code: 'duplicate_email_in_import',
  message: 'An earlier row has the same e-mail address.',
  hint: 'Keep one row for each person.',
} as const

const UNREADABLE = {
  code: 'invalid_characters',
  message: 'The row holds characters that are not text.',
  hint: 'Type the values again; the row was probably copied from a damaged file.',
} as const

function refuseUnusable(row: UnusableRow): ImportRowResult {
  return { ...row, outcome: 'refused', employee_id: null }
}

function reportOf(
  results: readonly ImportRowResult[],
  warnings: readonly ImportWarning[],
  options: ImportOptions,
): ImportReport {
  const rows = [...results].sort((a, b) => a.line - b.line)
  const number = (outcome: ImportRowResult['outcome']): number => rows.filter((row) => row.outcome === outcome).length
  return {
    dryRun: options.dryRun ?? false,
    rows,
    imported: number('imported'),
    updated: number('updated'),
    unchanged: number('unchanged'),
    refused: number('refused'),
    warnings: [...warnings].sort((a, b) => a.line - b.line),
  }
}
