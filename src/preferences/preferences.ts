import { checkValue, optional, rowId, text } from '../core/check.ts'
import type { CallOptions, PaydClient } from '../core/client.ts'
import { call, readFrom } from '../core/command.ts'
import type { UserId } from '../core/ids.ts'
import { type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import { send } from '../core/send.ts'
import type { Json, PreferenceChange, StoredPreferences } from '../rows.ts'

/** All preferences of a person in one organization, as a document: `{ notifications: { enabled: true, … }, … }`. */
export type Preferences = { readonly [key: string]: Json | undefined }

/** All preferences of the signed-in person in the organization, defaults included. Errors: `no_organization`. */
export async function get(client: PaydClient, options: CallOptions = {}): Promise<Preferences> {
  return await send<Preferences>(call(client, 'get_preferences', {}), { action: 'read your preferences', options })
}

/**
 * One preference of the signed-in member by its dotted path: what was chosen, else the default of the key, else the given one.
 *
 * Errors: `no_organization`, and those of a member who is not the caller.
 */
export async function getOne(
  client: PaydClient,
  userId: UserId,
  key: string,
  options: CallOptions & { readonly fallback?: Json | undefined } = {},
): Promise<Json> {
  const args = {
    user_id: checkValue('userId', userId, rowId) as UserId,
    key: checkValue('key', key, text),
    default_value: options?.fallback as never,
  }
  return await send<Json>(call(client, 'get_user_preference', args), { action: `read the preference ${key}`, options })
}

/**
 * Sets one preference by its dotted path, such as `notifications.payroll.completed`, and answers all of them.
 *
 * Errors: `unknown_preference`, `invalid_preference_value`, `no_organization`.
 */
export async function set(
  client: PaydClient,
  key: string,
  value: string | boolean | number,
  options: CallOptions = {},
): Promise<Preferences> {
  const request = call(client, 'set_preference', { key: checkValue('key', key, text), value })
  return await send<Preferences>(request, { action: `set the preference ${key}`, options })
}

/** Takes one preference, a branch of them or, without a key, all of them back to the defaults. Errors: `unknown_preference`. */
export async function reset(client: PaydClient, key?: string, options: CallOptions = {}): Promise<Preferences> {
  const request = call(client, 'reset_preference', { key: checkValue('key', key, optional(text)) })
  return await send<Preferences>(request, { action: 'reset your preferences', options })
}

/** What the person chose, without the defaults, or null for someone who chose nothing yet. */
export async function chosen(client: PaydClient, options: CallOptions = {}): Promise<StoredPreferences | null> {
  const request = readFrom(client, 'user_preferences').maybeSingle()
  return await send<StoredPreferences | null>(request, { action: 'read your preferences', options })
}

/** One page of what the person's preferences were after each change, newest first. */
export async function history(client: PaydClient, options: PageOptions = {}): Promise<Page<PreferenceChange>> {
  const order = ['-changed_at', '-id'] as const
  const list: List = {
    relation: 'user_preferences_history',
    order,
    conditions: [],
    things: 'changes of your preferences',
  }
  return await listPage<PreferenceChange>(client, list, options)
}
