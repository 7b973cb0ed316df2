import type { Json } from 'payd'
import type { Messages } from '../../messages/en/index.ts'

/** What changed as people say it: "salary: 40 → 42", or only the names of the fields where the trail keeps no values. */
export function describeChanges(changes: Json, messages: Messages): string[] {
  const t = messages.trail
  const words = wordsOf(messages)
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) return []
  const nameOf = (field: string): string => t.fieldNames[field] ?? field.replaceAll('_', ' ')
  return Object.entries(changes).flatMap(([field, value]) => {
    if (value === null || value === undefined || value === '') return []
    if (field === 'fields' && Array.isArray(value))
      return [t.fields(value.map((name) => nameOf(String(name))).join(', '))]
    if (isChange(value)) return [`${nameOf(field)}: ${textOf(value.old, t, words)} → ${textOf(value.new, t, words)}`]
    return [`${nameOf(field)}: ${textOf(value, t, words)}`]
  })
}

function isChange(value: Json): value is { old: Json; new: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && ('old' in value || 'new' in value)
}

type Words = Readonly<Record<string, string>>

/** What the database calls by a code and people by words: how often, which rule, which role. */
const wordsOf = ({ schedules, settings, people }: Messages): Words => ({
  ...schedules.frequencies,
  ...schedules.rules,
  ...schedules.policies,
  ...settings.policies,
  ...settings.salaryPeriods,
  ...settings.roles,
  ...people.status,
})

function textOf(value: Json | undefined, t: Messages['trail'], words: Words): string {
  if (value === null || value === undefined || value === '') return t.nothing
  if (Array.isArray(value)) return value.map((one) => textOf(one, t, words)).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : (words[String(value)] ?? String(value))
}
