import { type CsvOptions, type EmployeeFile, type ImportReport, readEmployeeCsv } from 'payd'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useReason } from '../../app/desk.tsx'
import type { TableFile } from '../../files/read-table.ts'
import { Action } from '../../ui/action.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { ColumnMap } from './column-map.tsx'
import { DropZone } from './drop-zone.tsx'
import { Imported } from './imported.tsx'
import { Trial } from './trial.tsx'

/** From a file as it is to people: which column is what, what becomes of every row, mending, and writing. */
export function ImportPage() {
  const t = useMessages()
  const reason = useReason('manager')
  const [file, setFile] = useState<TableFile>()
  const [read, setRead] = useState<EmployeeFile>()
  const [problem, setProblem] = useState<unknown>()
  const [report, setReport] = useState<ImportReport>()
  const begin = (chosen: TableFile | undefined) => {
    setFile(chosen)
    setRead(undefined)
    setReport(undefined)
    setProblem(undefined)
  }
  const understand = (options: CsvOptions) => {
    if (file === undefined) return
    try {
      setRead(readEmployeeCsv(file.content(options.decimalSign), options))
      setProblem(undefined)
    } catch (error) {
      setProblem(error)
    }
  }
  return (
    <Page
      about={t.importing.about}
      actions={
        file !== undefined && (
          <Action icon="file-up" onClick={() => begin(undefined)}>
            {t.importing.other}
          </Action>
        )
      }
      title={t.importing.title}
    >
      {reason !== undefined && <Notice title={reason} tone="plain" />}
      {reason === undefined && file === undefined && <DropZone onFile={begin} />}
      {problem !== undefined && <ErrorBox error={problem} />}
      {file !== undefined && read === undefined && <ColumnMap file={file} onReady={understand} />}
      {read !== undefined && report === undefined && (
        <Trial onBack={() => setRead(undefined)} onImported={setReport} read={read} />
      )}
      {report !== undefined && <Imported report={report} />}
    </Page>
  )
}
