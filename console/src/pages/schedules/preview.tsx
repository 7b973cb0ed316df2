import { useQuery } from '@tanstack/react-query'
import type { NewPayrollSchedule } from 'payd'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { useFormat } from '../../format/use-format.ts'
import { ErrorBox } from '../../ui/error-box.tsx'

/** The next twelve drafts that a schedule would make, worked out by the database. */
export function SchedulePreview({ schedule }: { readonly schedule: NewPayrollSchedule }) {
  const t = useMessages()
  const { queries } = useDesk()
  const { day, period } = useFormat()
  const { data, error } = useQuery({
    ...queries.payrollSchedules.preview(schedule, 12),
    placeholderData: (before) => before,
  })
  return (
    <div className="flex flex-col gap-2">
      <div>
        <h3>{t.schedules.preview}</h3>
        <p className="text-xs text-dim">{t.schedules.previewAbout}</p>
      </div>
      {error === null ? (
        <ol className="card text-sm">
          {(data ?? []).map((occurrence) => (
            <li className="ledger-line flex justify-between gap-4 px-4 py-1.5" key={occurrence.occurrence_on}>
              <span className="font-medium tabular-nums">{day(occurrence.occurrence_on)}</span>
              <span className="text-dim tabular-nums">{period(occurrence.period_start, occurrence.period_end)}</span>
            </li>
          ))}
        </ol>
      ) : (
        <ErrorBox error={error} />
      )}
    </div>
  )
}
