import type { Employee, EmployeeChanges, NewEmployee } from 'payd'
import { plainAmount } from '../../format/plain-amount.ts'

const FIELDS = [
  'first_name',
  'last_name',
  'email',
  'position',
  'department',
  'status',
  'salary',
  'asset_code',
  'asset_issuer',
  'wallet_address',
  'memo_type',
  'memo',
] as const

/** What a person is, as texts of a form; what is not there is empty. */
export type PersonDraft = Record<(typeof FIELDS)[number], string>

/** What a person can be without. */
const REMOVABLE: readonly string[] = ['position', 'department', 'salary', 'wallet_address', 'memo']

/** The form of a person, or an empty one. */
export function draftOf(employee: Employee | undefined): PersonDraft {
  const empty = { status: 'active', asset_code: 'XLM', memo_type: 'text' } as Partial<PersonDraft>
  const entries = FIELDS.map((field) => [field, employee?.[field] ?? empty[field] ?? ''])
  const draft = Object.fromEntries(entries) as PersonDraft
  return { ...draft, salary: plainAmount(draft.salary) }
}

/** Only what the form changes: what somebody else changes in other fields stays. */
export function changesOf(draft: PersonDraft, seen: Employee): EmployeeChanges {
  const before = draftOf(seen)
  const changed = FIELDS.filter((field) => draft[field].trim() !== before[field].trim())
  const entries = changed.map((field) => {
    const value = draft[field].trim()
    return [field, value === '' && REMOVABLE.includes(field) ? null : value]
  })
  return Object.fromEntries(entries)
}

/** The person that the form adds. */
export function newPersonOf(draft: PersonDraft): NewEmployee {
  const entries = FIELDS.map((field) => [field, draft[field].trim()] as const)
  const given = entries.filter(([field, value]) => value !== '' && !(field === 'memo_type' && draft.memo.trim() === ''))
  return Object.fromEntries(given) as unknown as NewEmployee
}

/** The fields in which the form and a person differ. */
export function differencesOf(draft: PersonDraft, employee: Employee): (keyof PersonDraft)[] {
  const now = draftOf(employee)
  return FIELDS.filter((field) => draft[field].trim() !== now[field].trim())
}
