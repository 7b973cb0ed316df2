import { readEmployeeCsvColumns } from 'payd'
import { useRef, useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { readTable, type TableFile, WorkbookError } from '../../files/read-table.ts'
import { Action } from '../../ui/action.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Notice } from '../../ui/notice.tsx'

const knownColumns = (content: string): number =>
  readEmployeeCsvColumns(content).filter(({ column }) => column !== undefined).length

/** Takes a file, dropped or chosen. */
export function DropZone({ onFile }: { readonly onFile: (file: TableFile) => void }) {
  const t = useMessages()
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setIsOver] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<unknown>()
  const take = async (file: File | undefined) => {
    if (file === undefined) return
    setIsBusy(true)
    setProblem(undefined)
    try {
      onFile(await readTable(file, knownColumns))
    } catch (error) {
      setProblem(error)
    } finally {
      setIsBusy(false)
    }
  }
  return (
    <>
      {problem instanceof WorkbookError && (
        <Notice role="alert" title={t.importing.xlsFailed} tone="bad">
          {t.importing.xlsCure}
        </Notice>
      )}
      {problem !== undefined && !(problem instanceof WorkbookError) && <ErrorBox error={problem} />}
      <section
        aria-label={t.importing.drop}
        className={`card flex flex-col items-center gap-3 border-2 border-dashed px-6 py-16 text-center ${isOver ? 'border-accent bg-accent-soft' : 'border-rule-strong/50'}`}
        onDragLeave={() => setIsOver(false)}
        onDragOver={(event) => {
          event.preventDefault()
          setIsOver(true)
        }}
        onDrop={(event) => {
          event.preventDefault()
          setIsOver(false)
          void take(event.dataTransfer.files[0])
        }}
      >
        <span className="rounded-full bg-accent-soft p-3 text-accent">
          <Icon className="size-6" name="file-up" />
        </span>
        <p className="font-semibold">{t.importing.drop}</p>
        <p className="max-w-md text-sm text-dim">{t.importing.dropAbout}</p>
        <Action isBusy={isBusy} kind="primary" onClick={() => input.current?.click()}>
          {isBusy ? t.importing.reading : t.importing.choose}
        </Action>
        <input
          accept=".csv,.tsv,.txt,.xlsx,text/csv"
          aria-label={t.importing.choose}
          className="sr-only"
          onChange={(event) => void take(event.target.files?.[0])}
          ref={input}
          tabIndex={-1}
          type="file"
        />
      </section>
    </>
  )
}
