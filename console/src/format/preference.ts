import type { Preferences } from 'payd'

/** The value at a dotted path of the preferences. */
export function preferenceAt(preferences: Preferences | undefined, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], preferences)
}

/** The text at a dotted path, where there is one. */
export function textPreference(preferences: Preferences | undefined, path: string): string | undefined {
  const value = preferenceAt(preferences, path)
  return typeof value === 'string' ? value : undefined
}
