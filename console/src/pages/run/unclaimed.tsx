import { Link } from '@tanstack/react-router'
import type { ClaimableBalance, ClaimableBalanceStatus, PayrollRun } from 'payd'
import { useMessages } from '../../app/context.tsx'
import { useDesk, useReason } from '../../app/desk.tsx'
import { useNamesOfPeople } from '../../app/names.ts'
import { usePages } from '../../app/use-ask.ts'
import { useCommand } from '../../app/use-command.ts'
import { useWords } from '../../app/words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Chip, type Tone } from '../../ui/chip.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Money } from '../../ui/money.tsx'
import { Section } from '../../ui/page.tsx'

const TONES: Record<ClaimableBalanceStatus, Tone> = {
  active: 'info',
  claimed: 'good',
  expired: 'warn',
  reclaimed: 'warn',
  clawed_back: 'bad',
  disproved: 'bad',
}

/** Amounts that wait on the ledger until people claim them; a manager takes back what was not claimed in time. */
export function Unclaimed({ run }: { readonly run: PayrollRun }) {
  const t = useMessages()
  const { queries } = useDesk()
  const balances = usePages(queries.claimableBalances.pages({ payroll_run_id: run.id }, 200))
  const names = useNamesOfPeople(balances.items.flatMap(({ employee_id }) => employee_id ?? []))
  const reclaim = useCommand('claimableBalances', 'reclaim', { says: t.run.reclaiming })
  return (
    <Section title={t.run.unclaimed}>
      <p className="text-sm text-dim">{t.run.unclaimedAbout}</p>
      {reclaim.error !== null && <ErrorBox error={reclaim.error} />}
      <Answer of={balances.of}>
        {(items) => (
          <ul className="card">
            {items.map((balance) => (
              <Row
                balance={balance}
                isBusy={reclaim.isBusy}
                key={balance.id}
                name={balance.employee_id === null ? undefined : names.get(balance.employee_id)}
                onReclaim={() => reclaim.run(balance.id)}
              />
            ))}
          </ul>
        )}
      </Answer>
    </Section>
  )
}

function Row(props: {
  readonly balance: ClaimableBalance
  readonly name: string | undefined
  readonly isBusy: boolean
  readonly onReclaim: () => void
}) {
  const { balance, name, isBusy, onReclaim } = props
  const t = useMessages()
  const format = useFormat()
  const { organization } = useDesk()
  const role = useReason('manager')
  const words = useWords(balance.reclaim_failure_reason !== null)
  const { reclaimable_at, reclaim_requested_at, reclaim_failure_reason } = balance
  const isLater = reclaimable_at !== null && Date.parse(reclaimable_at) > Date.now()
  const isAsked = reclaim_requested_at !== null && reclaim_failure_reason === null
  return (
    <li className="ledger-line flex flex-wrap items-center justify-between gap-3 px-4 py-3 text-sm">
      <Link
        className={name === undefined ? 'link font-mono text-xs' : 'link'}
        params={{ organization: String(organization.organization_id) }}
        search={balance.employee_id === null ? {} : { person: String(balance.employee_id) }}
        title={balance.claimant}
        to="/o/$organization/people"
      >
        {name ?? `${balance.claimant.slice(0, 8)}…${balance.claimant.slice(-8)}`}
      </Link>
      <Money amount={balance.amount} asset={balance.asset_code} />
      <Chip tone={TONES[balance.status]}>{t.run.claimStates[balance.status]}</Chip>
      {reclaim_failure_reason !== null && <span className="text-bad">{words('', reclaim_failure_reason).title}</span>}
      {(balance.status === 'active' || balance.status === 'expired') && reclaimable_at !== null && (
        <Action
          icon="undo-2"
          isBusy={isBusy}
          kind="quiet"
          onClick={onReclaim}
          reason={
            role ??
            (isAsked ? t.run.reclaiming : isLater ? t.run.reclaimableFrom(format.instant(reclaimable_at)) : undefined)
          }
        >
          {t.run.reclaim}
        </Action>
      )}
    </li>
  )
}
