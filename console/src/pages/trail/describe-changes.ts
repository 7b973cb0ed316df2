import type { Json } from 'payd'
import type { Messages } from '../../messages/en/index.ts'

/** What changed as people say it: "salary: 40 → 42", or only the names of the fields where the trail keeps no values. */
export function describeChanges(changes: Json, messages: Messages, day: (day: string) => string): string[] {
  const t = messages.trail
  const words = wordsOf(messages)
  const say = (value: Json | undefined): string => textOf(value, t, (text) => words[text] ?? inPlain(text, day))
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) return []
  const nameOf = (field: string): string => t.fieldNames[field] ?? field.replaceAll('_', ' ')
  return Object.entries(changes).flatMap(([field, value]) => {
    if (value === null || value === undefined || value === '') return []
    if (field === 'fields' && Array.isArray(value))
      return [t.fields(value.map((name) => nameOf(String(name))).join(', '))]
    if (isChange(value)) return [`${nameOf(field)}: ${say(value.old)} → ${say(value.new)}`]
    return [`${nameOf(field)}: ${say(value)}`]
  })
}

function isChange(value: Json): value is { old: Json; new: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && ('old' in value || 'new' in value)
}

type Words = Readonly<Record<string, string>>

/** What the database calls by a code and people by words: how often, which rule, which role. */
const wordsOf = ({ schedules, settings, people, trail }: Messages): Words => ({
  ...trail.custodies,
  ...schedules.frequencies,
  ...schedules.rules,
  ...schedules.policies,
  ...settings.policies,
  ...settings.salaryPeriods,
  ...settings.roles,
  ...people.status,
})

/** Days as people write them, and times of a clock without seconds that are always zero. */
const inPlain = (text: string, day: (day: string) => string): string =>
  /^\d{4}-\d\d-\d\d$/.test(text) ? day(text) : text.replace(/^(\d\d:\d\d):00$/, '$1')

function textOf(value: Json | undefined, t: Messages['trail'], say: (text: string) => string): string {
  if (value === null || value === undefined || value === '') return t.nothing
  if (Array.isArray(value)) return value.map((one) => textOf(one, t, say)).join(', ')
  if (typeof value === 'boolean') return value ? t.yes : t.no
  return typeof value === 'object' ? JSON.stringify(value) : say(String(value))
}
