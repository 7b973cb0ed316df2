import { type PayrollRun, type PayrollRunStatus, type Payslip, parseAmount } from 'payd'
import { useMemo, useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { isAtLeast, useDesk } from '../../app/desk.tsx'
import { usePages } from '../../app/use-ask.ts'
import type { Messages } from '../../messages/en/index.ts'
import { Answer } from '../../ui/answer.tsx'
import { Money } from '../../ui/money.tsx'
import { RowLink, useRowAddress } from '../../ui/row-link.tsx'
import { type Column, VirtualTable } from '../../ui/virtual-table.tsx'
import { EditPay } from './edit-pay.tsx'
import { ItemChip } from './run-chip.tsx'

/** What each person gets; of a draft, amounts can be changed and people left out. */
export function PayslipsTable({ run, status }: { readonly run: PayrollRun; readonly status: PayrollRunStatus }) {
  const t = useMessages()
  const { queries, role } = useDesk()
  const [edited, setEdited] = useState<Payslip>()
  const payslips = usePages(queries.payslips.pages({ payroll_run_id: run.id }, 200))
  const isDraft = status === 'draft' && isAtLeast(role, 'manager')
  const columns = useColumns(run, isDraft ? setEdited : undefined)
  return (
    <Answer of={payslips.of}>
      {(items) => (
        <>
          <VirtualTable
            columns={columns}
            isEven
            keyOf={(payslip) => String(payslip.employee_id)}
            label={t.runs.payslips}
            growth={payslips}
            rows={items}
          />
          {isDraft && edited !== undefined && (
            <EditPay onClose={() => setEdited(undefined)} payslip={edited} run={run} />
          )}
        </>
      )}
    </Answer>
  )
}

const nameOf = ({ first_name, last_name }: Payslip): string => `${first_name} ${last_name}`

/** What the table shows; with the last column where payslips can be edited. */
function useColumns({ id }: PayrollRun, onEdit: ((payslip: Payslip) => void) | undefined): Column<Payslip>[] {
  const t = useMessages()
  const { organization_id } = useDesk().organization
  const addressOf = useRowAddress((employee) => ({
    to: '/o/$organization/runs/$run/payslips/$employee',
    params: { organization: String(organization_id), run: String(id), employee },
  }))
  return useMemo(() => {
    const columns = columnsOf(t, addressOf)
    return onEdit === undefined ? columns : [...columns, mendColumn(t, onEdit)]
  }, [t, addressOf, onEdit])
}

const mendColumn = (t: Messages, onEdit: (payslip: Payslip) => void): Column<Payslip> => ({
  key: 'mend',
  name: t.run.editAmount,
  isNameHidden: true,
  width: '6.5rem',
  isNumber: true,
  cell: (payslip) => (
    <button
      aria-label={t.run.editPay(nameOf(payslip))}
      className="button button-quiet"
      onClick={() => onEdit(payslip)}
      type="button"
    >
      {t.run.edit}
    </button>
  ),
})

function columnsOf(t: Messages, addressOf: (id: number) => string): Column<Payslip>[] {
  return [
    {
      key: 'person',
      name: t.runs.person,
      width: 'minmax(10rem, 2fr)',
      isTitle: true,
      sortBy: ({ first_name, last_name }) => `${last_name} ${first_name}`,
      cell: (payslip) => (
        <RowLink address={addressOf(payslip.employee_id)} className="link block truncate">
          {nameOf(payslip)}
        </RowLink>
      ),
    },
    {
      key: 'state',
      name: t.runs.state,
      width: 'minmax(6.5rem, 0.8fr)',
      sortBy: ({ status }) => t.runs.item[status],
      cell: (payslip) => <ItemChip status={payslip.status} />,
    },
    {
      key: 'address',
      name: t.runs.address,
      width: 'minmax(8rem, 1fr)',
      isWideOnly: true,
      cell: ({ destination }) =>
        destination === null ? (
          <span className="text-dim">{t.runs.noAddress}</span>
        ) : (
          <span className="block truncate font-mono text-xs text-dim" title={destination}>
            {destination.slice(0, 6)}…{destination.slice(-6)}
          </span>
        ),
    },
    {
      key: 'base',
      name: t.runs.base,
      width: 'minmax(7rem, 1fr)',
      isNumber: true,
      isWideOnly: true,
      sortBy: ({ base_amount }) => parseAmount(base_amount),
      cell: ({ base_amount }) => <Money amount={base_amount} />,
    },
    {
      key: 'bonus',
      name: t.runs.bonus,
      width: 'minmax(6rem, 0.8fr)',
      isNumber: true,
      isWideOnly: true,
      sortBy: ({ bonus_amount }) => parseAmount(bonus_amount),
      cell: ({ bonus_amount }) => <Money amount={bonus_amount} />,
    },
    {
      key: 'total',
      name: t.runs.total,
      width: 'minmax(9rem, 1.1fr)',
      isNumber: true,
      sortBy: ({ total_amount }) => parseAmount(total_amount),
      cell: ({ total_amount, asset_code }) => (
        <span className="font-medium">
          <Money amount={total_amount} asset={asset_code} />
        </span>
      ),
    },
  ]
}
