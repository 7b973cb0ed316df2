import { checkFields, oneOf, optional, type Rule, type Shape } from '../core/check.ts'
import { type CsvDelimiter, type CsvRecord, EMPLOYEE_FILE_LIMITS, readCsv } from './csv.ts'
import { type DecimalSign, readCsvAmount } from './csv-amount.ts'
import { CSV_ENCODINGS, type CsvEncoding, csvError, looksDoubleEncoded } from './csv-text.ts'
import {
  type ColumnMapping,
  columnsOf,
  EMPLOYEE_CSV_COLUMNS,
  type EmployeeCsvColumn,
  findHeader,
  isColumn,
  type ReadColumn,
} from './employee-columns.ts'

export { type ColumnMapping, EMPLOYEE_CSV_COLUMNS, type EmployeeCsvColumn } from './employee-columns.ts'

/**
 * The values of one employee as text. For a new employee, what is empty or absent is not set; the asset defaults to XLM, the status to
 * active. For a known employee, what is absent stays, and what is empty is removed; status and asset stay, because every employee has one.
 */
export type EmployeeRow = { readonly [Column in EmployeeCsvColumn]?: string | undefined }

/** An employee and where it stands in the file. */
export type NumberedEmployeeRow = EmployeeRow & { readonly line: number }

/** What a file of employees needs a person to say. */
export interface CsvOptions {
  /** Which column of the file is what, by its name there; null leaves a column out. */
  readonly columns?: ColumnMapping | undefined
  /** The sign before the decimals of the salaries. Needed only where a salary could be read in two ways, such as `60.000`. */
  readonly decimalSign?: DecimalSign | undefined
  /** Default: whatever makes most columns known. */
  readonly delimiter?: CsvDelimiter | undefined
  /** How the bytes are letters. Default: UTF-16 with a byte order mark, UTF-8 without; what cannot be read so is refused. */
  readonly encoding?: CsvEncoding | undefined
}

/** A row that is not used, with the reason and the cure. */
export interface UnusableRow {
  readonly line: number
  readonly email: string | null
  readonly code: 'wrong_number_of_fields' | 'csv_values_without_column' | 'csv_ambiguous_amounts' | 'csv_cell_failed'
  readonly message: string
  readonly hint: string
}

/** Something about a row that a person should look at before it is written. */
export interface ImportWarning {
  readonly line: number
  readonly code: 'looks_double_encoded' | 'wallet_shared'
  readonly message: string
  readonly hint: string
}

/** What a file of employees holds. */
export interface EmployeeFile {
  readonly rows: NumberedEmployeeRow[]
  /** Rows that could only be guessed at: none of them is used. */
  readonly unusable: UnusableRow[]
  readonly warnings: ImportWarning[]
}

/**
 * The employees of a CSV file with a header: commas, semicolons, tabs or bars, UTF-8, UTF-16 or an encoding that is named, columns in any order and under their usual
 * other names, titles above the header. `first_name`, `last_name` and `email` must be there.
 *
 * @example
 * ```ts
 * import { readEmployeeCsv } from 'payd'
 *
 * const { rows } = readEmployeeCsv('First name;Last name;E-Mail;Salary\nAda;Lovelace;ada@example.com;4.200,50', { decimalSign: ',' })
 * console.log(rows[0]?.line, rows[0]?.salary) // 2 4200.50
 * ```
 *
 * Errors: `csv_empty`, `csv_columns_missing`, `csv_columns_unknown`, `csv_columns_repeated`, `csv_malformed`, `csv_not_utf8`, `csv_not_text`,
 * `csv_too_large`, `csv_too_many_rows`.
 */
export function readEmployeeCsv(file: string | Uint8Array, options: CsvOptions = {}): EmployeeFile {
  const { columns: mapping, decimalSign, delimiter, encoding } = checkFields('the options', options, csvOptions)
  const knownColumns = (record: CsvRecord): number => columnsOf(record, mapping).filter(isColumn).length
  const records = readCsv(file, { ...EMPLOYEE_FILE_LIMITS, delimiter, encoding, knownColumns })
  if (records.length === 0) {
    throw csvError('csv_empty', 'The file is empty.', `Begin it with the header ${EMPLOYEE_CSV_COLUMNS.join(',')}.`)
  }
  const { columns, titles } = findHeader(records, mapping)
  const found: EmployeeFile = { rows: [], unusable: [], warnings: [] }
  for (const record of records.slice(titles + 1)) readRow(record, columns, decimalSign, found)
  return found
}

const csvOptions: Shape<CsvOptions> = {
  columns: { code: 'invalid_argument', says: 'an object of column names', optional: true, accepts: isMapping } as Rule<
    ColumnMapping | undefined
  >,
  decimalSign: optional(oneOf(['.', ','])),
  delimiter: optional(oneOf([',', ';', '\t', '|'])),
  encoding: optional(oneOf(CSV_ENCODINGS)),
}

function isMapping(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).every((column) => column === null || isColumn(column))
}

/** The apostrophe with which PayD's exports mark a text that a spreadsheet would run as a formula. */
const MARK_OF_TEXT = /^'(?=[\p{C}\p{Z}\s]*[=+\-@＝＋－＠﹢﹣﹦﹫−])/u

/** What spreadsheets write for a formula that failed, in whatever language, for a number that did not fit, and for one of which they kept a part. */
const CELL_ERROR = /^#(?:\p{Lu}[\p{Lu}\d_/]*[!?]|N\/[AD]|NV|N\/DISP|#+)$|^\d(?:[.,]\d+)?E\+\d+$/u

/** Adds the record to the rows that are used, or to those that could only be guessed at. */
function readRow(
  record: CsvRecord,
  columns: readonly ReadColumn[],
  decimalSign: DecimalSign | undefined,
  found: EmployeeFile,
): number {
  const { line, fields } = record
  const row: { [Column in EmployeeCsvColumn]?: string } = {}
  for (const [index, column] of columns.entries()) {
    if (isColumn(column)) row[column] = (fields[index] ?? '').replace(MARK_OF_TEXT, '')
  }
  const refuse = (code: UnusableRow['code'], message: string, hint: string): number =>
    // A row with cells in the wrong place has no e-mail that can be trusted.
    found.unusable.push({
      line,
      email: code === 'wrong_number_of_fields' ? null : row.email || null,
      code,
      message,
      hint,
    })

  // A cell that is not there is no empty cell: an empty one takes the value away.
  const named = columns.reduce((last, column, index) => (column === 'without name' ? last : index + 1), 0)
  if (fields.length < named) {
    const message = `The row has ${fields.length} cells and the header ${named}.`
    return refuse(
      'wrong_number_of_fields',
      message,
      'Cells are missing, probably at the end; write an empty cell for what is not known.',
    )
  }
  const stray = fields.findIndex(
    (field, index) => field !== '' && (columns[index] ?? 'without name') === 'without name',
  )
  if (stray !== -1) {
    if (fields.length <= columns.length) {
      const message = `Cell ${stray + 1} has a value and its column no name.`
      return refuse('csv_values_without_column', message, 'Name the column or empty the cell.')
    }
    const message = `The row has ${fields.length} cells and the header ${columns.length}.`
    return refuse('wrong_number_of_fields', message, 'Put quotes around a value that contains the separator.')
  }
  const failed = Object.entries(row).find(([, value]) => CELL_ERROR.test(value))
  if (failed !== undefined) {
    const [column, value] = failed
    const message = `The cell of ${column} holds ${value.slice(0, 20)}, which a spreadsheet wrote in place of its value.`
    return refuse(
      'csv_cell_failed',
      message,
      'Correct the formula or widen the column; a long number, such as a memo, must be a text in the spreadsheet.',
    )
  }
  if (row.salary !== undefined && row.salary !== '') {
    const read = readCsvAmount(row.salary, decimalSign)
    if ('ambiguous' in read) {
      const shown = JSON.stringify(row.salary.slice(0, 40))
      const sign = decimalSign === ',' ? 'comma' : 'point'
      return refuse(
        'csv_ambiguous_amounts',
        decimalSign === undefined
          ? `The salary ${shown} can be read in two ways.`
          : `The salary ${shown} does not fit a decimal ${sign}.`,
        "Write it without separators, such as 60000 or 60.00, or say which sign is before the decimals: decimalSign '.' or ','.",
      )
    }
    row.salary = read.amount
  }
  if (Object.values(row).some(looksDoubleEncoded)) {
    const message = 'The row looks as if its letters had been decoded wrongly, such as "JosÃ©" for "José".'
    found.warnings.push({
      line,
      code: 'looks_double_encoded',
      message,
      hint: 'Export the file again as "CSV UTF-8" if the names are wrong.',
    })
  }
  return found.rows.push({ ...row, line })
}
