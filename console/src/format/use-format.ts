import { useQuery } from '@tanstack/react-query'
import { type Amount, displayAmount } from 'payd'
import { useConsole } from '../app/context.tsx'
import { useDesk } from '../app/desk.tsx'
import { showDay, showDistance, showInstant, showPeriod } from './days.ts'
import { textPreference } from './preference.ts'

/** Everything that turns what the database says into what people read. */
export interface Format {
  readonly locale: string
  readonly timeZone: string
  readonly money: (amount: Amount, assetCode?: string) => string
  readonly day: (day: string, style?: 'short' | 'long') => string
  readonly period: (start: string, end: string) => string
  readonly instant: (iso: string) => string
  readonly distance: (iso: string) => string
  readonly count: (count: number) => string
}

/** The formats of the person: the language of the console, and the time zone that the person prefers. */
export function useFormat(): Format {
  const { locale } = useConsole()
  const { queries, role } = useDesk()
  const { data } = useQuery({ ...queries.preferences.get(), enabled: role !== null, staleTime: 300_000 })
  const timeZone = textPreference(data, 'locale.time_zone') ?? 'UTC'
  return {
    locale,
    timeZone,
    money: (amount, assetCode) => displayAmount(amount, locale, { assetCode }),
    day: (day, style) => showDay(day, locale, style),
    period: (start, end) => showPeriod(start, end, locale),
    instant: (iso) => showInstant(iso, locale, timeZone),
    distance: (iso) => showDistance(iso, locale),
    count: (count) => new Intl.NumberFormat(locale).format(count),
  }
}
