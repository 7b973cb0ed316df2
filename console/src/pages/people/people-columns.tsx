import type { Employee, EmployeeStatus } from 'payd'
import { useMemo } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import type { Messages } from '../../messages/en/index.ts'
import { amountOrder } from '../../ui/amount-order.ts'
import { Chip, type Tone } from '../../ui/chip.tsx'
import { Money } from '../../ui/money.tsx'
import { RowLink, useRowAddress } from '../../ui/row-link.tsx'
import type { Column } from '../../ui/virtual-table.tsx'

const TONES: Record<EmployeeStatus, Tone> = { active: 'good', inactive: 'plain', pending: 'warn' }

/** Whether a person is paid. */
export function PersonChip({ status }: { readonly status: EmployeeStatus }) {
  const t = useMessages()
  return <Chip tone={TONES[status]}>{t.people.status[status]}</Chip>
}

/** What the list of people shows. */
export function usePeopleColumns(): Column<Employee>[] {
  const t = useMessages()
  const { organization_id } = useDesk().organization
  const addressOf = useRowAddress((person) => ({
    to: '/o/$organization/people',
    params: { organization: String(organization_id) },
    search: { person },
  }))
  return useMemo(() => columnsOf(t, addressOf), [t, addressOf])
}

function columnsOf(t: Messages, addressOf: (id: number) => string): Column<Employee>[] {
  return [
    {
      key: 'name',
      name: t.people.name,
      width: 'minmax(11rem, 2fr)',
      isTitle: true,
      sortBy: ({ last_name, first_name }) => `${last_name} ${first_name}`,
      cell: ({ id, first_name, last_name, email }) => (
        <span className="block min-w-0">
          <RowLink address={addressOf(id)} className="link block truncate">
            {last_name}, {first_name}
          </RowLink>
          <span className="block truncate text-xs font-normal text-dim">{email}</span>
        </span>
      ),
    },
    {
      key: 'work',
      name: t.people.position,
      width: 'minmax(8rem, 1.4fr)',
      isWideOnly: true,
      sortBy: ({ position, department }) => position ?? department,
      cell: ({ position, department }) => (
        <span className="block min-w-0">
          <span className="block truncate">{position}</span>
          <span className="block truncate text-xs text-dim">{department}</span>
        </span>
      ),
    },
    {
      key: 'state',
      name: t.people.state,
      width: 'minmax(6rem, 0.7fr)',
      sortBy: ({ status }) => t.people.status[status],
      cell: ({ status }) => <PersonChip status={status} />,
    },
    {
      key: 'wallet',
      name: t.people.wallet,
      width: 'minmax(8rem, 1fr)',
      isWideOnly: true,
      cell: ({ wallet_address }) =>
        wallet_address === null ? (
          <Chip tone="warn">{t.people.noWallet}</Chip>
        ) : (
          <span className="font-mono text-xs text-dim" title={wallet_address}>
            {wallet_address.slice(0, 6)}…{wallet_address.slice(-6)}
          </span>
        ),
    },
    {
      key: 'salary',
      name: t.people.salary,
      width: 'minmax(8rem, 1fr)',
      isNumber: true,
      sortBy: ({ salary, asset_code }) => amountOrder(salary, asset_code),
      cell: ({ salary, asset_code }) =>
        salary === null ? (
          <span className="text-dim">{t.people.noSalary}</span>
        ) : (
          <Money amount={salary} asset={asset_code} />
        ),
    },
  ]
}
