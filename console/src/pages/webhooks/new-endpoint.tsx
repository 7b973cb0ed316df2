import { type SubmitEvent, useRef, useState } from 'react'
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
  const key = useRef(crypto.randomUUID())
  const create = useCommand('webhooks', 'subscribe', {
    says: t.webhooks.created,
    onDone: (created) => {
      setSecret(created.secret)
      setUrl('')
      setEvents('')
      key.current = crypto.randomUUID()
      onClose()
    },
  })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const patterns = events.split(/[\s,]+/).filter(Boolean)
    create.run(
      { url: url.trim(), ...(patterns.length === 0 ? {} : { events: patterns }) },
      { idempotencyKey: key.current },
    )
  }
  return (
    <>
      <Modal about={t.webhooks.about} isOpen={isOpen} onClose={onClose} title={t.webhooks.add}>
        <form className="flex flex-col gap-4" onSubmit={submit}>
          {create.error !== null && <ErrorBox error={create.error} />}
          <TextField
            hint={t.webhooks.urlHint}
            isRequired
            label={t.webhooks.url}
            onChange={(value) => {
              key.current = crypto.randomUUID()
              setUrl(value)
            }}
            problem={problemAt(create.error, 'url')}
            type="url"
            value={url}
          />
          <LongTextField
            hint={t.webhooks.eventsHint}
            isOptional={t.common.optional}
            label={t.webhooks.events}
            onChange={(value) => {
              key.current = crypto.randomUUID()
              setEvents(value)
            }}
            problem={problemAt(create.error, 'events')}
            value={events}
          />
          <div className="flex justify-end gap-2">
            <Action kind="quiet" onClick={onClose}>
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
