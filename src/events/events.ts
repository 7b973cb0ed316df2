import { checkFields, count, optional, type Shape, someOf, text } from '../core/check.ts'
import type { CallOptions, PaydClient } from '../core/client.ts'
import { readFrom } from '../core/command.ts'
import { type IterateOptions, iterateList, type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import { send } from '../core/send.ts'
import type { RecordedEvent } from '../rows.ts'

/** Which events to list. */
export interface EventFilter {
  /** Only events after this sequence number: what was missed since then. */
  readonly after_sequence?: number | undefined
  readonly type?: string | readonly string[] | undefined
  readonly resource_type?: string | undefined
  readonly resource_id?: string | undefined
}

/** The rules of `EventFilter`. */
export const eventFilter: Shape<EventFilter> = {
  after_sequence: optional(count),
  type: someOf(text),
  resource_type: optional(text),
  resource_id: optional(text),
}

/** One page of what happened in the organization, in its order: the outbox that webhooks and apps hear of. */
export async function list(
  client: PaydClient,
  filter: EventFilter = {},
  options: PageOptions = {},
): Promise<Page<RecordedEvent>> {
  return await listPage<RecordedEvent>(client, events(filter), options)
}

/** Every event that matches, in their order, read page by page while the caller keeps asking. */
export function iterate(
  client: PaydClient,
  filter: EventFilter = {},
  options: IterateOptions = {},
): AsyncGenerator<RecordedEvent, void, undefined> {
  return iterateList<RecordedEvent>(client, events(filter), options)
}

function events(filter: EventFilter): List {
  const { after_sequence, type, resource_type, resource_id } = checkFields('the filter', filter, eventFilter)
  return {
    relation: 'events',
    order: ['+sequence'],
    things: 'events',
    conditions: [
      ['gte', 'sequence', after_sequence === undefined ? undefined : after_sequence + 1],
      ['eq', 'type', type],
      ['eq', 'resource_type', resource_type],
      ['eq', 'resource_id', resource_id],
    ],
  }
}

/** The sequence number of the newest event of the organization; 0 before the first. */
export async function lastSequence(client: PaydClient, options: CallOptions = {}): Promise<number> {
  const newest = readFrom(client, 'events', 'sequence').order('sequence', { ascending: false }).limit(1)
  const rows = await send<Pick<RecordedEvent, 'sequence'>[]>(newest, { action: 'read the newest event', options })
  return rows[0]?.sequence ?? 0
}
