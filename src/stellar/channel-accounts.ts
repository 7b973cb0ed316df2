import { checkFields, type Shape, text } from '../core/check.ts'
import type { CallOptions, PaydClient } from '../core/client.ts'
import { call } from '../core/command.ts'
import type { OrganizationId } from '../core/ids.ts'
import { send } from '../core/send.ts'

/** Why nothing can go through a channel account. */
export const CHANNEL_PROBLEMS = [
  'account_missing',
  'key_missing',
  'short_of_fees',
  'weight_too_low',
  'numbers_exhausted',
  'account_taken',
] as const
/** One of `account_missing`, `key_missing`, `short_of_fees`, `weight_too_low`, `numbers_exhausted` and `account_taken`. */
export type ChannelProblem = (typeof CHANNEL_PROBLEMS)[number]

/** An account that gives the sequence numbers of a treasury's transactions and pays their fees. */
export interface ChannelAccount {
  /** Its public key, G…. */
  readonly channel_account: string
  /** The treasury for which it does so. */
  readonly source_account: string
  readonly organization_id: OrganizationId
  /** Why nothing could go through it when it was last tried; null when something could. */
  readonly problem: ChannelProblem | null
  readonly problem_since: string | null
  /** What it holds in XLM, as a decimal string; null before it was read. */
  readonly balance: string | null
  readonly balance_read_at: string | null
  readonly added_at: string
  /** Since when its key has signed that it serves the treasury; null as long as it has not, and nothing goes through it. */
  readonly confirmed_at: string | null
}

/** A channel account and its treasury, by their public keys. */
export interface ChannelOfTreasury {
  readonly source_account: string
  readonly channel_account: string
}

const channelOfTreasury: Shape<ChannelOfTreasury> = { source_account: text, channel_account: text }

/**
 * The channel accounts of the organization, those that wait for the signature of their key among them.
 *
 * @example
 * ```ts
 * import { createClient } from '@supabase/supabase-js'
 * import { channelAccounts } from 'payd/stellar'
 *
 * const supabase = createClient('http://127.0.0.1:54321', 'sb_publishable_…')
 * for (const { channel_account, confirmed_at, problem } of await channelAccounts(supabase)) {
 *   console.log(channel_account, problem ?? (confirmed_at === null ? 'waits for its key' : 'ready'))
 * }
 * ```
 */
export async function channelAccounts(client: PaydClient, options: CallOptions = {}): Promise<ChannelAccount[]> {
  const about = { action: 'read the channel accounts', options }
  return await send<ChannelAccount[]>(call(client, 'channel_accounts', {}), about)
}

/**
 * Adds a channel account to a treasury that the server signs for, so that it pays a hundred people more in each ledger. Its secret key
 * goes into the setting `PAYD_CHANNEL_KEYS` of payroll-disburse, and some XLM for fees onto the account. It is used as soon as that key
 * has signed that it serves this treasury (`confirmed_at`); until then the account is free for every other organization. Adding it twice is adding it once. For admins.
 *
 * Errors: `role_too_low`, `source_account_unknown`, `invalid_wallet_address`, `channel_account_taken`,
 * `channels_need_server_custody`, `limit_reached`.
 */
export async function addChannelAccount(
  client: PaydClient,
  channel: ChannelOfTreasury,
  options: CallOptions = {},
): Promise<ChannelAccount> {
  const args = checkFields('the channel account', channel, channelOfTreasury)
  const about = { action: `add a channel account to ${channel.source_account}`, options }
  return await send<ChannelAccount>(call(client, 'add_channel_account', args).single(), about)
}

/**
 * Removes a channel account and answers those that its treasury still has. What is on its way through it is followed to its end; a
 * treasury without any pays by its own numbers. For admins.
 *
 * Errors: `role_too_low`, `source_account_unknown`, `channel_account_not_found`.
 */
export async function removeChannelAccount(
  client: PaydClient,
  channel: ChannelOfTreasury,
  options: CallOptions = {},
): Promise<ChannelAccount[]> {
  const args = checkFields('the channel account', channel, channelOfTreasury)
  const about = { action: `remove a channel account of ${channel.source_account}`, options }
  return await send<ChannelAccount[]>(call(client, 'remove_channel_account', args), about)
}
