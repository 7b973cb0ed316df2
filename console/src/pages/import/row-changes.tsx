import type { EmployeeCsvColumn, ImportRowResult } from 'payd'
import { useMessages } from '../../app/context.tsx'

/** Every value that a row changes or takes away, and what a person should look at first. */
export function RowChanges({ result }: { readonly result: ImportRowResult }) {
  const t = useMessages()
  const changes = Object.entries(result.changes ?? {})
  const said: Readonly<Record<string, string>> = t.importing.rowWarnings
  const warnings = (result.warnings ?? []).flatMap(({ code }) => said[code] ?? [])
  if (changes.length === 0 && warnings.length === 0) return null
  return (
    <span className="flex flex-col gap-0.5 text-xs">
      {warnings.map((warning) => (
        <span className="font-medium text-bad" key={warning}>
          {warning}
        </span>
      ))}
      {changes.map(([field, { from, to }]) => (
        <span className="break-all" key={field}>
          <span className="text-dim">{t.importing.columns[field as EmployeeCsvColumn]}: </span>
          {from ?? t.importing.nothing} →{' '}
          <span className={to === null ? 'text-bad' : ''}>{to ?? t.importing.nothing}</span>
        </span>
      ))}
    </span>
  )
}
