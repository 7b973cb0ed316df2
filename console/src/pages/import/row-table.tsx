import { EMPLOYEE_CSV_COLUMNS, type EmployeeCsvColumn, type EmployeeRow, type ImportRowResult } from 'payd'
import { useMessages } from '../../app/context.tsx'
import { useWords } from '../../app/words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Chip, type Tone } from '../../ui/chip.tsx'
import { type Column, VirtualTable } from '../../ui/virtual-table.tsx'
import { RowChanges } from './row-changes.tsx'

const TONES: Record<ImportRowResult['outcome'], Tone> = {
  imported: 'good',
  updated: 'info',
  unchanged: 'plain',
  refused: 'bad',
}

/** Every row with what becomes of it; the cells of a refused one can be mended. */
export function RowTable(props: {
  readonly results: readonly ImportRowResult[]
  readonly rows: ReadonlyMap<number, EmployeeRow>
  readonly onMend: (line: number, column: EmployeeCsvColumn, value: string) => void
}) {
  const t = useMessages()
  const { count } = useFormat()
  const words = useWords()
  const columns: Column<ImportRowResult>[] = [
    {
      key: 'line',
      name: t.importing.line,
      width: '4rem',
      cell: ({ line }) => <span className="tabular-nums">{line}</span>,
    },
    {
      key: 'person',
      name: t.importing.person,
      width: 'minmax(10rem, 1fr)',
      isTitle: true,
      cell: ({ line, email }) => {
        const row = props.rows.get(line)
        return (
          <span className="block min-w-0">
            <span className="block truncate font-medium">
              {row?.first_name} {row?.last_name}
            </span>
            <span className="block truncate text-xs text-dim">{row?.email ?? email}</span>
          </span>
        )
      },
    },
    {
      key: 'pay',
      name: t.importing.columns.salary,
      width: 'minmax(7rem, 0.8fr)',
      isNumber: true,
      // As it was read: whether 1.234 became one or a thousand is seen here.
      cell: ({ line }) => {
        const { salary, asset_code } = props.rows.get(line) ?? {}
        return <span className="tabular-nums">{salary === undefined ? '–' : `${salary} ${asset_code ?? ''}`}</span>
      },
    },
    {
      key: 'outcome',
      name: t.importing.outcome,
      width: 'minmax(18rem, 3fr)',
      cell: (result) => {
        const row = props.rows.get(result.line)
        const said = words(result.code ?? '', result.message ?? '', result.hint)
        const changes = Object.keys(result.changes ?? {}).length
        return (
          <span className="flex min-w-0 flex-col gap-1.5">
            <span className="flex flex-wrap items-center gap-2">
              <Chip tone={TONES[result.outcome]}>{t.importing.outcomes[result.outcome]}</Chip>
              {said.title !== '' && <span className="font-medium">{said.title}</span>}
              {result.outcome === 'updated' && changes > 0 && (
                <span className="text-dim">{t.importing.changes(count(changes))}</span>
              )}
            </span>
            <RowChanges result={result} />
            {said.cure !== undefined && <span className="text-xs text-dim">{said.cure}</span>}
            {result.outcome === 'refused' && row !== undefined && (
              <Cells onMend={(column, value) => props.onMend(result.line, column, value)} row={row} />
            )}
          </span>
        )
      },
    },
  ]
  return (
    <VirtualTable
      columns={columns}
      keyOf={({ line }) => String(line)}
      label={t.importing.outcome}
      rows={props.results}
    />
  )
}

/** The cells of a row as fields. */
function Cells(props: {
  readonly row: EmployeeRow
  readonly onMend: (column: EmployeeCsvColumn, value: string) => void
}) {
  const t = useMessages()
  return (
    <span className="grid grid-cols-2 gap-2 lg:grid-cols-3">
      {EMPLOYEE_CSV_COLUMNS.filter((column) => props.row[column] !== undefined).map((column) => (
        <label className="flex flex-col text-xs text-dim" key={column}>
          {t.importing.columns[column]}
          <input
            className="input min-h-8 px-2 py-1 text-xs text-ink"
            onChange={(event) => props.onMend(column, event.target.value)}
            value={props.row[column] ?? ''}
          />
        </label>
      ))}
    </span>
  )
}
