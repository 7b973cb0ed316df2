import type {
  NewPayrollSchedule,
  PayrollSchedule,
  PayrollScheduleFrequency,
  PayrollScheduleMissedPolicy,
  PayrollSchedulePeriodRule,
} from 'payd'

/** A schedule as texts of a form. */
export interface ScheduleDraft {
  readonly name: string
  readonly frequency: PayrollScheduleFrequency
  readonly day_of_week: string
  readonly day_of_month: string
  readonly second_day_of_month: string
  readonly anchor_on: string
  readonly time_zone: string
  readonly local_time: string
  readonly period_rule: PayrollSchedulePeriodRule
  readonly missed_policy: PayrollScheduleMissedPolicy
  readonly asset_code: string
  readonly asset_issuer: string
  readonly memo: string
}

/** The form of a schedule, or one that pays on the last day of every month. */
export function draftOfSchedule(schedule: PayrollSchedule | undefined, timeZone: string, today: string): ScheduleDraft {
  return {
    name: schedule?.name ?? '',
    frequency: schedule?.frequency ?? 'monthly',
    day_of_week: String(schedule?.day_of_week ?? 5),
    day_of_month: String(schedule?.day_of_month ?? 31),
    second_day_of_month: String(schedule?.second_day_of_month ?? 31),
    anchor_on: schedule?.anchor_on ?? today,
    time_zone: schedule?.time_zone ?? timeZone,
    local_time: schedule?.local_time.slice(0, 5) ?? '09:00',
    period_rule: schedule?.period_rule ?? 'calendar',
    missed_policy: schedule?.missed_policy ?? 'create_latest',
    asset_code: schedule?.asset_code ?? 'XLM',
    asset_issuer: schedule?.asset_issuer ?? '',
    memo: schedule?.memo ?? '',
  }
}

/** What the form describes; each frequency has days of its own, and the others are empty. */
export function scheduleOf(draft: ScheduleDraft): NewPayrollSchedule {
  const { frequency, day_of_week, day_of_month, second_day_of_month, anchor_on, memo, ...rest } = draft
  const isByMonth = frequency === 'monthly' || frequency === 'semimonthly'
  return {
    ...rest,
    frequency,
    day_of_week: frequency === 'weekly' ? Number(day_of_week) : null,
    day_of_month: isByMonth ? Number(day_of_month) : null,
    second_day_of_month: frequency === 'semimonthly' ? Number(second_day_of_month) : null,
    anchor_on: frequency === 'biweekly' ? anchor_on : null,
    memo: memo.trim() === '' ? null : memo.trim(),
  }
}
