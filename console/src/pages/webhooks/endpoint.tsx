import type { WebhookSubscription } from 'payd'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useReason } from '../../app/desk.tsx'
import { latestError, useCommand } from '../../app/use-command.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Chip, type Tone } from '../../ui/chip.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Secret } from './secret.tsx'

/** One endpoint, whether it is reached, and what an admin can do about it. */
export function Endpoint({ subscription }: { readonly subscription: WebhookSubscription }) {
  const t = useMessages()
  const { count } = useFormat()
  const reason = useReason('admin')
  const [secret, setSecret] = useState<string>()
  const [isRemoving, setIsRemoving] = useState(false)
  const { id, url, events, is_active, inactive_reason, description } = subscription
  const test = useCommand('webhooks', 'sendTest', { says: t.webhooks.tested })
  const pause = useCommand('webhooks', 'pause', { says: t.webhooks.paused })
  const enable = useCommand('webhooks', 'enable', { says: t.webhooks.enabled })
  const rotate = useCommand('webhooks', 'rotateSecret', { onDone: (rotated) => setSecret(rotated.secret) })
  const recover = useCommand('webhooks', 'recover', { says: (again) => t.webhooks.recovered(count(again)) })
  const remove = useCommand('webhooks', 'unsubscribe', { says: t.webhooks.removed })
  const askToRemove = () => {
    remove.reset()
    setIsRemoving(true)
  }
  const error = latestError(test, pause, enable, rotate, recover)
  const state = is_active ? 'active' : (inactive_reason ?? 'paused')
  const tone: Tone = is_active ? 'good' : state === 'paused' ? 'plain' : 'bad'
  return (
    <li className="card flex flex-col gap-3 p-5">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <span className="flex flex-wrap items-center gap-3">
            <code className="text-sm font-medium break-all">{url}</code>
            <Chip tone={tone}>{t.webhooks.state[state]}</Chip>
          </span>
          <p className="text-sm text-dim">
            {description !== null && `${description} · `}
            {events.includes('*') || events.length === 0 ? t.webhooks.all : events.join(', ')}
          </p>
        </div>
      </div>
      {error !== null && <ErrorBox error={error} />}
      <div className="flex flex-wrap items-start gap-2">
        {is_active ? (
          <>
            <Action icon="send" isBusy={test.isBusy} onClick={() => test.run(id)} reason={reason}>
              {t.webhooks.test}
            </Action>
            {reason === undefined && (
              <Action icon="pause" isBusy={pause.isBusy} onClick={() => pause.run(id)}>
                {t.webhooks.pause}
              </Action>
            )}
          </>
        ) : (
          <Action icon="play" isBusy={enable.isBusy} onClick={() => enable.run(id)} reason={reason}>
            {t.webhooks.enable}
          </Action>
        )}
        {reason === undefined && (
          <>
            {is_active && (
              <Action icon="refresh-cw" isBusy={recover.isBusy} onClick={() => recover.run(id)}>
                {t.webhooks.recover}
              </Action>
            )}
            <Action icon="key-round" isBusy={rotate.isBusy} onClick={() => rotate.run(id)}>
              {t.webhooks.rotate}
            </Action>
            <Action icon="trash-2" kind="danger" onClick={askToRemove}>
              {t.webhooks.remove}
            </Action>
          </>
        )}
      </div>
      <Secret onClose={() => setSecret(undefined)} secret={secret} />
      <Modal
        about={t.webhooks.removeAbout}
        isOpen={isRemoving}
        onClose={() => setIsRemoving(false)}
        title={t.webhooks.removeAsk}
      >
        {remove.error !== null && <ErrorBox error={remove.error} />}
        <code className="text-sm break-all">{url}</code>
        <div className="flex justify-end gap-2">
          <Action kind="quiet" onClick={() => setIsRemoving(false)}>
            {t.common.cancel}
          </Action>
          <Action isBusy={remove.isBusy} kind="danger" onClick={() => remove.run(id)}>
            {t.webhooks.remove}
          </Action>
        </div>
      </Modal>
    </li>
  )
}
