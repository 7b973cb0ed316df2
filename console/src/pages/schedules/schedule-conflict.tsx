import { useQuery } from '@tanstack/react-query'
import type { PayrollSchedule } from 'payd'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Notice } from '../../ui/notice.tsx'

/** Somebody else saved the same schedule meanwhile: the person decides which of the two stands. */
export function ScheduleConflict(props: {
  readonly seen: PayrollSchedule
  readonly onKeep: (fresh: PayrollSchedule) => void
  readonly onTake: (fresh: PayrollSchedule) => void
}) {
  const t = useMessages()
  const { queries } = useDesk()
  const fresh = useQuery({ ...queries.payrollSchedules.get(props.seen.id), staleTime: 0 })
  return (
    <Answer of={fresh}>
      {(schedule) => (
        <Notice
          actions={
            <>
              <Action onClick={() => props.onTake(schedule)}>{t.common.takeTheirs}</Action>
              <Action onClick={() => props.onKeep(schedule)}>{t.common.keepMine}</Action>
            </>
          }
          role="alert"
          title={t.common.changedMeanwhile}
          tone="warn"
        >
          {t.common.theirs}: {schedule.name} · {t.schedules.frequencies[schedule.frequency]} · {schedule.asset_code} ·{' '}
          {schedule.local_time.slice(0, 5)} {schedule.time_zone}
        </Notice>
      )}
    </Answer>
  )
}
