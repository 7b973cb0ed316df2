import {
  type ColumnMapping,
  CSV_ENCODINGS,
  type CsvEncoding,
  type CsvOptions,
  EMPLOYEE_CSV_COLUMNS,
  type EmployeeCsvColumn,
  type EmployeeCsvHeading,
  isPaydError,
  readEmployeeCsvColumns,
} from 'payd'
import { useMemo, useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import type { TableFile } from '../../files/read-table.ts'
import { Action } from '../../ui/action.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { SelectField } from '../../ui/field.tsx'
import { Section } from '../../ui/page.tsx'

const REQUIRED: readonly EmployeeCsvColumn[] = ['first_name', 'last_name', 'email']
type Decimal = 'auto' | 'point' | 'comma'

interface Props {
  readonly file: TableFile
  readonly onReady: (options: CsvOptions) => void
}

/** Asks what each column of the file is; what is recognised stands there already. */
export function ColumnMap({ file, onReady }: Props) {
  const t = useMessages()
  const [encoding, setEncoding] = useState<CsvEncoding>()
  const { headings, problem } = useMemo(() => headingsOf(file, encoding), [file, encoding])
  const isOtherEncoding = isPaydError(problem) && problem.code === 'csv_not_utf8'
  return (
    <>
      {problem !== undefined && <ErrorBox error={problem} />}
      {(isOtherEncoding || encoding !== undefined) && (
        <SelectField
          choices={[['', '–'], ...CSV_ENCODINGS.map((name) => [name, name] as const)]}
          label={t.importing.encodingAsk}
          onChange={(name: CsvEncoding | '') => setEncoding(name === '' ? undefined : name)}
          value={encoding ?? ''}
        />
      )}
      {problem === undefined && (
        <Columns
          file={file}
          headings={headings}
          key={encoding}
          onReady={(options) => onReady({ ...options, ...(encoding === undefined ? {} : { encoding }) })}
        />
      )}
    </>
  )
}

function headingsOf(
  file: TableFile,
  encoding: CsvEncoding | undefined,
): { headings: EmployeeCsvHeading[]; problem?: unknown } {
  try {
    const headings = readEmployeeCsvColumns(file.content(), { encoding })
    return { headings: headings.filter(({ name }) => name !== '') }
  } catch (problem) {
    return { headings: [], problem }
  }
}

function Columns({ file, headings, onReady }: Props & { readonly headings: readonly EmployeeCsvHeading[] }) {
  const t = useMessages()
  const [chosen, setChosen] = useState<Record<string, EmployeeCsvColumn | ''>>(() =>
    Object.fromEntries(headings.map(({ name, column }) => [name, column ?? ''])),
  )
  const [decimal, setDecimal] = useState<Decimal>('auto')
  const used = Object.values(chosen).filter((column) => column !== '')
  const missing = REQUIRED.filter((column) => !used.includes(column))
  const twice = used.find((column, index) => used.indexOf(column) !== index)
  const reason =
    missing.length > 0
      ? t.importing.missing(missing.map((column) => t.importing.columns[column]).join(', '))
      : twice !== undefined
        ? t.importing.twice(t.importing.columns[twice])
        : undefined
  const go = () => {
    const entries = Object.entries(chosen).map(([name, column]) => [name, column || null])
    const columns: ColumnMapping = Object.fromEntries(entries)
    onReady({ columns, ...(decimal === 'auto' ? {} : { decimalSign: decimal === 'point' ? '.' : ',' }) })
  }
  return (
    <Section about={t.importing.mapAbout} title={`${t.importing.mapTitle} · ${file.name}`}>
      <ul className="card">
        {headings.map(({ name, samples }) => (
          <li
            className="ledger-line grid items-center gap-x-4 gap-y-2 px-4 py-3 text-sm sm:grid-cols-[1fr_1.2fr_14rem]"
            key={name}
          >
            <span className="font-medium break-words">{name}</span>
            <span className="truncate text-dim">{samples.join(' · ')}</span>
            <select
              aria-label={`${name}: ${t.importing.is}`}
              className={`input ${chosen[name] === '' ? 'text-dim' : ''}`}
              onChange={(event) => setChosen({ ...chosen, [name]: event.target.value as EmployeeCsvColumn | '' })}
              value={chosen[name] ?? ''}
            >
              <option value="">{t.importing.leaveOut}</option>
              {EMPLOYEE_CSV_COLUMNS.map((column) => (
                <option key={column} value={column}>
                  {t.importing.columns[column]}
                </option>
              ))}
            </select>
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap items-end gap-4">
        <SelectField
          choices={(['auto', 'point', 'comma'] as const).map((choice) => [choice, t.importing.decimals[choice]])}
          label={t.importing.decimal}
          onChange={setDecimal}
          value={decimal}
        />
        <Action icon="check" kind="primary" onClick={go} reason={reason}>
          {t.importing.check}
        </Action>
      </div>
    </Section>
  )
}
