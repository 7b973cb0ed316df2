import type { DispatchPorts } from '../core/dispatch-webhooks.ts'
import { fetchDial } from '../core/fetch-dial.ts'
import { denoResolveHost, systemClock, systemFetch } from './deno-ports.ts'
import { allowedNetworks, allowHttpWebhooks, supabaseUrl } from './environment.ts'
import { jsonLog } from './json-log.ts'
import { webhookDatabase } from './supabase-database.ts'
import { type Wiring, wire } from './wiring.ts'

/** webhook-dispatch in Deno, for the destinations that its settings allow. */
export function dispatchWiring(): Wiring<DispatchPorts> {
  return wire((environment, rpc) => ({
    clock: systemClock,
    log: jsonLog,
    resolveHost: denoResolveHost,
    dial: fetchDial(systemFetch),
    database: webhookDatabase(rpc),
    policy: {
      allowHttp: allowHttpWebhooks(environment),
      allowedNetworks: allowedNetworks(environment),
      ownUrl: supabaseUrl(environment),
    },
  }))
}
