import type { DisbursePorts } from '../core/disburse.ts'
import { systemClock, systemFetch, systemRandom } from './deno-ports.ts'
import { jsonLog } from './json-log.ts'
import { signingKeys } from './signing-keys.ts'
import { disburseDatabase } from './supabase-database.ts'
import { type Wiring, wire } from './wiring.ts'

/** payroll-disburse in Deno, with the signing keys of its secrets. */
export function disburseWiring(): Wiring<DisbursePorts> {
  return wire((environment, rpc) => ({
    clock: systemClock,
    fetch: systemFetch,
    random: systemRandom,
    log: jsonLog,
    database: disburseDatabase(rpc),
    keyring: signingKeys(environment),
  }))
}
