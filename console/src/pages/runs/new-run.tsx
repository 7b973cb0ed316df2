import { useNavigate } from '@tanstack/react-router'
import { type SubmitEvent, useEffect, useRef, useState } from 'react'
import { useCommandKey } from '../../app/command-key.ts'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { usePages } from '../../app/use-ask.ts'
import { useCommand } from '../../app/use-command.ts'
import { lastOfMonth, monthAfter, today } from '../../format/days.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { AssetField } from '../../ui/asset-field.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { ErrorBox, problemAt } from '../../ui/error-box.tsx'
import { TextField } from '../../ui/field.tsx'

/** Asks for the period and the asset of a new draft; the month after the newest run stands there already. */
export function NewRun({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const t = useMessages()
  const { queries, organization } = useDesk()
  const { timeZone } = useFormat()
  const navigate = useNavigate()
  const runs = usePages(queries.payrollRuns.summaries({}), isOpen)
  const newest = runs.items[0]
  const isRead = runs.of.fetchStatus !== 'fetching'
  const isFilledIn = useRef(false)
  const [values, setValues] = useState({
    period_start: '',
    period_end: '',
    asset_code: 'XLM',
    asset_issuer: '',
    memo: '',
  })
  const keyOf = useCommandKey(isOpen)
  const create = useCommand('payrollRuns', 'create', {
    says: t.runs.created,
    onDone: ({ id }) => {
      onClose()
      const params = { organization: String(organization.organization_id), run: String(id) }
      void navigate({ to: '/o/$organization/runs/$run', params })
    },
  })
  const close = () => {
    create.reset()
    onClose()
  }
  useEffect(() => {
    // Once for each opening: a run that appears meanwhile, such as this one after a lost answer, must not move the days under the person's hands.
    if (isOpen && (isFilledIn.current || !isRead)) return
    isFilledIn.current = isOpen
    if (!isOpen) return
    const month = newest === undefined ? thisMonth(timeZone) : monthAfter(newest.period_end)
    setValues((before) => ({ ...before, period_start: month.start, period_end: month.end }))
  }, [isOpen, isRead, newest, timeZone])
  const change = (name: keyof typeof values) => (value: string) => setValues({ ...values, [name]: value })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const { memo, ...rest } = values
    const wanted = { ...rest, ...(memo === '' ? {} : { memo }) }
    create.run(wanted, { idempotencyKey: keyOf(wanted) })
  }
  return (
    <Modal about={t.runs.newAbout} isOpen={isOpen} onClose={close} title={t.runs.newRun}>
      <form className="flex flex-col gap-4" onSubmit={submit}>
        {create.error !== null && <ErrorBox error={create.error} />}
        <div className="grid grid-cols-2 gap-3">
          <TextField
            isRequired
            label={t.runs.from}
            onChange={change('period_start')}
            problem={problemAt(create.error, 'period_start')}
            type="date"
            value={values.period_start}
          />
          <TextField
            isRequired
            label={t.runs.to}
            onChange={change('period_end')}
            problem={problemAt(create.error, 'period_end')}
            type="date"
            value={values.period_end}
          />
        </div>
        <AssetField
          onChange={(asset) => setValues({ ...values, ...asset })}
          problem={problemAt(create.error, 'asset_code')}
          value={values}
        />
        <TextField
          hint={t.runs.memoHint}
          isOptional={t.common.optional}
          label={t.runs.memo}
          onChange={change('memo')}
          value={values.memo}
        />
        <div className="flex justify-end gap-2">
          <Action kind="quiet" onClick={close}>
            {t.common.cancel}
          </Action>
          <Action isBusy={create.isBusy} kind="primary" type="submit">
            {t.runs.create}
          </Action>
        </div>
      </form>
    </Modal>
  )
}

function thisMonth(timeZone: string): { start: string; end: string } {
  const start = `${today(timeZone).slice(0, 7)}-01`
  return { start, end: lastOfMonth(start) }
}
