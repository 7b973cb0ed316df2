import { Link } from '@tanstack/react-router'
import type { PayrollPreflightReport } from 'payd'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { usePages } from '../../app/use-ask.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Chip, type Tone } from '../../ui/chip.tsx'
import { Money } from '../../ui/money.tsx'

const TONES: Readonly<Record<string, Tone>> = { fails: 'bad', unknown: 'warn', advice: 'info' }

/** Each finding with its cure, what fails first. */
export function PreflightFindings({
  report,
  asset,
}: {
  readonly report: PayrollPreflightReport
  readonly asset: string
}) {
  const t = useMessages()
  const { queries, organization } = useDesk()
  const findings = usePages(queries.payrollRuns.preflightFindings(report))
  const params = { organization: String(organization.organization_id) }
  return (
    <>
      <Answer of={findings.of}>
        {(items) =>
          items.length === 0 ? (
            <p className="text-sm text-dim">{t.preflight.findingsNone}</p>
          ) : (
            <ul aria-label={t.preflight.findings} className="card">
              {items.map(({ id, weight, sentence, cure, amount, employee_id }) => (
                <li className="ledger-line flex flex-wrap items-start justify-between gap-3 px-4 py-3 text-sm" key={id}>
                  <div className="flex min-w-0 flex-1 flex-col gap-1">
                    <span className="flex flex-wrap items-center gap-2">
                      <Chip tone={TONES[weight] ?? 'plain'}>{t.preflight.weight[weight]}</Chip>
                      <span className="font-medium">{sentence}</span>
                    </span>
                    <span className="text-dim">{cure}</span>
                  </div>
                  {amount !== null && <Money amount={amount} asset={employee_id === null ? undefined : asset} />}
                  {employee_id === null ? (
                    <Chip tone="plain">{t.preflight.treasury}</Chip>
                  ) : (
                    <Link
                      className="link"
                      params={params}
                      search={{ person: String(employee_id) }}
                      to="/o/$organization/people"
                    >
                      {t.preflight.person}
                    </Link>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
      {findings.hasMore && (
        <div>
          <Action isBusy={findings.isGrowing} onClick={findings.more}>
            {t.common.more}
          </Action>
        </div>
      )}
    </>
  )
}
