import type { PayrollSchedule } from 'payd'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk, useReason } from '../../app/desk.tsx'
import { usePages } from '../../app/use-ask.ts'
import { latestError, useCommand } from '../../app/use-command.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Chip } from '../../ui/chip.tsx'
import { SideSheet } from '../../ui/dialog.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { ScheduleForm } from './schedule-form.tsx'

/** When drafts are made by themselves. */
export function SchedulesPage() {
  const t = useMessages()
  const { queries } = useDesk()
  const reason = useReason('manager')
  const [edited, setEdited] = useState<PayrollSchedule | 'new'>()
  const schedules = usePages(queries.payrollSchedules.pages({}, 100))
  const close = () => setEdited(undefined)
  const add = (
    <Action icon="plus" kind="primary" onClick={() => setEdited('new')} reason={reason}>
      {t.schedules.add}
    </Action>
  )
  return (
    <Page about={t.schedules.about} actions={add} title={t.schedules.title}>
      <Answer of={schedules.of}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon="calendar-clock" title={t.schedules.empty}>
              {t.schedules.emptyAbout}
            </Empty>
          ) : (
            <ul className="flex flex-col gap-4">
              {items.map((schedule) => (
                <Schedule key={schedule.id} onEdit={() => setEdited(schedule)} reason={reason} schedule={schedule} />
              ))}
            </ul>
          )
        }
      </Answer>
      <SideSheet
        isOpen={edited !== undefined}
        onClose={close}
        title={edited === 'new' ? t.schedules.add : t.schedules.edit}
      >
        {edited !== undefined && <ScheduleForm onDone={close} schedule={edited === 'new' ? undefined : edited} />}
      </SideSheet>
    </Page>
  )
}

function Schedule(props: {
  readonly schedule: PayrollSchedule
  readonly reason: string | undefined
  readonly onEdit: () => void
}) {
  const t = useMessages()
  const { day } = useFormat()
  const { schedule, reason } = props
  const pause = useCommand('payrollSchedules', 'pause', { says: t.schedules.paused })
  const resume = useCommand('payrollSchedules', 'resume', { says: t.schedules.resumed })
  const error = latestError(pause, resume)
  return (
    <li className="card flex flex-col gap-3 p-5">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="flex flex-col gap-1">
          <span className="flex flex-wrap items-center gap-3">
            <strong>{schedule.name}</strong>
            <Chip tone={schedule.is_active ? 'good' : 'plain'}>
              {schedule.is_active ? t.schedules.active : t.schedules.inactive}
            </Chip>
          </span>
          <span className="text-sm text-dim">
            {t.schedules.frequencies[schedule.frequency]} · {schedule.asset_code} · {schedule.local_time.slice(0, 5)}{' '}
            {schedule.time_zone}
            {schedule.next_run_on !== null && schedule.is_active && ` · ${t.schedules.next(day(schedule.next_run_on))}`}
          </span>
        </div>
        <div className="flex flex-wrap gap-2 max-sm:w-full">
          <Action icon="pencil" onClick={props.onEdit} reason={reason}>
            {t.schedules.edit}
          </Action>
          {reason === undefined &&
            (schedule.is_active ? (
              <Action icon="pause" isBusy={pause.isBusy} onClick={() => pause.run(schedule.id)}>
                {t.schedules.pause}
              </Action>
            ) : (
              <Action icon="play" isBusy={resume.isBusy} onClick={() => resume.run(schedule.id)}>
                {t.schedules.resume}
              </Action>
            ))}
        </div>
      </div>
      {schedule.last_error !== null && (
        <Notice title={t.schedules.problem} tone="bad">
          {schedule.last_error}
        </Notice>
      )}
      {error !== null && <ErrorBox error={error} />}
    </li>
  )
}
