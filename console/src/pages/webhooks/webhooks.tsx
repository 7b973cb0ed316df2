import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk, useReason } from '../../app/desk.tsx'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { Deliveries } from './deliveries.tsx'
import { Endpoint } from './endpoint.tsx'
import { NewEndpoint } from './new-endpoint.tsx'

/** Endpoints of the customer's own systems, and what was delivered to them. */
export function WebhooksPage() {
  const t = useMessages()
  const { queries } = useDesk()
  const reason = useReason('admin')
  const [isNew, setIsNew] = useState(false)
  const subscriptions = useQuery(queries.webhooks.subscriptions())
  return (
    <Page
      about={t.webhooks.about}
      actions={
        <Action icon="plus" kind="primary" onClick={() => setIsNew(true)} reason={reason}>
          {t.webhooks.add}
        </Action>
      }
      title={t.webhooks.title}
    >
      <Answer of={subscriptions}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon="webhook" title={t.webhooks.empty}>
              {t.webhooks.emptyAbout}
            </Empty>
          ) : (
            <ul className="flex flex-col gap-4">
              {items.map((subscription) => (
                <Endpoint key={subscription.id} subscription={subscription} />
              ))}
            </ul>
          )
        }
      </Answer>
      <Section title={t.webhooks.deliveries}>
        <Deliveries />
      </Section>
      <NewEndpoint isOpen={isNew} onClose={() => setIsNew(false)} />
    </Page>
  )
}
