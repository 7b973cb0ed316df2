import type { Clock, Log } from '../core/ports.ts'
import { authorizer } from './authorize.ts'
import { denoEnvironment, systemClock, systemRandom } from './deno-ports.ts'
import { databaseKey, type Environment, supabaseUrl } from './environment.ts'
import { jsonLog } from './json-log.ts'
import { openRpc, type Rpc } from './supabase-rpc.ts'

/** What a handler needs. `open` reads the settings, so it runs only for requests that were authorized. */
export type Wiring<Ports> = {
  readonly clock: Clock
  readonly log: Log
  readonly authorize: (request: Request) => Promise<boolean>
  readonly open: () => Ports
}

/** A function in Deno on the project's database. Its ports are opened once, for the first request that was authorized. */
export function wire<Ports>(openPorts: (environment: Environment, rpc: Rpc) => Ports): Wiring<Ports> {
  let ports: Ports | null = null
  return {
    clock: systemClock,
    log: jsonLog,
    authorize: authorizer(denoEnvironment),
    open: () => {
      // A setting that is wrong is reported to every request, because then nothing is kept.
      ports ??= openPorts(denoEnvironment, rpcOf(denoEnvironment))
      return ports
    },
  }
}

function rpcOf(environment: Environment): Rpc {
  return openRpc({
    url: supabaseUrl(environment),
    secretKey: databaseKey(environment),
    clock: systemClock,
    random: systemRandom,
  })
}
