import { type CsvRecord, csvError, readCsv } from './csv.ts'

/** The columns of a file of employees. */
export const EMPLOYEE_CSV_COLUMNS = [
  'first_name',
  'last_name',
  'email',
  'position',
  'department',
  'status',
  'salary',
  'asset_code',
  'asset_issuer',
  'wallet_address',
] as const

/** A column of a file of employees. */
export type EmployeeCsvColumn = (typeof EMPLOYEE_CSV_COLUMNS)[number]

const REQUIRED_COLUMNS: readonly EmployeeCsvColumn[] = ['first_name', 'last_name', 'email']

/**
 * The values of one employee as text. For a new employee, what is empty or absent is not set; the asset defaults to XLM, the status to
 * active. For one who is there, what is absent stays; what is empty is taken away, but status and asset, which nobody is without, stay.
 */
export type EmployeeRow = { readonly [Column in EmployeeCsvColumn]?: string | undefined }

/** An employee and where it stands in the file. */
export type NumberedEmployeeRow = EmployeeRow & { readonly line: number }

/** A record with more or fewer fields than the header: its values cannot be told apart, so none of them is used. */
export interface UnevenRecord {
  readonly line: number
  readonly fieldCount: number
  readonly columnCount: number
}

/** What a file of employees holds. */
export interface EmployeeFile {
  readonly rows: NumberedEmployeeRow[]
  readonly uneven: UnevenRecord[]
}

/** 100,000 employees with every column filled take about 25 MB. */
const LIMITS = { maxBytes: 32 * 1024 * 1024, maxRecords: 100_001 }

/**
 * The employees of a CSV file with a header. Columns may stand in any order; `first_name`, `last_name` and `email` must be there.
 *
 * @example
 * ```ts
 * import { readEmployeeCsv } from 'payd'
 *
 * const { rows } = readEmployeeCsv('first_name,last_name,email,salary\nAda,Lovelace,ada@example.com,4200.50')
 * console.log(rows[0]?.line, rows[0]?.salary) // 2 4200.50
 * ```
 *
 * Errors: `csv_empty`, `csv_not_comma_separated`, `csv_columns_missing`, `csv_columns_unknown`, `csv_columns_repeated`, and those of `readCsv`.
 */
export function readEmployeeCsv(file: string | Uint8Array): EmployeeFile {
  const [header, ...records] = readCsv(file, LIMITS)
  if (header === undefined)
    throw csvError('csv_empty', 'The file is empty.', `Begin it with the header ${headerText()}.`)
  const columns = readHeader(header)
  const rows: NumberedEmployeeRow[] = []
  const uneven: UnevenRecord[] = []
  for (const { line, fields } of records) {
    if (fields.length === columns.length) {
      rows.push({ ...Object.fromEntries(columns.map((column, index) => [column, fields[index]])), line })
    } else {
      uneven.push({ line, fieldCount: fields.length, columnCount: columns.length })
    }
  }
  return { rows, uneven }
}

function readHeader(header: CsvRecord): EmployeeCsvColumn[] {
  const names = header.fields.map((field) => field.toLowerCase().replace(/[\s-]+/g, '_'))
  if (names.length === 1 && /[;\t]/.test(header.fields[0] ?? '')) {
    throw csvError(
      'csv_not_comma_separated',
      'The columns are not separated by commas.',
      'Save the file as comma-separated CSV.',
    )
  }
  const missing = REQUIRED_COLUMNS.filter((column) => !names.includes(column))
  if (missing.length > 0) {
    throw csvError(
      'csv_columns_missing',
      `The header on line ${header.line} lacks ${list(missing)}.`,
      `Name the columns ${headerText()}.`,
    )
  }
  const unknown = names.filter((name) => !isColumn(name))
  if (unknown.length > 0) {
    const hint = `Remove or rename them; PayD reads ${headerText()}.`
    throw csvError(
      'csv_columns_unknown',
      `The header on line ${header.line} has unknown columns: ${list(unknown)}.`,
      hint,
    )
  }
  const repeated = names.filter((name, index) => names.indexOf(name) !== index)
  if (repeated.length > 0) {
    throw csvError(
      'csv_columns_repeated',
      `The header on line ${header.line} repeats ${list(repeated)}.`,
      'Keep each column once.',
    )
  }
  return names.filter(isColumn)
}

function isColumn(name: string): name is EmployeeCsvColumn {
  return (EMPLOYEE_CSV_COLUMNS as readonly string[]).includes(name)
}

function list(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name.slice(0, 60))).join(', ')
}

function headerText(): string {
  return EMPLOYEE_CSV_COLUMNS.join(',')
}
