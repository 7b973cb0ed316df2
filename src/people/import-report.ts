import type { CreateOptions } from '../core/client.ts'
import type { PaydErrorCode } from '../core/error-codes.ts'
import type { EmployeeId } from '../core/ids.ts'
import type { CsvOptions, ImportWarning } from './employee-csv.ts'

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
