import {
  isPaydError,
  PAYROLL_SCHEDULES_FREQUENCY,
  PAYROLL_SCHEDULES_MISSED_POLICY,
  PAYROLL_SCHEDULES_PERIOD_RULE,
  type PayrollSchedule,
} from 'payd'
import { type SubmitEvent, useDeferredValue, useState } from 'react'
import { useCommandKey } from '../../app/command-key.ts'
import { useMessages } from '../../app/context.tsx'
import { useCommand } from '../../app/use-command.ts'
import { today } from '../../format/days.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { AssetField } from '../../ui/asset-field.tsx'
import { ErrorBox, problemAt } from '../../ui/error-box.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { SchedulePreview } from './preview.tsx'
import { ScheduleConflict } from './schedule-conflict.tsx'
import { draftOfSchedule, type ScheduleDraft, scheduleOf } from './schedule-draft.ts'

const BROWSER_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone
// A Sunday, from which the days of a week are counted.
const SUNDAY = Date.UTC(2026, 10, 29)

/** Describes a schedule, with a preview of what it would make. */
export function ScheduleForm(props: { readonly schedule: PayrollSchedule | undefined; readonly onDone: () => void }) {
  const t = useMessages()
  const { locale } = useFormat()
  const [seen, setSeen] = useState(props.schedule)
  const [draft, setDraft] = useState(() => draftOfSchedule(seen, BROWSER_ZONE, today(BROWSER_ZONE)))
  const previewed = useDeferredValue(draft)
  const keyOf = useCommandKey()
  const create = useCommand('payrollSchedules', 'create', { says: t.schedules.created, onDone: props.onDone })
  const update = useCommand('payrollSchedules', 'update', { says: t.schedules.saved, onDone: props.onDone })
  const error = create.error ?? update.error
  const isOutdated = seen !== undefined && isPaydError(error) && error.code === 'payroll_schedule_outdated'
  const change = (name: keyof ScheduleDraft) => (value: string) => setDraft({ ...draft, [name]: value })
  const field = (name: keyof ScheduleDraft, label: string) => ({
    label,
    value: draft[name],
    onChange: change(name),
    problem: problemAt(error, name),
  })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const described = scheduleOf(draft)
    if (seen === undefined) create.run(described, { idempotencyKey: keyOf(described) })
    else update.run(seen, described)
  }
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' })
  const isByMonth = draft.frequency === 'monthly' || draft.frequency === 'semimonthly'
  return (
    <form className="flex flex-col gap-4" onSubmit={submit}>
      {isOutdated ? (
        <ScheduleConflict
          onKeep={(fresh) => {
            setSeen(fresh)
            update.reset()
            update.run(fresh, scheduleOf(draft))
          }}
          onTake={(fresh) => {
            setSeen(fresh)
            setDraft(draftOfSchedule(fresh, BROWSER_ZONE, today(BROWSER_ZONE)))
            update.reset()
          }}
          seen={seen}
        />
      ) : (
        error !== null && <ErrorBox error={error} />
      )}
      <TextField isRequired {...field('name', t.schedules.name)} />
      <SelectField
        choices={PAYROLL_SCHEDULES_FREQUENCY.map((choice) => [choice, t.schedules.frequencies[choice]])}
        label={t.schedules.frequency}
        onChange={change('frequency')}
        value={draft.frequency}
      />
      {draft.frequency === 'weekly' && (
        <SelectField
          choices={[1, 2, 3, 4, 5, 6, 0].map((number) => [
            String(number),
            weekday.format(new Date(SUNDAY + number * 86_400_000)),
          ])}
          label={t.schedules.weekday}
          onChange={change('day_of_week')}
          value={draft.day_of_week}
        />
      )}
      {draft.frequency === 'biweekly' && (
        <TextField isRequired type="date" {...field('anchor_on', t.schedules.anchor)} />
      )}
      {isByMonth && (
        <div className="grid grid-cols-2 gap-3">
          <TextField
            hint={t.schedules.lastDayHint}
            isRequired
            type="number"
            {...field('day_of_month', t.schedules.dayOfMonth)}
          />
          {draft.frequency === 'semimonthly' && (
            <TextField isRequired type="number" {...field('second_day_of_month', t.schedules.secondDay)} />
          )}
        </div>
      )}
      <div className="grid grid-cols-[1fr_8rem] gap-3">
        <SelectField
          choices={[...new Set([draft.time_zone, BROWSER_ZONE, 'UTC', ...Intl.supportedValuesOf('timeZone')])].map(
            (zone) => [zone, zone],
          )}
          label={t.schedules.timeZone}
          onChange={change('time_zone')}
          value={draft.time_zone}
        />
        <TextField isRequired type="time" {...field('local_time', t.schedules.time)} />
      </div>
      <SelectField
        choices={PAYROLL_SCHEDULES_PERIOD_RULE.map((rule) => [rule, t.schedules.rules[rule]])}
        label={t.schedules.covers}
        onChange={change('period_rule')}
        value={draft.period_rule}
      />
      <SelectField
        choices={PAYROLL_SCHEDULES_MISSED_POLICY.map((policy) => [policy, t.schedules.policies[policy]])}
        label={t.schedules.missed}
        onChange={change('missed_policy')}
        value={draft.missed_policy}
      />
      <AssetField
        onChange={(asset) => setDraft({ ...draft, ...asset })}
        problem={problemAt(error, 'asset_code')}
        value={draft}
      />
      <TextField hint={t.runs.memoHint} isOptional={t.common.optional} {...field('memo', t.runs.memo)} />
      <SchedulePreview schedule={scheduleOf({ ...previewed, name: previewed.name || '…' })} />
      <div className="flex justify-end">
        <Action isBusy={create.isBusy || update.isBusy} kind="primary" type="submit">
          {seen === undefined ? t.schedules.create : t.common.save}
        </Action>
      </div>
    </form>
  )
}
