import type { Messages } from '../messages/en/index.ts'

/** The languages of the console. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const
/** One of `LANGUAGES`. */
export type Language = keyof typeof LANGUAGES

const KEY = 'payd.language'

/** The language that was chosen in this browser, else the first of the browser that the console has. */
export function chosenLanguage(): Language {
  const wanted = [localStorage.getItem(KEY), ...navigator.languages].map((tag) => tag?.slice(0, 2).toLowerCase())
  return wanted.find((tag): tag is Language => tag !== undefined && tag in LANGUAGES) ?? 'en'
}

/** Remembers the language and shows everything in it. */
export function chooseLanguage(language: Language): void {
  localStorage.setItem(KEY, language)
  location.reload()
}

/** The locale for figures and dates: the browser's own where it is of that language, because en-US and en-GB write dates differently. */
export function localeOf(language: Language): string {
  return navigator.languages.find((tag) => tag.toLowerCase().startsWith(language)) ?? language
}

/** Only the language that is shown is loaded. */
export async function loadMessages(language: Language): Promise<Messages> {
  return language === 'de' ? (await import('../messages/de/index.ts')).de : (await import('../messages/en/index.ts')).en
}
