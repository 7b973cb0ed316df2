import type { Json } from 'payd'
import type { Messages } from '../../messages/en/index.ts'

/** What changed as people say it: "salary: 40 → 42", or only the names of the fields where the trail keeps no values. */
export function describeChanges(changes: Json, t: Messages['trail']): string[] {
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) return []
  const nameOf = (field: string): string => t.fieldNames[field] ?? field.replaceAll('_', ' ')
  return Object.entries(changes).flatMap(([field, value]) => {
    if (value === null || value === undefined || value === '') return []
    if (field === 'fields' && Array.isArray(value))
      return [t.fields(value.map((name) => nameOf(String(name))).join(', '))]
    if (isChange(value)) return [`${nameOf(field)}: ${textOf(value.old, t)} → ${textOf(value.new, t)}`]
    return [`${nameOf(field)}: ${textOf(value, t)}`]
  })
}

function isChange(value: Json): value is { old: Json; new: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && ('old' in value || 'new' in value)
}

function textOf(value: Json | undefined, t: Messages['trail']): string {
  if (value === null || value === undefined || value === '') return t.nothing
  if (Array.isArray(value)) return value.map((one) => textOf(one, t)).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
