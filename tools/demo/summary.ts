import { formatAmount } from '../../src/index.ts'
import type { DemoResult } from './run.ts'

/** The result for programs: one line of JSON without a line break. Amounts are sums over all assets, in units. */
export function formatSummary(result: DemoResult, seconds: { readonly stack: number; readonly total: number }): string {
  const { report, runs, webhooks, books } = result
  const sum = (amounts: readonly bigint[]): string =>
    formatAmount(amounts.reduce((total, amount) => total + amount, 0n))
  return JSON.stringify({
    employees: report.rows.length,
    imported: report.imported + report.updated + report.unchanged,
    refused: report.rows.filter((row) => row.outcome === 'refused').map(({ line, code }) => ({ line, code })),
    paid: runs.reduce((total, run) => total + run.paidEmployees, 0),
    failed: runs.flatMap((run) => run.unpaid.map(({ email, code }) => ({ employee: email, code }))),
    transactions: runs.reduce((total, run) => total + run.transactions.applied, 0),
    webhooks: { delivered: webhooks.delivered, verified: webhooks.verified },
    books: {
      items: sum(books.assets.map((asset) => asset.items)),
      ledger: sum(books.assets.map((asset) => asset.ledger)),
      equal: books.differences.length === 0,
    },
    seconds: {
      stack: round(seconds.stack),
      import: round(result.seconds.import),
      payroll: round(result.seconds.payroll),
      total: round(seconds.total),
    },
  })
}

function round(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000
}
