import type {
  EmployeeCsvColumn,
  EmployeeFile,
  EmployeeRow,
  ImportReport,
  ImportRowResult,
  NumberedEmployeeRow,
} from 'payd'
import { useEffect, useRef, useState } from 'react'
import { useCommandKey } from '../../app/command-key.ts'
import { useMessages } from '../../app/context.tsx'
import { useCommand } from '../../app/use-command.ts'
import { useWords } from '../../app/words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Waiting } from '../../ui/answer.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { CheckField } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { RowTable } from './row-table.tsx'

/** What would become of every row, with cells to mend; then the same rows are written. */
export function Trial(props: {
  readonly read: EmployeeFile
  readonly onBack: () => void
  readonly onImported: (report: ImportReport) => void
}) {
  const t = useMessages()
  const { count } = useFormat()
  const [rows, setRows] = useState<readonly NumberedEmployeeRow[]>(props.read.rows)
  const [trial, setTrial] = useState<ImportReport>()
  const [isMended, setIsMended] = useState(false)
  const [isRefusedOnly, setIsRefusedOnly] = useState(false)
  const words = useWords()
  const keyOf = useCommandKey()
  const check = useCommand('employees', 'importRows', {
    onDone: (report) => {
      setTrial(report)
      setIsMended(false)
      setIsRefusedOnly(report.refused > 0)
    },
  })
  const write = useCommand('employees', 'importRows', { onDone: props.onImported })
  const started = useRef(false)
  const { run } = check
  useEffect(() => {
    if (started.current) return
    started.current = true
    run(props.read.rows, { dryRun: true })
  }, [run, props.read.rows])
  const mend = (line: number, column: EmployeeCsvColumn, value: string) => {
    setIsMended(true)
    setRows((before) => before.map((row) => (row.line === line ? { ...row, [column]: value } : row)))
  }
  if (trial === undefined) {
    return check.error === null ? (
      <Waiting />
    ) : (
      <ErrorBox error={check.error} onRetry={() => run(rows, { dryRun: true })} />
    )
  }
  const unusable = props.read.unusable.map(refused)
  const results = [...trial.rows, ...unusable].sort((a, b) => a.line - b.line)
  const shown = isRefusedOnly ? results.filter(({ outcome }) => outcome === 'refused') : results
  const total = trial.refused + unusable.length
  const useful = trial.imported + trial.updated
  const error = check.error ?? write.error
  const warnings = [...props.read.warnings, ...trial.warnings].sort((a, b) => a.line - b.line)
  return (
    <Section
      about={t.importing.counts(count(trial.imported), count(trial.updated), count(trial.unchanged), count(total))}
      actions={
        <Action kind="quiet" onClick={props.onBack}>
          {t.importing.mapTitle}
        </Action>
      }
      title={t.importing.outcome}
    >
      {error !== null && <ErrorBox error={error} />}
      {warnings.length > 0 && (
        <Notice title={t.importing.warnings} tone="warn">
          <ul className="flex max-h-48 flex-col gap-1 overflow-y-auto">
            {warnings.map(({ line, code, message, hint }) => {
              const said = words(code, message, hint)
              return (
                <li key={`${line} ${code}`}>
                  {t.importing.line} {line}: {said.title} {said.cure}
                </li>
              )
            })}
          </ul>
        </Notice>
      )}
      {total > 0 && (
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="text-sm text-dim">{t.importing.mendHint}</p>
          <CheckField isChecked={isRefusedOnly} label={t.importing.onlyRefused} onChange={setIsRefusedOnly} />
        </div>
      )}
      <RowTable
        onMend={mend}
        results={shown}
        rows={new Map(rows.map((row): [number, EmployeeRow] => [row.line, row]))}
      />
      <div className="sticky bottom-4 flex flex-wrap items-start gap-2 rounded-xl border border-rule bg-card p-3 shadow-card">
        {isMended && (
          <Action icon="check" isBusy={check.isBusy} kind="primary" onClick={() => run(rows, { dryRun: true })}>
            {t.importing.checkAgain}
          </Action>
        )}
        <Action
          icon="file-up"
          isBusy={write.isBusy}
          kind={isMended ? 'plain' : 'primary'}
          onClick={() => write.run(rows, { idempotencyKey: keyOf(rows) })}
          reason={isMended ? t.importing.checkFirst : useful === 0 ? t.importing.importNothing : undefined}
        >
          {write.isBusy ? t.importing.importing : t.importing.import(count(useful))}
        </Action>
        {total > 0 && <span className="self-center text-sm text-dim">{t.importing.refusedStay(count(total))}</span>}
      </div>
    </Section>
  )
}

function refused(row: EmployeeFile['unusable'][number]): ImportRowResult {
  return { ...row, outcome: 'refused', employee_id: null }
}
