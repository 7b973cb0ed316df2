import { styleText } from 'node:util'
import type { RunOutcome } from './outcome.ts'
import type { DemoResult } from './run.ts'
import { formatRanges, formatStroops, formatTable, wrap } from './table.ts'

/**
 * Whether the demo proved what it promises: people paid, each unpaid person explained by their own wallet, equal books, and
 * every webhook delivered and genuine.
 */
export function isProven({ runs, books, webhooks }: DemoResult): boolean {
  const { expected, delivered, verified } = webhooks
  if (!runs.some((run) => run.paidEmployees > 0)) return false
  if (runs.some(({ run }) => run.status !== 'completed' && run.failure_code !== 'items_not_paid')) return false
  return books.differences.length === 0 && verified === delivered && delivered >= expected
}

/** The receipt as a person reads it, in lines that end with a line break. */
export function formatReceipt(result: DemoResult, stream: NodeJS.WriteStream): string {
  const bold = (text: string): string => styleText('bold', text, { stream })
  const sections = [
    [bold(`Payroll of ${result.month.name} · ${result.organization}`)],
    paidTable(result.runs),
    labelled('Not paid', sayUnpaid(result)),
    labelled('Refused', sayRefused(result)),
    labelled('Webhooks', sayWebhooks(result, stream)),
    labelled('Books', sayBooks(result, stream)),
  ]
  const lines = sections.filter((section) => section.length > 0).flatMap((section) => ['', ...section])
  return `${lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n')}\n\n`
}

function paidTable(runs: readonly RunOutcome[]): string[] {
  return formatTable(
    [
      { title: 'Asset', align: 'left' },
      { title: 'People paid', align: 'right' },
      { title: 'Amount', align: 'right' },
      { title: 'Not paid', align: 'right' },
      { title: 'Transactions', align: 'right' },
      { title: 'Ledgers', align: 'left' },
    ],
    runs.map(({ run, paidEmployees, paidAmount, unpaid, transactions, ledgers }) => [
      run.asset_code,
      String(paidEmployees),
      formatStroops(paidAmount),
      String(unpaid.length),
      transactions.failed === 0 ? `${transactions.applied}` : `${transactions.applied} + ${transactions.failed} failed`,
      formatRanges(ledgers),
    ]),
  )
}

/** The most unpaid people to name in the receipt; the rows of the run name all of them. */
const MOST_NAMED = 10

function sayUnpaid({ runs, names }: DemoResult): string[] {
  const unpaid = runs.flatMap((outcome) => outcome.unpaid)
  return nameSome(unpaid, ({ line, email, code, reason }) => ({ who: names.get(line) ?? email, line, code, reason }))
}

function sayRefused({ report, names }: DemoResult): string[] {
  const refused = report.rows.filter((row) => row.outcome === 'refused')
  return nameSome(refused, ({ line, code, message, hint }) => ({
    who: names.get(line) ?? 'Somebody',
    line,
    code: code ?? 'refused',
    reason: `${message} ${hint}`,
  }))
}

interface Case {
  readonly who: string
  readonly line: number
  readonly code: string
  readonly reason: string
}

function nameSome<Item>(items: readonly Item[], describe: (item: Item) => Case): string[] {
  const named = items.slice(0, MOST_NAMED).flatMap((item) => {
    const { who, line, code, reason } = describe(item)
    return [`${who} (line ${line}): ${code}`, ...wrap(reason, TEXT_WIDTH - 2).map((text) => `  ${text}`)]
  })
  return items.length > MOST_NAMED ? [...named, `and ${items.length - MOST_NAMED} more`] : named
}

function sayWebhooks({ webhooks }: DemoResult, stream: NodeJS.WriteStream): string[] {
  const { expected, delivered, verified, complaints } = webhooks
  const isGood = verified === delivered && delivered >= expected
  return [
    mark(isGood, `${delivered} of ${expected} events delivered, ${verified} signatures verified`, stream),
    ...complaints.slice(0, MOST_NAMED),
  ]
}

function sayBooks({ books }: DemoResult, stream: NodeJS.WriteStream): string[] {
  const isEqual = books.differences.length === 0
  const verdict = isEqual
    ? 'PayD and the ledger agree to the last stroop, over all months'
    : 'PayD and the ledger do not agree'
  const rows = books.assets.map(({ asset, payments, items, ledger }) => [
    asset.split(':')[0] ?? asset,
    String(payments),
    formatStroops(items),
    formatStroops(ledger),
  ])
  const table = formatTable(
    [
      { title: 'Asset', align: 'left' },
      { title: 'Payments', align: 'right' },
      { title: 'PayD says', align: 'right' },
      { title: 'The ledger says', align: 'right' },
    ],
    rows,
  )
  return [
    mark(isEqual, verdict, stream),
    ...books.differences.slice(0, MOST_NAMED),
    ...table,
    ...(isEqual ? [`Nothing else left the treasury but ${formatStroops(books.fees)} XLM of fees.`] : []),
  ]
}

function mark(isGood: boolean, text: string, stream: NodeJS.WriteStream): string {
  return isGood ? `${styleText('green', '✓', { stream })} ${text}` : `${styleText('red', '✗', { stream })} ${text}`
}

const LABEL_WIDTH = 12
const TEXT_WIDTH = 84

/** Lines beside a label; nothing when there is nothing to say. */
function labelled(label: string, lines: readonly string[]): string[] {
  return lines.map((line, place) => `${(place === 0 ? label : '').padEnd(LABEL_WIDTH)}${line}`)
}
