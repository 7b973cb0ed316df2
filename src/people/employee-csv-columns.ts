import { EMPLOYEE_FILE_LIMITS, readCsv } from './csv.ts'
import { columnsOf, type EmployeeCsvColumn, isColumn, MOST_TITLES } from './employee-columns.ts'
import type { CsvOptions } from './employee-csv.ts'

/** A column of a file as it stands there, for a person who says what it is. */
export interface EmployeeCsvHeading {
  /** Its name in the file. */
  readonly name: string
  /** What the name usually means; undefined where that is not known. */
  readonly column: EmployeeCsvColumn | undefined
  /** The first values below it. */
  readonly samples: readonly string[]
}

const SAMPLES = 3

/**
 * The columns of a CSV file of employees with what each probably is, also where `readEmployeeCsv` would refuse its header: an app asks a person and
 * passes the answer as `columns`.
 *
 * @example
 * ```ts
 * import { readEmployeeCsvColumns } from 'payd'
 *
 * const columns = readEmployeeCsvColumns('Vorname;Nachname;Mail;Shoe size\nAda;Lovelace;ada@example.com;38')
 * console.log(columns.map(({ name, column }) => `${name}: ${column ?? 'unknown'}`))
 * ```
 *
 * Errors: `csv_malformed`, `csv_not_utf8`, `csv_not_text`, `csv_too_large`, `csv_too_many_rows`.
 */
export function readEmployeeCsvColumns(
  file: string | Uint8Array,
  options: Pick<CsvOptions, 'columns' | 'delimiter' | 'encoding'> = {},
): EmployeeCsvHeading[] {
  const records = readCsv(file, {
    ...EMPLOYEE_FILE_LIMITS,
    delimiter: options.delimiter,
    encoding: options.encoding,
    knownColumns: (record) => columnsOf(record, options.columns).filter(isColumn).length,
  })
  const known = records
    .slice(0, MOST_TITLES + 1)
    .map((record) => columnsOf(record, options.columns).filter(isColumn).length)
  const at = known.indexOf(Math.max(0, ...known))
  const below = records.slice(at + 1, at + 1 + SAMPLES)
  const header = records[at]
  if (header === undefined) return []
  return columnsOf(header, options.columns).map((column, index) => ({
    name: header.fields[index] ?? '',
    column: isColumn(column) ? column : undefined,
    samples: below.flatMap(({ fields }) => fields[index] ?? []).filter((value) => value !== ''),
  }))
}
