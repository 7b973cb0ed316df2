import { type CallOptions, type PaydClient, run } from './client.ts'

/** Asks for fresh balances and payment states now. The answer arrives in the rows of wallets and transactions. */
export async function requestSync(client: PaydClient, options: CallOptions = {}): Promise<void> {
  await run<null>(client, {
    name: 'request_sync',
    args: {},
    single: false,
    repeatable: true,
    action: 'request a sync',
    options,
  })
}
