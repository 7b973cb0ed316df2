import { Link } from '@tanstack/react-router'
import type { EmployeeId } from 'payd'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { usePages } from '../../app/use-ask.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Money } from '../../ui/money.tsx'
import { Section } from '../../ui/page.tsx'
import { ItemChip } from '../run/run-chip.tsx'

/** What a person got in each run, the newest first. */
export function PaidHistory({ id }: { readonly id: EmployeeId }) {
  const t = useMessages()
  const { period } = useFormat()
  const { queries, organization } = useDesk()
  const payslips = usePages(queries.payslips.pages({ employee_id: id }, 25))
  return (
    <Section title={t.people.history}>
      <Answer of={payslips.of}>
        {(items) =>
          items.length === 0 ? (
            <p className="text-sm text-dim">{t.people.historyNone}</p>
          ) : (
            <ul className="card">
              {items.map((payslip) => (
                <li
                  className="ledger-line flex flex-wrap items-center justify-between gap-2 px-4 py-2.5 text-sm"
                  key={payslip.payroll_run_id}
                >
                  <Link
                    className="link"
                    params={{
                      organization: String(organization.organization_id),
                      run: String(payslip.payroll_run_id),
                      employee: String(id),
                    }}
                    to="/o/$organization/runs/$run/payslips/$employee"
                  >
                    {period(payslip.period_start, payslip.period_end)}
                  </Link>
                  <ItemChip status={payslip.status} />
                  <Money amount={payslip.total_amount} asset={payslip.asset_code} />
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
      {payslips.hasMore && (
        <div>
          <Action isBusy={payslips.isGrowing} onClick={payslips.more}>
            {t.common.more}
          </Action>
        </div>
      )}
    </Section>
  )
}
