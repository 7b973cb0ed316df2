import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { type Payslip, parseEmployeeId, parsePayrollRunId } from 'payd'
import { transactionAddress } from '../../app/config.ts'
import { useConsole } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { useWords } from '../../app/words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Money } from '../../ui/money.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Facts, Page } from '../../ui/page.tsx'
import { ItemChip } from '../run/run-chip.tsx'

/** What one person got in one run, to look at and to print. */
export function PayslipPage() {
  const { messages: t } = useConsole()
  const { queries } = useDesk()
  const { run = '', employee = '' } = useParams({ strict: false })
  const filter = { payroll_run_id: parsePayrollRunId(run), employee_id: parseEmployeeId(employee) }
  const payslips = useQuery(queries.payslips.list(filter, 1))
  // When it was paid is what the ledger says.
  const paid = useQuery(queries.statements.list(filter, 1)).data?.items[0]
  return (
    <Answer of={payslips}>
      {({ items: [payslip] }) =>
        payslip === undefined ? (
          <Empty icon="scroll-text" title={t.payslip.notFound} />
        ) : (
          <Sheet paidAt={paid?.closed_at} payslip={payslip} />
        )
      }
    </Answer>
  )
}

function Sheet({ payslip, paidAt }: { readonly payslip: Payslip; readonly paidAt: string | undefined }) {
  const { messages: t, config } = useConsole()
  const { organization, role } = useDesk()
  const { period, instant } = useFormat()
  const { status, asset_code, destination, tx_hash, failure_code, failure_reason } = payslip
  const words = useWords(status === 'failed')
  const params = { organization: String(organization.organization_id), run: String(payslip.payroll_run_id) }
  const name = `${payslip.first_name} ${payslip.last_name}`
  const address = tx_hash === null ? undefined : transactionAddress(config, tx_hash)
  return (
    <Page
      above={
        role === null ? (
          <Link className="link no-print text-sm" params={params} to="/o/$organization/mine">
            {t.shell.mine}
          </Link>
        ) : (
          <Link className="link no-print text-sm" params={params} to="/o/$organization/runs/$run">
            {period(payslip.period_start, payslip.period_end)} · {asset_code}
          </Link>
        )
      }
      actions={
        <Action icon="printer" onClick={() => window.print()}>
          {t.common.print}
        </Action>
      }
      title={`${t.payslip.title} · ${period(payslip.period_start, payslip.period_end)}`}
    >
      {status === 'failed' && (
        <Notice title={t.payslip.whyNot} tone="bad">
          {words(failure_code ?? '', failure_reason ?? '').title}
        </Notice>
      )}
      {status === 'pending' && <Notice title={t.payslip.pendingAbout} tone="info" />}
      <article className="card flex max-w-2xl flex-col gap-6 p-8 max-sm:p-5">
        <Facts
          of={[
            [t.payslip.from, organization.name],
            [t.payslip.to, <strong key="name">{name}</strong>],
            [t.payslip.period, period(payslip.period_start, payslip.period_end)],
            [t.payslip.state, <ItemChip key="state" status={status} />],
          ]}
        />
        <table className="w-full text-sm">
          <tbody>
            <tr className="ledger-line">
              <th className="py-2 text-left font-normal">{t.runs.base}</th>
              <td className="py-2 text-right">
                <Money amount={payslip.base_amount} asset={asset_code} />
              </td>
            </tr>
            <tr>
              <th className="py-2 text-left font-normal">{t.runs.bonus}</th>
              <td className="py-2 text-right">
                <Money amount={payslip.bonus_amount} asset={asset_code} />
              </td>
            </tr>
          </tbody>
          <tfoot>
            <tr className="border-t-2 border-ink text-base font-semibold">
              <th className="py-2 text-left font-semibold">{t.payslip.total}</th>
              <td className="py-2 text-right">
                <Money amount={payslip.total_amount} asset={asset_code} />
              </td>
            </tr>
          </tfoot>
        </table>
        <Facts
          of={[
            [
              t.payslip.paidTo,
              <code className="text-xs break-all" key="to">
                {destination ?? '–'}
              </code>,
            ],
            [
              t.payslip.transaction,
              tx_hash === null ? (
                '–'
              ) : (
                <span key="tx">
                  <code className="text-xs break-all">{tx_hash}</code>
                  {address !== undefined && (
                    <a className="link no-print block" href={address} rel="noreferrer" target="_blank">
                      {t.common.openInLedger}
                    </a>
                  )}
                </span>
              ),
            ],
            [t.run.receiptPaid, paidAt === undefined ? '–' : instant(paidAt)],
          ]}
        />
      </article>
    </Page>
  )
}
