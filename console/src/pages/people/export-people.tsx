import { useMutation } from '@tanstack/react-query'
import type { EmployeeExport } from 'payd'
import { useMessages } from '../../app/context.tsx'
import { isAtLeast, useDesk } from '../../app/desk.tsx'
import { useTellError } from '../../app/use-tell-error.ts'
import { csvOf } from '../../files/csv.ts'
import { download } from '../../files/download.ts'
import { Action } from '../../ui/action.tsx'

const COLUMNS = [
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
] as const satisfies readonly (keyof EmployeeExport)[]

/** Writes all people into a file that the import reads again. */
export function ExportPeople() {
  const t = useMessages()
  const { payd, role } = useDesk()
  const tell = useTellError()
  const write = useMutation({
    mutationFn: () => Array.fromAsync(payd.employees.exports({ limit: 200 })),
    onSuccess: (people) => {
      const rows = people.map((person) => COLUMNS.map((column) => person[column]))
      download('people.csv', 'text/csv', csvOf(COLUMNS, rows))
    },
    onError: tell,
  })
  if (!isAtLeast(role, 'manager')) return null
  return (
    <Action icon="download" isBusy={write.isPending} onClick={() => write.mutate()}>
      {write.isPending ? t.people.exporting : t.people.export}
    </Action>
  )
}
