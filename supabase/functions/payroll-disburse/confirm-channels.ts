import { failureFields } from '../_shared/worker/failure.ts'
import type { Log } from '../_shared/worker/ports.ts'
import type { DisburseDatabase } from './database.ts'
import type { Keyring } from './sign.ts'

/**
 * Lets the keys of wished channel accounts sign that they serve their treasury, as far as they are here for it. The text is written
 * here and not taken from the database, so that nothing else is ever signed by it.
 */
export async function confirmChannels(ports: {
  readonly database: Pick<DisburseDatabase, 'claimChannelWishes' | 'confirmChannelAccount'>
  readonly keyring: Keyring
  readonly log: Log
}): Promise<void> {
  const { database, keyring, log } = ports
  for (const wish of await database.claimChannelWishes()) {
    const { source_account, channel_account } = wish
    const signature = keyring.signChannel(wish)
    try {
      const isEnrolled = await database.confirmChannelAccount({ source_account, channel_account, signature })
      const outcome = signature === null ? 'key_missing' : isEnrolled ? 'confirmed' : 'account_taken'
      log({ event: 'disburse.channel', outcome, id: channel_account })
    } catch (error) {
      // A wish that was taken back meanwhile keeps no other from being confirmed.
      log({ event: 'disburse.channel', outcome: 'failed', id: channel_account, ...failureFields(error) })
    }
  }
}
