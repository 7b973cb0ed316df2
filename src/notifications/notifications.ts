import { checkFields, checkValue, flag, optional, rowId, type Shape } from '../core/check.ts'
import type { CallOptions, PaydClient } from '../core/client.ts'
import { call } from '../core/command.ts'
import type { NotificationId } from '../core/ids.ts'
import { type IterateOptions, iterateList, type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import { send } from '../core/send.ts'
import type { Notification } from '../rows.ts'

/** Which notifications to list. */
export interface NotificationFilter {
  readonly is_read?: boolean | undefined
}

/** The rules of `NotificationFilter`. */
export const notificationFilter: Shape<NotificationFilter> = { is_read: optional(flag) }

/** One page of the signed-in person's inbox in the organization, newest first. */
export async function list(
  client: PaydClient,
  filter: NotificationFilter = {},
  options: PageOptions = {},
): Promise<Page<Notification>> {
  return await listPage<Notification>(client, inbox(filter), options)
}

/** Every notification that matches, newest first, read page by page while the caller keeps asking. */
export function iterate(
  client: PaydClient,
  filter: NotificationFilter = {},
  options: IterateOptions = {},
): AsyncGenerator<Notification, void, undefined> {
  return iterateList<Notification>(client, inbox(filter), options)
}

function inbox(filter: NotificationFilter): List {
  const { is_read } = checkFields('the filter', filter, notificationFilter)
  const order = ['-created_at', '-id'] as const
  return { relation: 'notifications', order, conditions: [['eq', 'is_read', is_read]], things: 'notifications' }
}

/** How many of the signed-in person's notifications in the organization are unread. Errors: `not_signed_in`. */
export async function countUnread(client: PaydClient, options: CallOptions = {}): Promise<number> {
  const request = call(client, 'count_unread_notifications', {})
  return await send<number>(request, { action: 'count the unread notifications', options })
}

/** Marks one notification as read; a second time keeps the time of the first. Errors: `notification_not_found`. */
export async function markRead(
  client: PaydClient,
  id: NotificationId,
  options: CallOptions = {},
): Promise<Notification> {
  const request = call(client, 'mark_notification_read', { notification_id: checkValue('id', id, rowId) })
  return await send<Notification>(request.single(), { action: `mark notification ${id} as read`, options })
}

/** Which notifications to mark. */
export interface MarkAllOptions extends CallOptions {
  /** The newest one that was shown: what arrived since then stays unread. Default: all. */
  readonly upTo?: NotificationId | undefined
}

/** Marks the person's notifications in the organization as read, and answers how many were not. */
export async function markAllRead(client: PaydClient, options: MarkAllOptions = {}): Promise<number> {
  const request = call(client, 'mark_all_notifications_read', {
    up_to_id: checkValue('upTo', options?.upTo, optional(rowId)),
  })
  return await send<number>(request, { action: 'mark all notifications as read', options })
}
