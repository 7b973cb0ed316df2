import type { PaydClient } from '../core/client.ts'
import { call, idempotencyKey } from '../core/command.ts'
import { PaydError, refusal } from '../core/error.ts'
import { toPaydError } from '../core/explain.ts'
import { send } from '../core/send.ts'
import { type ImportWarning, type NumberedEmployeeRow, readEmployeeCsv, type UnusableRow } from './employee-csv.ts'
import type { ImportCsvOptions, ImportOptions, ImportReport, ImportRowResult } from './import-report.ts'

/** Reads the file and imports its rows. */
export async function importFile(
  client: PaydClient,
  file: string | Uint8Array | Blob,
  options: ImportCsvOptions,
): Promise<ImportReport> {
  const { columns, decimalSign, delimiter, encoding, ...rest } = options ?? {}
  const content = await contentOf(file)
  const { rows, unusable, warnings } = readEmployeeCsv(content, { columns, decimalSign, delimiter, encoding })
  const results = await importInBatches(client, rows, rest)
  return reportOf([...results, ...unusable.map(refuseUnusable)], [...warnings, ...sharedWallets(rows)], rest)
}

/** Imports the rows. */
export async function importGiven(
  client: PaydClient,
  rows: readonly NumberedEmployeeRow[],
  options: ImportOptions,
): Promise<ImportReport> {
  if (!Array.isArray(rows) || !rows.every((row) => typeof row === 'object' && row !== null)) {
    throw refusal(
      'invalid_argument',
      'The rows are no list of objects.',
      'Pass what readEmployeeCsv gave, or such rows.',
      'rows',
    )
  }
  return reportOf(await importInBatches(client, rows, options ?? {}), sharedWallets(rows), options ?? {})
}

async function contentOf(file: unknown): Promise<string | Uint8Array> {
  if (typeof file === 'string' || file instanceof Uint8Array) return file
  const { arrayBuffer } = Object(file) as Partial<Blob>
  if (typeof arrayBuffer === 'function') return new Uint8Array(await arrayBuffer.call(file))
  throw refusal(
    'invalid_argument',
    'There is no file.',
    'Pass its text, its bytes, or the File that a person chose.',
    'file',
  )
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
      const refused = unusable(row) ?? (seen.has(addressOf(row)) ? REPEATED : undefined)
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

/**
 * Why a row is not sent. PostgreSQL stores neither NUL nor half a surrogate pair, and would refuse the other rows of the call with this
 * one. A salary that is a number may have lost decimals before it came here.
 */
function unusable({ line: _, ...row }: NumberedEmployeeRow) {
  for (const [name, value] of Object.entries<unknown>(row)) {
    if (typeof value !== 'string' && value !== null && value !== undefined) {
      const code = name === 'salary' ? 'invalid_amount' : 'invalid_argument'
      return {
        code,
        message: `The value of ${name.slice(0, 60)} is no text.`,
        hint: 'Write it as text, such as "4200.50".',
      } as const
    }
    if (/\0|\p{Surrogate}/u.test(value ?? '')) return UNREADABLE
  }
  return undefined
}

/** Two people with one wallet and memo are probably one person under an old and a new address, who would be paid twice. */
function sharedWallets(rows: readonly NumberedEmployeeRow[]): ImportWarning[] {
  const first = new Map<string, number>()
  return rows.flatMap((row) => {
    const { line, wallet_address: wallet, memo } = row
    if (!wallet || unusable(row) !== undefined || !wallet.trim()) return []
    const address = `${wallet.trim()} ${memo?.trim() ?? ''}`
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
