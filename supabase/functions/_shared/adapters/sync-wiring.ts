import type { SyncPorts } from '../core/sync-turn.ts'
import { systemClock, systemFetch } from './deno-ports.ts'
import { jsonLog } from './json-log.ts'
import { syncDatabase } from './supabase-database.ts'
import { type Wiring, wire } from './wiring.ts'

/** horizon-sync in Deno. */
export function syncWiring(): Wiring<SyncPorts> {
  return wire((_environment, rpc) => ({
    clock: systemClock,
    fetch: systemFetch,
    log: jsonLog,
    database: syncDatabase(rpc),
  }))
}
