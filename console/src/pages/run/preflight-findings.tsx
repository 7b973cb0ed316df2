import { Link } from '@tanstack/react-router'
import {
  type Amount,
  addAmounts,
  type EmployeeId,
  type PayrollPreflightFinding,
  type PayrollPreflightReport,
} from 'payd'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { usePages } from '../../app/use-ask.ts'
import { useWords } from '../../app/words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Chip, type Tone } from '../../ui/chip.tsx'
import { Money } from '../../ui/money.tsx'

const TONES: Readonly<Record<string, Tone>> = { fails: 'bad', unknown: 'warn', advice: 'info' }
const NAMES_SHOWN = 12

/** What was found, grouped by its cure, with the people it is about; what fails comes first. */
export function PreflightFindings({
  report,
  asset,
}: {
  readonly report: PayrollPreflightReport
  readonly asset: string
}) {
  const t = useMessages()
  const { queries } = useDesk()
  const findings = usePages(queries.payrollRuns.preflightFindings(report))
  // The table below reads the same payslips, so the names cost nothing.
  const payslips = usePages(queries.payslips.pages({ payroll_run_id: report.payroll_run_id }, 200))
  const names = new Map(
    payslips.items.map(({ employee_id, first_name, last_name }) => [employee_id, `${first_name} ${last_name}`]),
  )
  return (
    <>
      <Answer of={findings.of}>
        {(items) =>
          items.length === 0 ? (
            <p className="text-sm text-dim">{t.preflight.findingsNone}</p>
          ) : (
            <ul aria-label={t.preflight.findings} className="card">
              {groupFindings(items).map((group) => (
                <Group
                  asset={asset}
                  group={group}
                  key={`${group.weight} ${group.code} ${group.sentence}`}
                  names={names}
                />
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

interface FindingGroup extends Pick<PayrollPreflightFinding, 'weight' | 'code' | 'sentence' | 'cure'> {
  /** Empty for what is about the treasury. */
  readonly people: readonly EmployeeId[]
  readonly amount: Amount | null
}

/** Findings with the same sentence and cure as one, in the order of the report. */
function groupFindings(findings: readonly PayrollPreflightFinding[]): FindingGroup[] {
  const groups = new Map<string, FindingGroup>()
  for (const { weight, code, sentence, cure, employee_id, amount } of findings) {
    const key = `${weight} ${code} ${sentence} ${cure}`
    const before = groups.get(key)
    const amounts = [before?.amount ?? null, amount].filter((one) => one !== null)
    groups.set(key, {
      ...{ weight, code, sentence, cure },
      people: [...(before?.people ?? []), ...(employee_id === null ? [] : [employee_id])],
      amount: amounts.length === 0 ? null : addAmounts(...amounts),
    })
  }
  return [...groups.values()]
}

function Group(props: {
  readonly group: FindingGroup
  readonly asset: string
  readonly names: ReadonlyMap<EmployeeId, string>
}) {
  const t = useMessages()
  const { count } = useFormat()
  const { organization } = useDesk()
  const { weight, code, sentence, cure, people, amount } = props.group
  const said = useWords()(code, sentence, cure)
  const params = { organization: String(organization.organization_id) }
  return (
    <li className="ledger-line flex flex-wrap items-start justify-between gap-3 px-4 py-3 text-sm">
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <span className="flex flex-wrap items-center gap-2">
          <Chip tone={TONES[weight] ?? 'plain'}>{t.preflight.weight[weight]}</Chip>
          <span className="font-medium">{said.title}</span>
        </span>
        <span className="text-dim">{said.cure}</span>
        <span className="flex flex-wrap gap-x-4 gap-y-1">
          {people.length === 0 && <span className="text-dim">{t.preflight.treasury}</span>}
          {people.slice(0, NAMES_SHOWN).map((id) => (
            <Link
              className="link"
              key={id}
              params={params}
              search={{ person: String(id) }}
              to="/o/$organization/people"
            >
              {props.names.get(id) ?? t.preflight.person}
            </Link>
          ))}
          {people.length > NAMES_SHOWN && <span className="text-dim">+ {count(people.length - NAMES_SHOWN)}</span>}
        </span>
      </div>
      {amount !== null && people.length > 0 && <Money amount={amount} asset={props.asset} />}
    </li>
  )
}
