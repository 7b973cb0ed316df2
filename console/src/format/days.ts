import { dateFormat, distanceFormat } from './intl.ts'

/** A day such as 2026-11-30 in words of the locale. It belongs to no time zone. */
export function showDay(day: string, locale: string, style: 'short' | 'long' = 'short'): string {
  const month = style === 'long' ? 'long' : 'short'
  return format(locale, { day: 'numeric', month, year: 'numeric' }).format(atNoon(day))
}

/** The days of a run as people call them: "November 2026" for a whole month, else both days. */
export function showPeriod(start: string, end: string, locale: string): string {
  if (isWholeMonth(start, end)) return format(locale, { month: 'long', year: 'numeric' }).format(atNoon(start))
  return format(locale, { day: 'numeric', month: 'short', year: 'numeric' }).formatRange(atNoon(start), atNoon(end))
}

/** Whether the days are exactly one month. */
export function isWholeMonth(start: string, end: string): boolean {
  return start.endsWith('-01') && end === lastOfMonth(start)
}

/** The last day of the month of a day. */
export function lastOfMonth(day: string): string {
  const [year = 0, month = 1] = day.split('-').map(Number)
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10)
}

/** The month after the one of a day, as its first and last day. */
export function monthAfter(day: string): { readonly start: string; readonly end: string } {
  const [year = 0, month = 1] = day.split('-').map(Number)
  const start = new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10)
  return { start, end: lastOfMonth(start) }
}

/** Today in a time zone. */
export function today(timeZone: string, now = new Date()): string {
  return dateFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(now)
}

/** An instant in the time zone of the person, with the zone where it is not obvious. */
export function showInstant(iso: string, locale: string, timeZone: string): string {
  return dateFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(new Date(iso))
}

/** The instant at which a day begins in a time zone. */
export function beginningOf(day: string, timeZone: string): string {
  const inUtc = Date.parse(`${day}T00:00:00Z`)
  // The second look is for days on which the clocks change: the first may stand on the other side of the change.
  const near = inUtc - offsetOf(inUtc, timeZone)
  return new Date(inUtc - offsetOf(near, timeZone)).toISOString()
}

/** How far the clocks of a time zone are ahead of UTC at an instant, in milliseconds. */
function offsetOf(instant: number, timeZone: string): number {
  const clock = dateFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(new Date(instant))
  return Date.parse(`${clock.replace(' ', 'T')}Z`) - instant
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/** How long ago, or in how long, in words. */
export function showDistance(iso: string, locale: string, now = Date.now()): string {
  const seconds = Math.round((Date.parse(iso) - now) / 1000)
  const words = distanceFormat(locale)
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit)
  }
  return words.format(Math.trunc(seconds / 60), 'minute')
}

const format = (locale: string, options: Intl.DateTimeFormatOptions) =>
  dateFormat(locale, { ...options, timeZone: 'UTC' })

const atNoon = (day: string): Date => new Date(`${day}T12:00:00Z`)
