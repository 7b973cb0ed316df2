import {
  anyText,
  checkFields,
  checkValue,
  count,
  day,
  flag,
  oneOf,
  optional,
  orNull,
  rowId,
  type Shape,
  text,
} from '../core/check.ts'
import type { CallOptions, CreateOptions, PaydClient } from '../core/client.ts'
import { call, idempotencyKey, readFrom } from '../core/command.ts'
import type { PayrollScheduleId } from '../core/ids.ts'
import { type IterateOptions, iterateList, type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import { send } from '../core/send.ts'
import {
  PAYROLL_SCHEDULES_FREQUENCY,
  PAYROLL_SCHEDULES_MISSED_POLICY,
  PAYROLL_SCHEDULES_PERIOD_RULE,
  type PayrollSchedule,
  type PayrollScheduleFrequency,
  type PayrollScheduleMissedPolicy,
  type PayrollScheduleOccurrence,
  type PayrollSchedulePeriodRule,
} from '../rows.ts'

/** When drafts are created by themselves. Each frequency has days of its own, and only those. */
export interface NewPayrollSchedule {
  readonly name: string
  readonly frequency: PayrollScheduleFrequency
  /** For weekly ones: 0 is Sunday, 6 is Saturday. */
  readonly day_of_week?: number | null | undefined
  /** For monthly ones: 1 to 31; a shorter month has its occurrence on its last day. */
  readonly day_of_month?: number | null | undefined
  /** For semimonthly ones, after the first in day_of_month: 31 is the last day of every month. */
  readonly second_day_of_month?: number | null | undefined
  /** For biweekly ones: the first possible occurrence; the others follow every 14 days. */
  readonly anchor_on?: string | null | undefined
  /** From the IANA database, such as `Europe/Berlin`. */
  readonly time_zone: string
  /** When the draft is created, as the clocks there show it. Default `09:00`. */
  readonly local_time?: string | undefined
  /** What a run covers. Default `since_last`. */
  readonly period_rule?: PayrollSchedulePeriodRule | undefined
  /** What happens to occurrences that nothing ran. Default `create_latest`. */
  readonly missed_policy?: PayrollScheduleMissedPolicy | undefined
  /** Default `XLM`. */
  readonly asset_code?: string | undefined
  /** The issuer's address; empty for XLM. */
  readonly asset_issuer?: string | undefined
  readonly memo?: string | null | undefined
  /** No occurrence before this day. Default: today in the time zone. */
  readonly starts_on?: string | undefined
}

/** The rules of `NewPayrollSchedule`. */
export const newPayrollSchedule: Shape<NewPayrollSchedule> = {
  name: text,
  frequency: oneOf(PAYROLL_SCHEDULES_FREQUENCY),
  day_of_week: optional(orNull(count)),
  day_of_month: optional(orNull(count)),
  second_day_of_month: optional(orNull(count)),
  anchor_on: optional(orNull(day)),
  time_zone: text,
  local_time: optional(text),
  period_rule: optional(oneOf(PAYROLL_SCHEDULES_PERIOD_RULE)),
  missed_policy: optional(oneOf(PAYROLL_SCHEDULES_MISSED_POLICY)),
  asset_code: optional(text),
  asset_issuer: optional(anyText),
  memo: optional(orNull(anyText)),
  starts_on: optional(day),
}

/** What to change of a schedule; what is left out stays. */
export type PayrollScheduleChanges = Partial<NewPayrollSchedule>

/** The rules of `PayrollScheduleChanges`. */
export const payrollScheduleChanges: Shape<PayrollScheduleChanges> = {
  ...newPayrollSchedule,
  name: optional(text),
  frequency: optional(oneOf(PAYROLL_SCHEDULES_FREQUENCY)),
  time_zone: optional(text),
}

/** One day on which a schedule creates a draft. */
export interface ScheduleOccurrence {
  readonly occurrence_on: string
  readonly runs_at: string
  readonly period_start: string
  readonly period_end: string
}

/** Which schedules to list. */
export interface PayrollScheduleFilter {
  readonly is_active?: boolean | undefined
}

/** The rules of `PayrollScheduleFilter`. */
export const payrollScheduleFilter: Shape<PayrollScheduleFilter> = { is_active: optional(flag) }

/** One page of the organization's schedules, newest first. */
export async function list(
  client: PaydClient,
  filter: PayrollScheduleFilter = {},
  options: PageOptions = {},
): Promise<Page<PayrollSchedule>> {
  return await listPage<PayrollSchedule>(client, schedules(filter), options)
}

/** Every schedule that matches, newest first, read page by page while the caller keeps asking. */
export function iterate(
  client: PaydClient,
  filter: PayrollScheduleFilter = {},
  options: IterateOptions = {},
): AsyncGenerator<PayrollSchedule, void, undefined> {
  return iterateList<PayrollSchedule>(client, schedules(filter), options)
}

function schedules(filter: PayrollScheduleFilter): List {
  const { is_active } = checkFields('the filter', filter, payrollScheduleFilter)
  const conditions = [['eq', 'is_active', is_active] as const]
  return { relation: 'payroll_schedules', order: ['-created_at', '-id'], conditions, things: 'payroll schedules' }
}

/** One schedule. Throws `not_found` for one of another organization as for one that never existed. */
export async function get(
  client: PaydClient,
  id: PayrollScheduleId,
  options: CallOptions = {},
): Promise<PayrollSchedule> {
  const request = readFrom(client, 'payroll_schedules').eq('id', checkValue('id', id, rowId))
  return await send<PayrollSchedule>(request.single(), { action: `read payroll schedule ${id}`, options })
}

/**
 * Creates a schedule that drafts payroll runs by itself; each draft still needs two people before it is paid. For managers.
 *
 * Errors: `role_too_low`, `schedule_field_missing`, `schedule_field_not_used`, `invalid_schedule_field`, `invalid_time_zone`,
 * `limit_reached`, `idempotency_key_reused`.
 */
export async function create(
  client: PaydClient,
  schedule: NewPayrollSchedule,
  options: CreateOptions = {},
): Promise<PayrollSchedule> {
  const fields = { ...checkFields('the schedule', schedule, newPayrollSchedule) }
  const request = call(client, 'create_payroll_schedule', { fields, idempotency_key: idempotencyKey(options) })
  return await send<PayrollSchedule>(request.single(), { action: 'create the payroll schedule', options })
}

/** The days on which a schedule would create drafts, before it is created. Errors: those of `createPayrollSchedule`. */
export async function preview(
  client: PaydClient,
  schedule: NewPayrollSchedule,
  occurrences = 12,
  options: CallOptions = {},
): Promise<ScheduleOccurrence[]> {
  const fields = { ...checkFields('the schedule', schedule, newPayrollSchedule) }
  const args = { fields, occurrences: checkValue('occurrences', occurrences, count) }
  return await send<ScheduleOccurrence[]>(call(client, 'preview_payroll_schedule', args), {
    action: 'preview the payroll schedule',
    options,
  })
}

/**
 * Changes a schedule that was looked at: pass the schedule as it was shown. For managers.
 *
 * Errors: `role_too_low`, `payroll_schedule_not_found`, `payroll_schedule_outdated`, and those of `createPayrollSchedule`.
 */
export async function update(
  client: PaydClient,
  seen: Pick<PayrollSchedule, 'id' | 'version'>,
  changes: PayrollScheduleChanges,
  options: CallOptions = {},
): Promise<PayrollSchedule> {
  const fields = { ...checkFields('the changes', changes, payrollScheduleChanges) }
  const id = checkValue('id', seen?.id, rowId) as PayrollScheduleId
  const args = { payroll_schedule_id: id, expected_version: checkValue('version', seen?.version, count), fields }
  // A second time would meet the version that the first one made.
  const about = { action: `change payroll schedule ${id}`, options, once: true }
  return await send<PayrollSchedule>(call(client, 'update_payroll_schedule', args).single(), about)
}

/** Lets a schedule create nothing until it is resumed. Pausing twice is the same. Errors: `role_too_low`, `payroll_schedule_not_found`. */
export async function pause(
  client: PaydClient,
  id: PayrollScheduleId,
  options: CallOptions = {},
): Promise<PayrollSchedule> {
  const request = call(client, 'pause_payroll_schedule', { payroll_schedule_id: checkValue('id', id, rowId) })
  return await send<PayrollSchedule>(request.single(), { action: `pause payroll schedule ${id}`, options })
}

/** Lets a paused schedule go on with its next day. Resuming twice is the same. Errors: `role_too_low`, `payroll_schedule_not_found`. */
export async function resume(
  client: PaydClient,
  id: PayrollScheduleId,
  options: CallOptions = {},
): Promise<PayrollSchedule> {
  const request = call(client, 'resume_payroll_schedule', { payroll_schedule_id: checkValue('id', id, rowId) })
  return await send<PayrollSchedule>(request.single(), { action: `resume payroll schedule ${id}`, options })
}

/** One page of what became of the days of a schedule, newest first: each created a run or was skipped. */
export async function occurrences(
  client: PaydClient,
  id: PayrollScheduleId,
  options: PageOptions = {},
): Promise<Page<PayrollScheduleOccurrence>> {
  const list: List = {
    relation: 'payroll_schedule_occurrences',
    order: ['-occurrence_on', '-id'],
    conditions: [['eq', 'schedule_id', checkValue('id', id, rowId)]],
    things: `the occurrences of payroll schedule ${id}`,
  }
  return await listPage<PayrollScheduleOccurrence>(client, list, options)
}
