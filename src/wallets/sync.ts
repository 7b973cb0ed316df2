import { checkValue, rowId } from '../core/check.ts'
import type { CallOptions, PaydClient } from '../core/client.ts'
import { call, readFrom } from '../core/command.ts'
import { send } from '../core/send.ts'
import type { SyncRequest } from '../rows.ts'

/** Asks for everything of the organization to be read from the ledger now. The event `sync.completed` says when that was done. */
export async function request(client: PaydClient, options: CallOptions = {}): Promise<SyncRequest> {
  return await send<SyncRequest>(call(client, 'request_sync', {}).single(), { action: 'request a sync', options })
}

/** What became of a request: `waiting`, `done`, or `incomplete` when something could not be read. */
export async function get(client: PaydClient, id: number, options: CallOptions = {}): Promise<SyncRequest> {
  const found = readFrom(client, 'sync_requests')
    .eq('id', checkValue<number>('id', id, rowId))
    .single()
  return await send<SyncRequest>(found, { action: `read sync request ${id}`, options })
}
