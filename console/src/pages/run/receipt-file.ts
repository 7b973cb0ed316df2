import type { PayrollRun, StatementLine } from 'payd'
import { csvOf } from '../../files/csv.ts'

/** The payments of a run as a program reads them: each can be looked up by its transaction and operation. */
export function receiptJson(run: PayrollRun, lines: readonly StatementLine[], network: string | undefined): string {
  const { id, batch_id, period_start, period_end, asset_code, asset_issuer, source_account } = run
  const payments = lines.map((line) => ({
    employee_id: line.employee_id,
    employee: line.employee,
    destination: line.destination,
    amount: line.amount,
    asset_code: line.asset_code,
    asset_issuer: line.asset_issuer,
    transaction_hash: line.tx_hash,
    // Stellar counts the operations of a transaction from one; the position in its list begins with zero.
    operation_index: line.operation_index,
    ledger: line.ledger,
    closed_at: line.closed_at,
    source_account: line.source_account,
    memo: line.memo,
  }))
  const head = {
    payroll_run_id: id,
    batch_id,
    period_start,
    period_end,
    asset_code,
    asset_issuer,
    source_account,
    network,
  }
  return `${JSON.stringify({ ...head, payments }, null, 2)}\n`
}

const COLUMNS = [
  'employee_id',
  'employee',
  'destination',
  'amount',
  'asset_code',
  'asset_issuer',
  'tx_hash',
  'operation_index',
  'ledger',
  'closed_at',
  'source_account',
  'memo',
] as const satisfies readonly (keyof StatementLine)[]

/** The payments of a run for a spreadsheet. */
export function receiptCsv(lines: readonly StatementLine[]): string {
  return csvOf(
    COLUMNS,
    lines.map((line) => COLUMNS.map((column) => line[column])),
  )
}
