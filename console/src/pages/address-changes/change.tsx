import { useQuery } from '@tanstack/react-query'
import type { WalletChange } from 'payd'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { memberOfActor, useDesk, useReason } from '../../app/desk.tsx'
import { useCommand } from '../../app/use-command.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Chip } from '../../ui/chip.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'

const TONES = { waiting: 'warn', applied: 'good', cancelled: 'plain' } as const

/** One change with the old and the new value, and the two things one can do about it. */
export function Change({ change }: { readonly change: WalletChange }) {
  const t = useMessages()
  const { distance, instant } = useFormat()
  const { queries, userId, nameOf } = useDesk()
  const role = useReason('manager')
  const [isAsking, setIsAsking] = useState(false)
  const person = useQuery({ ...queries.employees.get(change.employee_id), staleTime: 300_000 }).data
  const confirm = useCommand('walletChanges', 'confirm', { says: t.money.confirmed, onDone: () => setIsAsking(false) })
  const cancel = useCommand('walletChanges', 'cancel', { says: t.money.cancelled })
  const ask = () => {
    confirm.reset()
    setIsAsking(true)
  }
  const name = person === undefined ? '…' : `${person.first_name} ${person.last_name}`
  const asked = change.requested_by_user ?? memberOfActor(change.requested_by)
  const isMine = asked !== undefined && asked !== null && asked === userId
  const isWaiting = change.state === 'waiting'
  return (
    <li className="card flex flex-col gap-4 p-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <span className="flex flex-wrap items-center gap-3">
          <strong>{name}</strong>
          <span className="text-sm text-dim">{t.money.subject[change.subject]}</span>
          <Chip tone={TONES[change.state]}>{t.money.states[change.state]}</Chip>
        </span>
        <span className="text-xs text-dim">
          {t.money.askedBy(asked ? nameOf(asked) : change.requested_by)} · {instant(change.created_at)}
        </span>
      </div>
      <Sides change={change} />
      {isWaiting ? (
        <>
          <p className="text-sm text-dim">
            {change.effective_at === null ? t.money.needsPerson : t.money.takesEffect(distance(change.effective_at))}
          </p>
          {cancel.error !== null && <ErrorBox error={cancel.error} />}
          <div className="flex flex-wrap items-start gap-2">
            <Action icon="check" kind="primary" onClick={ask} reason={role ?? (isMine ? t.money.youAsked : undefined)}>
              {t.money.confirm}
            </Action>
            {role === undefined && (
              <Action icon="x" isBusy={cancel.isBusy} onClick={() => cancel.run(change.id)}>
                {t.money.cancel}
              </Action>
            )}
          </div>
        </>
      ) : (
        change.decided_by !== null && (
          <p className="text-xs text-dim">
            {t.money.decidedBy(nameOf(change.decided_by))}
            {change.decided_at !== null && ` · ${instant(change.decided_at)}`}
          </p>
        )
      )}
      <Modal
        about={t.money.confirmAbout}
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={`${name}: ${t.money.confirmAsk}`}
      >
        {confirm.error !== null && <ErrorBox error={confirm.error} />}
        <Sides change={change} />
        <div className="flex flex-wrap justify-end gap-2">
          <Action kind="quiet" onClick={() => setIsAsking(false)}>
            {t.common.cancel}
          </Action>
          <Action icon="check" isBusy={confirm.isBusy} kind="primary" onClick={() => confirm.run(change.id)}>
            {t.money.confirm}
          </Action>
        </div>
      </Modal>
    </li>
  )
}

function Sides({ change }: { readonly change: WalletChange }) {
  const t = useMessages()
  const isEmail = change.subject === 'email'
  const sides = [
    [t.money.current, isEmail ? change.previous_email : change.previous_address, change.previous_memo],
    [t.money.wanted, isEmail ? change.new_email : change.new_address, change.new_memo],
  ] as const
  return (
    <dl className="grid gap-3 sm:grid-cols-2">
      {sides.map(([label, value, memo], index) => (
        <div
          className={`rounded-lg border p-3 ${index === 0 ? 'border-rule' : 'border-accent bg-accent-soft'}`}
          key={label}
        >
          <dt className="text-xs text-dim">{label}</dt>
          <dd className="font-mono text-xs leading-5 break-all">{value ?? t.money.noAddress}</dd>
          {memo !== null && (
            <dd className="text-xs text-dim">
              {t.money.memo}: {memo}
            </dd>
          )}
        </div>
      ))}
    </dl>
  )
}
