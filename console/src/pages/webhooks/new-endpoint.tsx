import { type SubmitEvent, useState } from 'react'
import { useCommandKey } from '../../app/command-key.ts'
import { useMessages } from '../../app/context.tsx'
import { useCommand } from '../../app/use-command.ts'
import { Action } from '../../ui/action.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { ErrorBox, problemAt } from '../../ui/error-box.tsx'
import { LongTextField, TextField } from '../../ui/field.tsx'
import { Secret } from './secret.tsx'

/** Subscribes an endpoint, and shows its secret once. */
export function NewEndpoint({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const t = useMessages()
  const [url, setUrl] = useState('')
  const [events, setEvents] = useState('')
  const [secret, setSecret] = useState<string>()
  const keyOf = useCommandKey(isOpen)
  const create = useCommand('webhooks', 'subscribe', {
    says: t.webhooks.created,
    onDone: (created) => {
      setSecret(created.secret)
      setUrl('')
      setEvents('')
      onClose()
    },
  })
  const close = () => {
    create.reset()
    onClose()
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const patterns = events.split(/[\s,]+/).filter(Boolean)
    const endpoint = { url: url.trim(), ...(patterns.length === 0 ? {} : { events: patterns }) }
    create.run(endpoint, { idempotencyKey: keyOf(endpoint) })
  }
  return (
    <>
      <Modal about={t.webhooks.about} isOpen={isOpen} onClose={close} title={t.webhooks.add}>
        <form className="flex flex-col gap-4" onSubmit={submit}>
          {create.error !== null && <ErrorBox error={create.error} />}
          <TextField
            hint={t.webhooks.urlHint}
            isRequired
            label={t.webhooks.url}
            onChange={setUrl}
            problem={problemAt(create.error, 'url')}
            type="url"
            value={url}
          />
          <LongTextField
            hint={t.webhooks.eventsHint}
            isOptional={t.common.optional}
            label={t.webhooks.events}
            onChange={setEvents}
            problem={problemAt(create.error, 'events')}
            value={events}
          />
          <div className="flex justify-end gap-2">
            <Action kind="quiet" onClick={close}>
              {t.common.cancel}
            </Action>
            <Action isBusy={create.isBusy} kind="primary" type="submit">
              {t.webhooks.create}
            </Action>
          </div>
        </form>
      </Modal>
      <Secret onClose={() => setSecret(undefined)} secret={secret} />
    </>
  )
}
