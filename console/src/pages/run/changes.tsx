import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type Amount, type PayrollRun, type PayrollRunChange, parseAmount } from 'payd'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Chip, type Tone } from '../../ui/chip.tsx'
import { Money } from '../../ui/money.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'

const TONES: Readonly<Record<string, Tone>> = {
  new: 'info',
  left: 'plain',
  amount: 'warn',
  address: 'bad',
  memo: 'bad',
  shared_address: 'bad',
  item_added: 'warn',
  item_changed: 'warn',
  item_removed: 'plain',
}

const ORDER = [
  'shared_address',
  'address',
  'memo',
  'item_changed',
  'item_added',
  'item_removed',
  'amount',
  'left',
  'new',
]
const FEW = 12
const MOST_NEW = 500

/** What an approver should look at: what differs from the last time each person was paid, the riskiest first. */
export function Changes({ run }: { readonly run: PayrollRun }) {
  const t = useMessages()
  const { queries } = useDesk()
  const { count } = useFormat()
  const [isAll, setIsAll] = useState(false)
  // In the first run of a large company everybody is new: of those some are read, and of all others every one.
  const others = useQuery(queries.payrollRuns.changes(run.id, { except: 'new' }))
  const firsts = useQuery(queries.payrollRuns.changes(run.id, { only: 'new', limit: MOST_NEW }))
  const isCut = firsts.data?.length === MOST_NEW
  const failed = others.error === null ? firsts : others
  const both = {
    data: others.data && firsts.data && [...others.data, ...firsts.data],
    error: failed.error,
    fetchStatus: failed.fetchStatus,
    refetch: () => Promise.all([others.refetch(), firsts.refetch()]),
  }
  return (
    <Section title={t.run.changesTitle}>
      <Answer of={both}>
        {(all) => {
          if (all.length === 0) return <Notice title={t.run.changesNone} tone="good" />
          const sorted = all.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
          const kinds = [...new Set(sorted.map(({ kind }) => kind))]
          return (
            <>
              <p className="flex flex-wrap gap-2">
                {kinds.map((kind) => (
                  <Chip key={kind} tone={TONES[kind] ?? 'plain'}>
                    {nameOfKind(kind, t.run.change)}: {count(all.filter((change) => change.kind === kind).length)}
                    {kind === 'new' && isCut && '+'}
                  </Chip>
                ))}
              </p>
              <ul className="card">
                {(isAll ? sorted : sorted.slice(0, FEW)).map((change) => (
                  <Difference
                    asset={run.asset_code}
                    change={change}
                    key={`${change.kind} ${change.employee_id} ${change.changed_at} ${change.old_amount} ${change.new_amount}`}
                  />
                ))}
              </ul>
              {isAll && isCut && <p className="text-sm text-dim">{t.run.changesCut(count(MOST_NEW))}</p>}
              {!isAll && all.length > FEW && (
                <div>
                  <Action onClick={() => setIsAll(true)}>
                    {t.common.more} ({count(all.length - FEW)}
                    {isCut && '+'})
                  </Action>
                </div>
              )}
            </>
          )
        }}
      </Answer>
    </Section>
  )
}

function Difference({ change, asset }: { readonly change: PayrollRunChange; readonly asset: string }) {
  const t = useMessages()
  const { organization } = useDesk()
  const { kind, old_amount, new_amount, old_address, new_address } = change
  return (
    <li className="ledger-line flex flex-wrap items-start justify-between gap-x-6 gap-y-1 px-4 py-3 text-sm">
      <div className="flex min-w-0 flex-col gap-1">
        <span className="flex flex-wrap items-center gap-2">
          <Link
            className="link"
            params={{ organization: String(organization.organization_id) }}
            search={{ person: String(change.employee_id) }}
            to="/o/$organization/people"
          >
            {change.first_name} {change.last_name}
          </Link>
          <Chip tone={TONES[kind] ?? 'plain'}>{nameOfKind(kind, t.run.change)}</Chip>
        </span>
        {(change.reason ?? change.changed_by_email) !== null && (
          <span className="text-xs text-dim">
            {[change.reason, change.changed_by_email === null ? null : t.common.by(change.changed_by_email)]
              .filter(Boolean)
              .join(' · ')}
          </span>
        )}
        {(old_address ?? new_address) !== null && (
          <span className="font-mono text-xs break-all text-dim">
            {old_address !== null && <del className="block">{old_address}</del>}
            {new_address !== null && <ins className="block text-ink no-underline">{new_address}</ins>}
          </span>
        )}
      </div>
      <span className="flex items-center gap-2 text-right">
        {old_amount !== null && (
          <del className="text-dim">
            <Money amount={old_amount} />
          </del>
        )}
        {new_amount !== null && (
          <span className="font-medium">
            <Money amount={new_amount} asset={asset} />
          </span>
        )}
        {old_amount !== null && new_amount !== null && <Percent from={old_amount} to={new_amount} />}
      </span>
    </li>
  )
}

/** How much more or less, in whole percent; only shown, never paid. */
function Percent({ from, to }: { readonly from: Amount; readonly to: Amount }) {
  const { locale } = useFormat()
  const before = parseAmount(from)
  if (before === 0n) return null
  const share = Number(((parseAmount(to) - before) * 10_000n) / before) / 10_000
  const format = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1, signDisplay: 'always' })
  return <Chip tone={Math.abs(share) >= 0.2 ? 'bad' : 'warn'}>{format.format(share)}</Chip>
}

function nameOfKind(kind: string, names: Readonly<Record<string, string>>): string {
  return names[kind] ?? names.other ?? kind
}
