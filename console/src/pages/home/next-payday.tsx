import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { useFormat } from '../../format/use-format.ts'
import { Answer } from '../../ui/answer.tsx'

/** The next day on which a schedule makes a draft. */
export function NextPayday() {
  const t = useMessages()
  const { queries, organization } = useDesk()
  const { day } = useFormat()
  const schedules = useQuery(queries.payrollSchedules.list({ is_active: true }, 50))
  const params = { organization: String(organization.organization_id) }
  return (
    <Answer of={schedules}>
      {({ items }) => {
        const next = items
          .filter(({ next_run_on }) => next_run_on !== null)
          .toSorted((a, b) => ((a.next_run_on ?? '') < (b.next_run_on ?? '') ? -1 : 1))[0]
        return (
          <div className="card flex flex-col gap-1 p-5">
            {next === undefined || next.next_run_on === null ? (
              <>
                <p className="text-sm text-dim">{t.home.nextNone}</p>
                <Link className="link text-sm" params={params} to="/o/$organization/schedules">
                  {t.home.nextSet}
                </Link>
              </>
            ) : (
              <>
                <p className="text-2xl font-semibold tracking-tight">{day(next.next_run_on)}</p>
                <p className="text-sm text-dim">
                  {next.name} · {next.asset_code}
                </p>
              </>
            )}
          </div>
        )
      }}
    </Answer>
  )
}
