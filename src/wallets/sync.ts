import type { CallOptions, PaydClient } from '../core/client.ts'
import { call } from '../core/command.ts'
import { send } from '../core/send.ts'

/** Asks for fresh balances and payment states now. The answer arrives in the rows of wallets and transactions. */
export async function request(client: PaydClient, options: CallOptions = {}): Promise<void> {
  await send<null>(call(client, 'request_sync', {}), { action: 'request a sync', options })
}
