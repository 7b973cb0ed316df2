/**
 * When a schedule runs, worked out in the plainest way: every day is looked at in turn. It shares nothing with the database,
 * which calculates; days are numbers of UTC midnights, and time zones are those of the JavaScript engine.
 */

/** What a person sets of a schedule. */
export type ScheduleFields = {
  readonly name: string
  readonly frequency: 'weekly' | 'biweekly' | 'monthly'
  readonly day_of_week?: number
  readonly day_of_month?: number
  readonly anchor_on?: string
  readonly time_zone: string
  /** HH:MM */
  readonly local_time: string
  readonly period_rule: 'since_last' | 'calendar' | 'previous_calendar'
  readonly missed_policy: 'create_all' | 'create_latest' | 'skip'
}

/** A pay day with the instant of its draft and the days it covers. */
export type Occurrence = { readonly on: string; readonly at: number; readonly from: string; readonly to: string }

const DAY = 86_400_000

/** Every occurrence after the instant `after` (ms) and until `until` (ms). */
export function occurrencesBetween(schedule: ScheduleFields, after: number, until: number): Occurrence[] {
  const found: Occurrence[] = []
  // Two days early and late, because the day of a place is not that of UTC.
  const first = Math.floor(after / DAY) - 2
  const last = Math.floor(until / DAY) + 2
  for (let day = first; day <= last; day += 1) {
    if (!isPayDay(schedule, day) || isBeforeAnchor(schedule, day)) continue
    const at = instantOf(day, schedule.local_time, schedule.time_zone)
    if (at > after && at <= until) found.push({ on: text(day), at, ...periodOf(schedule, day) })
  }
  return found
}

/** What becomes of the occurrences when the scheduler looks at these instants: day and outcome, in order. */
export function outcomesAt(schedule: ScheduleFields, createdAt: number, looks: readonly number[]): string[] {
  const outcomes: string[] = []
  let seen = createdAt
  for (const now of looks) {
    const due = occurrencesBetween(schedule, seen, now)
    for (const [index, occurrence] of due.entries()) {
      const isSkipped =
        (schedule.missed_policy === 'create_latest' && index < due.length - 1) ||
        (schedule.missed_policy === 'skip' && occurrence.at + DAY <= now)
      outcomes.push(`${occurrence.on} ${isSkipped ? 'skipped' : 'created'}`)
    }
    seen = Math.max(seen, now)
  }
  return outcomes
}

function isPayDay(schedule: ScheduleFields, day: number): boolean {
  if (schedule.frequency === 'weekly') return dateOf(day).getUTCDay() === schedule.day_of_week
  if (schedule.frequency === 'biweekly') return (day - dayOf(schedule.anchor_on ?? '')) % 14 === 0
  const date = dateOf(day)
  const isLastOfMonth = dateOf(day + 1).getUTCMonth() !== date.getUTCMonth()
  const wanted = schedule.day_of_month ?? 0
  return date.getUTCDate() === wanted || (isLastOfMonth && date.getUTCDate() < wanted)
}

const isBeforeAnchor = (schedule: ScheduleFields, day: number): boolean =>
  schedule.anchor_on !== undefined && day < dayOf(schedule.anchor_on)

function periodOf(schedule: ScheduleFields, day: number): { from: string; to: string } {
  if (schedule.period_rule === 'since_last') {
    let previous = day - 1
    while (!isPayDay(schedule, previous)) previous -= 1
    return { from: text(previous + 1), to: text(day) }
  }
  let [from, to] = calendarPeriod(schedule, day)
  if (schedule.period_rule === 'previous_calendar') [from, to] = calendarPeriod(schedule, from - 1)
  return { from: text(from), to: text(to) }
}

/** The month of the day, or the weeks from Monday to Sunday that end with that of the day. */
function calendarPeriod(schedule: ScheduleFields, day: number): [number, number] {
  let from = day
  let to = day
  if (schedule.frequency === 'monthly') {
    while (dateOf(from).getUTCDate() !== 1) from -= 1
    while (dateOf(to + 1).getUTCDate() !== 1) to += 1
    return [from, to]
  }
  while (dateOf(to).getUTCDay() !== 0) to += 1
  from = to - (schedule.frequency === 'weekly' ? 6 : 13)
  return [from, to]
}

/** A time that the clocks skip moves forward with them; of a time that comes twice the second counts. */
function instantOf(day: number, localTime: string, zone: string): number {
  const [hours = 0, minutes = 0] = localTime.split(':').map(Number)
  const wall = day * DAY + (hours * 60 + minutes) * 60_000
  const before = offsetAt(wall - DAY, zone)
  const after = offsetAt(wall + DAY, zone)
  const later = wall - after
  return later + offsetAt(later, zone) === wall ? later : wall - before
}

/** How far the clocks of the zone are ahead of UTC, in ms. */
function offsetAt(instant: number, zone: string): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (!format) {
    const numeric = 'numeric' as const
    format = new Intl.DateTimeFormat('en-u-ca-iso8601', {
      timeZone: zone,
      hourCycle: 'h23',
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    })
    formats.set(zone, format)
  }
  return format
}

const dateOf = (day: number): Date => new Date(day * DAY)
const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY
const text = (day: number): string => dateOf(day).toISOString().slice(0, 10)
