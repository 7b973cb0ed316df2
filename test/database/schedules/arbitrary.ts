import fc from 'fast-check'
import type { ScheduleFields } from './model.ts'

/** Places whose clocks differ in every way: none, whole, half and quarter hours, both hemispheres, both sides of the date line. */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Pacific/Kiritimati',
]

const day = (from: string, to: string) =>
  fc
    .integer({ min: Date.parse(from) / 86_400_000, max: Date.parse(to) / 86_400_000 })
    .map((number) => new Date(number * 86_400_000).toISOString().slice(0, 10))

const twoDigits = (max: number) => fc.integer({ min: 0, max }).map((number) => String(number).padStart(2, '0'))

const when = fc.oneof(
  fc.record({ frequency: fc.constant('weekly' as const), day_of_week: fc.integer({ min: 0, max: 6 }) }),
  fc.record({ frequency: fc.constant('biweekly' as const), anchor_on: day('2025-01-01', '2027-06-30') }),
  fc.record({ frequency: fc.constant('monthly' as const), day_of_month: fc.integer({ min: 1, max: 31 }) }),
)

const rest = fc.record({
  name: fc.constant('Salaries'),
  time_zone: fc.constantFrom(...ZONES),
  // Most changes of clocks happen between one and three.
  local_time: fc
    .tuple(fc.oneof(fc.constantFrom('01', '02', '03'), twoDigits(23)), twoDigits(59))
    .map((parts) => parts.join(':')),
  period_rule: fc.constantFrom('since_last' as const, 'calendar' as const, 'previous_calendar' as const),
  missed_policy: fc.constantFrom('create_all' as const, 'create_latest' as const, 'skip' as const),
})

/** Any schedule. */
export const anySchedule: fc.Arbitrary<ScheduleFields> = fc
  .tuple(when, rest)
  .map(([first, second]) => ({ ...second, ...first }))

/** Any instant of the next two years, in ms, to the second. */
export const anyInstant: fc.Arbitrary<number> = fc
  .integer({ min: Date.parse('2026-01-01T00:00:00Z') / 1000, max: Date.parse('2028-01-01T00:00:00Z') / 1000 })
  .map((seconds) => seconds * 1000)

/** How long the scheduler sleeps between two looks, in ms: mostly a minute, sometimes months. */
export const anyPauses: fc.Arbitrary<number[]> = fc.array(
  fc
    .oneof(
      fc.integer({ min: 1, max: 90 }),
      fc.integer({ min: 60, max: 60 * 24 * 3 }),
      fc.integer({ min: 60 * 24, max: 60 * 24 * 120 }),
    )
    .map((minutes) => minutes * 60_000),
  { minLength: 1, maxLength: 12 },
)
