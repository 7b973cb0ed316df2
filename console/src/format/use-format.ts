import { type Amount, displayAmount, type Preferences } from 'payd'
import { createContext, useContext, useMemo } from 'react'
import { useConsole } from '../app/context.tsx'
import { showDay, showDistance, showInstant, showPeriod } from './days.ts'
import { countFormat } from './intl.ts'
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

const Context = createContext<Format | undefined>(undefined)

/** Gives the pages of an organization the formats of the person: every amount of a table takes them from here. */
export const FormatProvider = Context.Provider

/** The formats of the person. */
export function useFormat(): Format {
  const format = useContext(Context)
  if (format === undefined) throw new Error('Pages of an organization stand inside a FormatProvider.')
  return format
}

/** The formats of the person, or none on the pages before an organization is entered. */
export const useFormatIfAny = (): Format | undefined => useContext(Context)

/** The formats for the language of the console and the time zone that the person prefers. */
export function useFormatOf(preferences: Preferences | undefined): Format {
  const { locale } = useConsole()
  const timeZone = textPreference(preferences, 'locale.time_zone') ?? 'UTC'
  return useMemo(
    () => ({
      locale,
      timeZone,
      money: (amount, assetCode) => displayAmount(amount, locale, { assetCode }),
      day: (day, style) => showDay(day, locale, style),
      period: (start, end) => showPeriod(start, end, locale),
      instant: (iso) => showInstant(iso, locale, timeZone),
      distance: (iso) => showDistance(iso, locale),
      count: (count) => countFormat(locale).format(count),
    }),
    [locale, timeZone],
  )
}
