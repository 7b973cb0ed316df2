import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { Employee } from 'payd'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { useAsk, usePages } from '../../app/use-ask.ts'
import { download } from '../../files/download.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Money } from '../../ui/money.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { toasts } from '../../ui/toast.tsx'
import { ItemChip } from '../run/run-chip.tsx'

/** What an employee sees: the own payslips, the own address, and nothing of others. */
export function MinePage() {
  const t = useMessages()
  const { payd, organization } = useDesk()
  const mine = useAsk('employees', 'mine', [], (options) => payd.employees.mine(options))
  return (
    <Page about={t.payslip.mineAbout} title={t.payslip.mineTitle}>
      <Answer of={mine}>
        {(employments) => {
          const own = employments.find(({ organization_id }) => organization_id === organization.organization_id)
          return own === undefined ? <Empty icon="user" title={t.payslip.mineNone} /> : <Own employee={own} />
        }}
      </Answer>
    </Page>
  )
}

function Own({ employee }: { readonly employee: Employee }) {
  const t = useMessages()
  const { queries, organization } = useDesk()
  const { period } = useFormat()
  const payslips = usePages(queries.payslips.pages({ employee_id: employee.id }, 50))
  return (
    <>
      <Answer of={payslips.of}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon="banknote" title={t.payslip.mineNone} />
          ) : (
            <ul className="card">
              {items.map((payslip) => (
                <li
                  className="ledger-line flex flex-wrap items-center justify-between gap-3 px-4 py-3.5"
                  key={payslip.payroll_run_id}
                >
                  <Link
                    className="link"
                    params={{
                      organization: String(organization.organization_id),
                      run: String(payslip.payroll_run_id),
                      employee: String(employee.id),
                    }}
                    to="/o/$organization/runs/$run/payslips/$employee"
                  >
                    {period(payslip.period_start, payslip.period_end)}
                  </Link>
                  <ItemChip status={payslip.status} />
                  <strong>
                    <Money amount={payslip.total_amount} asset={payslip.asset_code} />
                  </strong>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
      {payslips.hasMore && <Action onClick={payslips.more}>{t.common.more}</Action>}
      <Section about={t.payslip.myAddressAbout} title={t.payslip.myAddress}>
        <p className="card p-4 font-mono text-xs break-all">{employee.wallet_address ?? t.money.noAddress}</p>
      </Section>
      <Farewell employee={employee} />
    </>
  )
}

/** The own data as a file, and ending the view. */
function Farewell({ employee }: { readonly employee: Employee }) {
  const t = useMessages()
  const { payd } = useDesk()
  const cache = useQueryClient()
  const navigate = useNavigate()
  const [isLeaving, setIsLeaving] = useState(false)
  const write = useMutation({
    mutationFn: () => payd.privacy.exportMyData(),
    onSuccess: (data) => download('my-data.json', 'application/json', `${JSON.stringify(data, null, 2)}\n`),
  })
  const leave = useMutation({
    mutationFn: () => payd.employees.leave(employee.organization_id),
    onSuccess: async () => {
      toasts.add({ title: t.payslip.left })
      await navigate({ to: '/' })
      await cache.invalidateQueries()
    },
  })
  return (
    <>
      {write.error !== null && <ErrorBox error={write.error} />}
      <div className="flex flex-wrap gap-2">
        <Action icon="download" isBusy={write.isPending} onClick={() => write.mutate()}>
          {t.payslip.export}
        </Action>
        <Action icon="log-out" kind="danger" onClick={() => setIsLeaving(true)}>
          {t.payslip.leave}
        </Action>
      </div>
      <Modal
        about={t.payslip.leaveAbout}
        isOpen={isLeaving}
        onClose={() => setIsLeaving(false)}
        title={t.payslip.leaveAsk}
      >
        {leave.error !== null && <ErrorBox error={leave.error} />}
        <div className="flex justify-end gap-2">
          <Action kind="quiet" onClick={() => setIsLeaving(false)}>
            {t.common.cancel}
          </Action>
          <Action isBusy={leave.isPending} kind="danger" onClick={() => leave.mutate()}>
            {t.payslip.leave}
          </Action>
        </div>
      </Modal>
    </>
  )
}
