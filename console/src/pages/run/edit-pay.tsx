import type { PayrollItem, PayrollRun, Payslip } from 'payd'
import { type SubmitEvent, useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { usePages } from '../../app/use-ask.ts'
import { useCommand } from '../../app/use-command.ts'
import { plainAmount } from '../../format/plain-amount.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { ErrorBox, problemAt } from '../../ui/error-box.tsx'
import { TextField } from '../../ui/field.tsx'
import { EditError, useSeenVersion } from './edit-error.tsx'

interface Props {
  readonly run: PayrollRun
  readonly payslip: Payslip
  readonly onClose: () => void
}

/** What one person gets in a draft: each amount with a reason for another one, or nothing at all. */
export function EditPay({ run, payslip, onClose }: Props) {
  const t = useMessages()
  const { queries } = useDesk()
  const items = usePages(queries.payrollRuns.items(run.id, { employee_id: payslip.employee_id }))
  const name = `${payslip.first_name} ${payslip.last_name}`
  // What was seen is the draft as it stood when the dialog was opened; it closes with the edit.
  const seen = useSeenVersion(run)
  // Its refusal is shown here, because the bonus that somebody else has taken out is no longer among the items.
  const remove = useCommand('payrollRuns', 'removeItem', { says: t.run.bonusRemoved, onDone: onClose })
  return (
    <Modal about={t.run.editAbout} isOpen onClose={onClose} title={t.run.editPay(name)}>
      {remove.error !== null && <ErrorBox error={remove.error} />}
      <Answer of={items.of}>
        {(all) => (
          <ul className="flex flex-col gap-4">
            {all.map((item) => (
              <li className="rounded-lg border border-rule p-4" key={item.id}>
                <Item asset={run.asset_code} item={item} onDone={onClose} remove={remove} seen={seen} />
              </li>
            ))}
          </ul>
        )}
      </Answer>
      <LeaveOut name={name} onDone={onClose} payslip={payslip} seen={seen} />
    </Modal>
  )
}

interface Edit {
  readonly seen: ReturnType<typeof useSeenVersion>
  readonly onDone: () => void
}

interface OfItem extends Edit {
  readonly item: PayrollItem
  readonly asset: string
  readonly remove: { readonly run: (id: PayrollItem['id']) => void; readonly isBusy: boolean }
}

function Item({ item, asset, seen, onDone, remove }: OfItem) {
  const t = useMessages()
  const [amount, setAmount] = useState(plainAmount(item.amount))
  const [reason, setReason] = useState(item.amount_reason ?? '')
  const isBonus = item.item_type === 'bonus'
  const change = useCommand('payrollRuns', 'changeItem', { says: t.run.amountChanged, onDone })
  const isSame = amount.trim() === plainAmount(item.amount) && reason.trim() === (item.amount_reason ?? '')
  const [wanted, setWanted] = useState<'amount' | 'salary'>('amount')
  const save = (what: typeof wanted, expectedVersion: number) => {
    setWanted(what)
    if (what === 'salary') change.run(item.id, null, { expectedVersion })
    else change.run(item.id, amount.trim(), { reason: reason.trim(), expectedVersion })
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!isSame) save('amount', seen.version)
  }
  return (
    <form className="flex flex-col gap-3" onSubmit={submit}>
      <h3>{isBonus ? t.runs.bonus : t.runs.base}</h3>
      {item.description !== null && <p className="text-sm text-dim">{item.description}</p>}
      <EditError
        error={change.error}
        onKeep={() => save(wanted, seen.takeCurrent())}
        onTake={() => {
          seen.takeCurrent()
          setAmount(plainAmount(item.amount))
          setReason(item.amount_reason ?? '')
          change.reset()
        }}
      />
      <TextField
        inputMode="decimal"
        isRequired
        label={`${t.runs.amount} (${asset})`}
        onChange={setAmount}
        problem={problemAt(change.error, 'amount')}
        value={amount}
      />
      <TextField
        hint={t.run.reasonHint}
        isRequired
        label={t.common.reason}
        onChange={setReason}
        problem={problemAt(change.error, 'reason')}
        value={reason}
      />
      <div className="flex flex-wrap items-start gap-2">
        <Action isBusy={change.isBusy} kind="primary" reason={isSame ? t.run.nothingChanged : undefined} type="submit">
          {t.run.editAmount}
        </Action>
        {!isBonus && item.amount_reason !== null && (
          <Action icon="undo-2" isBusy={change.isBusy} onClick={() => save('salary', seen.version)}>
            {t.run.followSalary}
          </Action>
        )}
        {isBonus && (
          <Action icon="trash-2" isBusy={remove.isBusy} kind="danger" onClick={() => remove.run(item.id)}>
            {t.run.removeBonus}
          </Action>
        )}
      </div>
    </form>
  )
}

function LeaveOut(props: Edit & { readonly payslip: Payslip; readonly name: string }) {
  const t = useMessages()
  const { payslip, name, seen } = props
  const [isAsking, setIsAsking] = useState(false)
  const leaveOut = useCommand('payrollRuns', 'removeEmployee', { says: t.run.leftOut, onDone: props.onDone })
  const go = (expectedVersion: number) => leaveOut.run(payslip.payroll_run_id, payslip.employee_id, { expectedVersion })
  return (
    <div className="flex flex-col gap-3 border-t border-rule pt-4">
      <EditError
        error={leaveOut.error}
        onKeep={() => go(seen.takeCurrent())}
        onTake={() => {
          seen.takeCurrent()
          leaveOut.reset()
        }}
      />
      {isAsking ? (
        <>
          <p className="text-sm font-medium">{t.run.leaveOutAsk(name)}</p>
          <div className="flex flex-wrap gap-2">
            <Action kind="quiet" onClick={() => setIsAsking(false)}>
              {t.common.cancel}
            </Action>
            <Action isBusy={leaveOut.isBusy} kind="danger" onClick={() => go(seen.version)}>
              {t.run.leaveOut}
            </Action>
          </div>
        </>
      ) : (
        <div>
          <Action icon="trash-2" kind="danger" label={`${t.run.leaveOut}: ${name}`} onClick={() => setIsAsking(true)}>
            {t.run.leaveOut}
          </Action>
        </div>
      )}
    </div>
  )
}
