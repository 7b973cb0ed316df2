import { RECEIVER_PATH, type Receiver } from './receiver.ts'
import type { TeamMember } from './team.ts'
import { until } from './wait.ts'

/** What became of the webhooks of a demo. */
export interface WebhookOutcome {
  /** Events the organization had meanwhile. */
  readonly expected: number
  readonly delivered: number
  readonly verified: number
  readonly complaints: readonly string[]
}

/** A subscription of the demo, from the event it starts after. */
export interface Subscription {
  readonly id: Parameters<TeamMember['payd']['webhooks']['unsubscribe']>[0]
  readonly afterSequence: number
}

const EVENTS = ['payroll.*', 'payment.*', 'transaction.*']
const EVENT_FAMILIES = /^(payroll|payment|transaction)\./

/** Longest time for the last webhook to arrive after the last payment, in ms. */
const DEADLINE_MS = 60_000
const DEADLINE_PER_EVENT_MS = 20

/** Subscribes the receiver to everything about payments. */
export async function subscribe({ payd }: TeamMember, receiver: Receiver): Promise<Subscription> {
  await forgetDeadReceivers(payd)
  const afterSequence = await payd.events.lastSequence()
  const { id, secret } = await payd.webhooks.subscribe({ url: receiver.url, events: EVENTS })
  receiver.trust(secret)
  return { id, afterSequence }
}

/** A page that shows what arrives at its address. */
export interface WatchingPage {
  readonly hookUrl: string
  trust(secret: string): void
}

/** Subscribes a page to everything, and ends the subscription of the same page of an earlier start, whose secret is forgotten. */
export async function subscribePage({ payd }: TeamMember, page: WatchingPage): Promise<void> {
  const { pathname } = new URL(page.hookUrl)
  const subscriptions = await payd.webhooks.subscriptions()
  const earlier = subscriptions.filter(({ url }) => new URL(url).pathname === pathname)
  await Promise.all(earlier.map(({ id }) => payd.webhooks.unsubscribe(id)))
  const { secret } = await payd.webhooks.subscribe({ url: page.hookUrl })
  page.trust(secret)
}

/** Waits until every event since the subscription arrived at the receiver, then ends the subscription. */
export async function collectWebhooks(
  { payd }: TeamMember,
  receiver: Receiver,
  subscription: Subscription,
): Promise<WebhookOutcome> {
  const expected = await eventsAfter(payd, subscription.afterSequence)
  const missing = (): string[] => expected.filter((id) => !receiver.delivered.has(id))
  await until(
    'the delivery of all webhooks',
    () => (missing().length === 0 ? true : undefined),
    { deadlineMs: DEADLINE_MS + expected.length * DEADLINE_PER_EVENT_MS, intervalMs: 10 },
    () => `${missing().length} of ${expected.length} are missing, among them ${missing()[0]}.`,
  )
  await payd.webhooks.unsubscribe(subscription.id)
  const { delivered, verified, complaints } = receiver
  return { expected: expected.length, delivered: delivered.size, verified: verified.size, complaints }
}

/** Ends the subscriptions of interrupted demos: their receivers answer no more, and PayD would go on trying for days. */
async function forgetDeadReceivers(payd: TeamMember['payd']): Promise<void> {
  const subscriptions = await payd.webhooks.subscriptions()
  await Promise.all(
    subscriptions.map(async ({ id, url }) => {
      if (!url.endsWith(RECEIVER_PATH)) return
      const isAlive = await fetch(url).then(
        () => true,
        () => false,
      )
      if (!isAlive) await payd.webhooks.unsubscribe(id)
    }),
  )
}

async function eventsAfter(payd: TeamMember['payd'], afterSequence: number): Promise<string[]> {
  const ids: string[] = []
  for await (const { type, event_id } of payd.events.iterate({ after_sequence: afterSequence })) {
    if (EVENT_FAMILIES.test(type)) ids.push(event_id)
  }
  return ids
}
