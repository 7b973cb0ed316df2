import type { PayrollRun, PayrollRunEdits } from 'payd'
import { type SubmitEvent, useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useCommand } from '../../app/use-command.ts'
import { Action } from '../../ui/action.tsx'
import { AssetField } from '../../ui/asset-field.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { problemAt } from '../../ui/error-box.tsx'
import { TextField } from '../../ui/field.tsx'
import { EditError } from './edit-error.tsx'

type Draft = Record<'period_start' | 'period_end' | 'asset_code' | 'asset_issuer' | 'memo', string>

const draftOf = ({ period_start, period_end, asset_code, asset_issuer, memo }: PayrollRun): Draft => ({
  ...{ period_start, period_end, asset_code, asset_issuer },
  memo: memo ?? '',
})

/** The days, the asset and the memo of a draft. Only what was changed is sent. */
export function EditRun({ run, onClose }: { readonly run: PayrollRun; readonly onClose: () => void }) {
  const t = useMessages()
  const [seen, setSeen] = useState(run)
  const [draft, setDraft] = useState(() => draftOf(run))
  const update = useCommand('payrollRuns', 'update', { says: t.run.runChanged, onDone: onClose })
  const changes = changesOf(draft, seen)
  const nothing = Object.keys(changes).length === 0
  const field = (name: keyof Draft, label: string) => ({
    label,
    value: draft[name],
    onChange: (value: string) => setDraft({ ...draft, [name]: value }),
    problem: problemAt(update.error, name),
  })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!nothing) update.run(seen, changes)
  }
  return (
    <Modal about={t.run.editRunAbout} isOpen onClose={onClose} title={t.run.editRun}>
      <form className="flex flex-col gap-4" onSubmit={submit}>
        <EditError
          error={update.error}
          onKeep={() => {
            setSeen(run)
            update.run(run, changesOf(draft, run))
          }}
          onTake={() => {
            setSeen(run)
            setDraft(draftOf(run))
            update.reset()
          }}
        />
        <div className="grid grid-cols-2 gap-3">
          <TextField isRequired type="date" {...field('period_start', t.runs.from)} />
          <TextField isRequired type="date" {...field('period_end', t.runs.to)} />
        </div>
        <AssetField
          onChange={(asset) => setDraft({ ...draft, ...asset })}
          problem={problemAt(update.error, 'asset_code')}
          value={draft}
        />
        <TextField hint={t.runs.memoHint} isOptional={t.common.optional} {...field('memo', t.runs.memo)} />
        <div className="flex justify-end gap-2">
          <Action kind="quiet" onClick={onClose}>
            {t.common.cancel}
          </Action>
          <Action
            isBusy={update.isBusy}
            kind="primary"
            reason={nothing ? t.run.nothingChanged : undefined}
            type="submit"
          >
            {t.common.save}
          </Action>
        </div>
      </form>
    </Modal>
  )
}

function changesOf(draft: Draft, seen: PayrollRun): PayrollRunEdits {
  const before = draftOf(seen)
  const changed = Object.entries(draft).filter(([name, value]) => value.trim() !== before[name as keyof Draft])
  return Object.fromEntries(
    changed.map(([name, value]) => [name, name === 'memo' && value.trim() === '' ? null : value.trim()]),
  )
}
