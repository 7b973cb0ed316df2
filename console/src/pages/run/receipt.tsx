import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { type PayrollRun, parsePayrollRunId, type StatementLine, sumAmounts } from 'payd'
import { useState } from 'react'
import { transactionAddress } from '../../app/config.ts'
import { useConsole } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { useAsk } from '../../app/use-ask.ts'
import { download } from '../../files/download.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Money } from '../../ui/money.tsx'
import { Facts, Page } from '../../ui/page.tsx'
import { receiptCsv, receiptJson } from './receipt-file.ts'
import { nameOfRun } from './run-name.ts'

/** Every payment of a run as the ledger has it, to print, to export and to look up. */
export function ReceiptPage() {
  const { payd, queries } = useDesk()
  const { run: text } = useParams({ strict: false })
  const id = parsePayrollRunId(text ?? '')
  const run = useQuery(queries.payrollRuns.get(id))
  const lines = useAsk('statements', 'ofRun', [id], ({ signal }) =>
    Array.fromAsync(payd.statements.iterate({ payroll_run_id: id }, { signal, limit: 200 })),
  )
  return (
    <Answer of={run}>
      {(found) => <Answer of={lines}>{(payments) => <Receipt lines={payments} run={found} />}</Answer>}
    </Answer>
  )
}

const FIRST = 200

function Receipt({ run, lines }: { readonly run: PayrollRun; readonly lines: readonly StatementLine[] }) {
  const { messages: t, config } = useConsole()
  const format = useFormat()
  const { organization } = useDesk()
  const [isAll, setIsAll] = useState(lines.length <= FIRST)
  const params = { organization: String(organization.organization_id), run: String(run.id) }
  const name = `payroll-${run.period_end}-${run.asset_code}`
  const print = () => {
    setIsAll(true)
    // The rows must stand on the page before it is printed.
    setTimeout(() => window.print())
  }
  return (
    <Page
      about={t.run.receiptAbout}
      above={
        <Link className="link no-print text-sm" params={params} to="/o/$organization/runs/$run">
          {nameOfRun(run, format)}
        </Link>
      }
      actions={
        lines.length > 0 && (
          <>
            <Action icon="printer" onClick={print}>
              {t.common.print}
            </Action>
            <Action icon="download" onClick={() => download(`${name}.csv`, 'text/csv', receiptCsv(lines))}>
              {t.common.downloadCsv}
            </Action>
            <Action
              icon="download"
              onClick={() => download(`${name}.json`, 'application/json', receiptJson(run, lines, config.network))}
            >
              {t.common.downloadJson}
            </Action>
          </>
        )
      }
      title={`${t.run.receiptTitle} · ${nameOfRun(run, format)}`}
    >
      {lines.length === 0 ? (
        <Empty icon="scroll-text" title={t.run.receiptEmpty} />
      ) : (
        <>
          <div className="card p-5">
            <Facts
              of={[
                [t.shell.organization, organization.name],
                [t.run.receiptPeople, format.count(new Set(lines.map(({ employee_id }) => employee_id)).size)],
                [
                  t.run.receiptSum,
                  <Money amount={sumAmounts(lines.map(({ amount }) => amount))} asset={run.asset_code} key="sum" />,
                ],
                [
                  t.run.receiptFrom,
                  <code className="text-xs break-all" key="from">
                    {lines[0]?.source_account}
                  </code>,
                ],
                ...(config.network === undefined ? [] : ([[t.run.receiptNetwork, config.network]] as const)),
              ]}
            />
          </div>
          <div className="card overflow-x-auto">
            <table className="w-full text-left text-sm">
              <thead className="border-b border-rule bg-sunken/60 text-xs text-dim">
                <tr>
                  <th className="px-4 py-2 font-medium">{t.runs.person}</th>
                  <th className="px-4 py-2 text-right font-medium">{t.runs.amount}</th>
                  <th className="px-4 py-2 font-medium">{t.run.receiptPaid}</th>
                  <th className="px-4 py-2 font-medium">{t.run.receiptTransaction}</th>
                </tr>
              </thead>
              <tbody>
                {(isAll ? lines : lines.slice(0, FIRST)).map((line) => (
                  <Line key={`${line.tx_hash} ${line.operation_index}`} line={line} />
                ))}
              </tbody>
            </table>
          </div>
          {!isAll && (
            <div className="no-print">
              <Action onClick={() => setIsAll(true)}>
                {t.common.more} ({format.count(lines.length - FIRST)})
              </Action>
            </div>
          )}
        </>
      )}
    </Page>
  )
}

function Line({ line }: { readonly line: StatementLine }) {
  const { messages: t, config } = useConsole()
  const { instant } = useFormat()
  const address = transactionAddress(config, line.tx_hash)
  const text = `${line.tx_hash.slice(0, 8)}…${line.tx_hash.slice(-8)}`
  return (
    <tr className="ledger-line">
      <td className="px-4 py-2.5">
        <span className="font-medium">{line.employee}</span>
        <span className="block font-mono text-xs text-dim" title={line.destination}>
          {line.destination.slice(0, 8)}…{line.destination.slice(-8)}
        </span>
      </td>
      <td className="px-4 py-2.5 text-right">
        <Money amount={line.amount} asset={line.asset_code} />
      </td>
      <td className="px-4 py-2.5 whitespace-nowrap">
        {instant(line.closed_at)}
        <span className="block text-xs text-dim">
          {t.run.receiptLedger} {line.ledger}
        </span>
      </td>
      <td className="px-4 py-2.5 font-mono text-xs">
        {address === undefined ? (
          text
        ) : (
          <a
            className="link"
            href={address}
            rel="noreferrer"
            target="_blank"
            title={`${t.common.openInLedger}: ${line.tx_hash}`}
          >
            {text}
          </a>
        )}
        <span className="block text-dim">
          {t.run.receiptOperation} {line.operation_index + 1}
        </span>
      </td>
    </tr>
  )
}
