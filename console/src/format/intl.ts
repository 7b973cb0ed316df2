const dates = new Map<string, Intl.DateTimeFormat>()
const counts = new Map<string, Intl.NumberFormat>()
const distances = new Map<string, Intl.RelativeTimeFormat>()

/** The format of days and instants. Each is made once: to make one takes longer than to use it a hundred times, and a table uses hundreds. */
export const dateFormat = (locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  once(dates, `${locale} ${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(locale, options))

/** The format of whole numbers. */
export const countFormat = (locale: string): Intl.NumberFormat =>
  once(counts, locale, () => new Intl.NumberFormat(locale))

/** The words for how long ago something is. */
export const distanceFormat = (locale: string): Intl.RelativeTimeFormat =>
  once(distances, locale, () => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }))

function once<Made>(known: Map<string, Made>, key: string, make: () => Made): Made {
  const made = known.get(key) ?? make()
  known.set(key, made)
  return made
}
