import { useQuery } from '@tanstack/react-query'
import {
  parseEventId,
  parseWebhookSubscriptionId,
  WEBHOOK_ATTEMPTS_OUTCOME,
  type WebhookAttemptOutcome,
  type WebhookDeliveryLog,
} from 'payd'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk, useReason } from '../../app/desk.tsx'
import { usePages } from '../../app/use-ask.ts'
import { useCommand } from '../../app/use-command.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Chip, type Tone } from '../../ui/chip.tsx'
import { SideSheet } from '../../ui/dialog.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Facts } from '../../ui/page.tsx'
import { type Column, VirtualTable } from '../../ui/virtual-table.tsx'

const TONES: Readonly<Record<string, Tone>> = { delivered: 'good', retrying: 'warn', dead: 'bad' }

const READ_EVERY_MS = 3_000

/** Every attempt to deliver an event, with what was sent and answered. */
export function Deliveries() {
  const t = useMessages()
  const { queries } = useDesk()
  const [outcome, setOutcome] = useState<WebhookAttemptOutcome | 'all'>('all')
  const [shown, setShown] = useState<WebhookDeliveryLog>()
  const filter = outcome === 'all' ? {} : { outcome }
  const deliveries = usePages(queries.webhooks.deliveries(filter), true, READ_EVERY_MS)
  const columns = useColumns(setShown)
  return (
    <>
      <div>
        <select
          aria-label={t.webhooks.deliveries}
          className="input w-auto"
          onChange={(event) => setOutcome(event.target.value as WebhookAttemptOutcome | 'all')}
          value={outcome}
        >
          <option value="all">{t.webhooks.allOutcomes}</option>
          {WEBHOOK_ATTEMPTS_OUTCOME.map((choice) => (
            <option key={choice} value={choice}>
              {t.webhooks.outcome[choice]}
            </option>
          ))}
        </select>
      </div>
      <Answer of={deliveries.of}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon="send" title={outcome === 'all' ? t.webhooks.deliveriesNone : t.webhooks.outcomeNone} />
          ) : (
            <VirtualTable
              columns={columns}
              keyOf={({ id }) => String(id)}
              label={t.webhooks.deliveries}
              growth={deliveries}
              rows={items}
            />
          )
        }
      </Answer>
      <SideSheet isOpen={shown !== undefined} onClose={() => setShown(undefined)} title={shown?.event_type ?? ''}>
        {shown !== undefined && <Delivery delivery={shown} />}
      </SideSheet>
    </>
  )
}

function useColumns(onShow: (delivery: WebhookDeliveryLog) => void): Column<WebhookDeliveryLog>[] {
  const t = useMessages()
  const { instant } = useFormat()
  const nameOf = (outcome: string) => t.webhooks.outcome[outcome as WebhookAttemptOutcome] ?? outcome
  return [
    {
      key: 'event',
      name: t.webhooks.event,
      width: 'minmax(11rem, 1.6fr)',
      isTitle: true,
      cell: (delivery) => (
        <button className="link cursor-pointer" onClick={() => onShow(delivery)} type="button">
          {delivery.event_type}
        </button>
      ),
    },
    {
      key: 'outcome',
      name: t.money.state,
      width: 'minmax(7rem, 1fr)',
      cell: ({ outcome }) => <Chip tone={TONES[outcome] ?? 'plain'}>{nameOf(outcome)}</Chip>,
    },
    {
      key: 'answer',
      name: t.webhooks.answer,
      width: 'minmax(6rem, 0.8fr)',
      cell: ({ response_status, error_class }) =>
        response_status ?? <span className="text-dim">{error_class ?? '–'}</span>,
    },
    {
      key: 'attempt',
      name: t.webhooks.attempt,
      width: '5rem',
      isNumber: true,
      isWideOnly: true,
      cell: ({ attempt_number }) => attempt_number,
    },
    {
      key: 'time',
      name: t.webhooks.time,
      width: 'minmax(10rem, 1.2fr)',
      isNumber: true,
      cell: ({ delivered_at }) => <span className="text-dim tabular-nums">{instant(delivered_at)}</span>,
    },
  ]
}

function Delivery({ delivery }: { readonly delivery: WebhookDeliveryLog }) {
  const t = useMessages()
  const { instant } = useFormat()
  const role = useReason('admin')
  const { queries } = useDesk()
  const subscriptions = useQuery(queries.webhooks.subscriptions()).data
  const endpoint = subscriptions?.find(({ id }) => id === delivery.subscription_id)
  const isOff = subscriptions !== undefined && endpoint?.is_active !== true
  const resend = useCommand('webhooks', 'resend', { says: t.webhooks.resent })
  return (
    <>
      <Facts
        of={[
          [t.webhooks.time, instant(delivery.delivered_at)],
          [t.webhooks.attempt, String(delivery.attempt_number)],
          [t.webhooks.answer, delivery.response_status === null ? '–' : String(delivery.response_status)],
          [t.webhooks.error, delivery.error_message ?? '–'],
        ]}
      />
      {resend.error !== null && <ErrorBox error={resend.error} />}
      <div>
        <Action
          icon="send"
          isBusy={resend.isBusy}
          onClick={() =>
            resend.run(parseWebhookSubscriptionId(delivery.subscription_id), parseEventId(String(delivery.event_id)))
          }
          reason={role ?? (isOff ? t.webhooks.isOff : undefined)}
        >
          {t.webhooks.resend}
        </Action>
      </div>
      <Text text={delivery.payload} title={t.webhooks.payload} />
      {delivery.response_body !== null && <Text text={delivery.response_body} title={t.webhooks.response} />}
    </>
  )
}

/** A text from elsewhere, exactly as it is. */
function Text({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <div className="flex flex-col gap-1">
      <h3>{title}</h3>
      <pre className="rounded-lg border border-rule bg-sunken p-3 text-xs leading-5 break-all whitespace-pre-wrap">
        {indented(text)}
      </pre>
    </div>
  )
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
