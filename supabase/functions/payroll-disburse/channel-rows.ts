import * as z from 'zod/mini'
import { accountId, id } from '../_shared/worker/rows.ts'

/** What the treasury of a run must still pay beside the next transaction. */
export const paymentsInFlight = z.object({
  /** Those whose end is open. */
  transaction_ids: z.array(id),
  /** Summed by asset, with the fees and reserves that the treasury pays. */
  amounts: z.array(z.object({ asset_code: z.string(), asset_issuer: z.string(), amount: z.string() })),
})

/** A channel account whose key is to sign that it serves a treasury. */
export const channelWish = z.object({
  source_account: accountId,
  channel_account: accountId,
  network_passphrase: z.string(),
})
export type ChannelWish = Readonly<z.infer<typeof channelWish>>

/** The signature of its key about its treasury, in hexadecimal digits; null without the key. */
export type ChannelProof = Omit<ChannelWish, 'network_passphrase'> & { readonly signature: string | null }
