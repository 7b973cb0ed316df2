import { createClient } from '@supabase/supabase-js'
import { authorizer } from '../_shared/worker/authorize.ts'
import { answerDoorbell } from '../_shared/worker/doorbell.ts'
import { jsonLog } from '../_shared/worker/log.ts'
import { systemClock, systemFetch, systemRandom } from '../_shared/worker/platform.ts'
import { providerBudget } from '../_shared/worker/provider-budget.ts'
import { withRelease } from '../_shared/worker/release.ts'
import { CLIENT_OPTIONS, openRpc } from '../_shared/worker/rpc.ts'
import { databaseKey, once, supabaseUrl } from '../_shared/worker/settings.ts'
import { disburseDatabase } from './database.ts'
import { disburse } from './disburse.ts'
import { signingKeys } from './signing-keys.ts'

declare const Deno: { readonly env: { get(name: string): string | undefined } }

const settings = (name: string) => Deno.env.get(name)
const clock = systemClock
const random = systemRandom
const log = jsonLog
const authorize = authorizer(settings)

// A wrong setting is told only to a caller with the key, so settings are read when the first authorized request arrives.
const ports = once(() => {
  const client = createClient(supabaseUrl(settings), databaseKey(settings), CLIENT_OPTIONS)
  const rpc = withRelease(openRpc({ client, clock, random }))
  const keyring = signingKeys(settings)
  return {
    clock,
    fetch: systemFetch,
    random,
    log,
    database: disburseDatabase(rpc),
    budget: providerBudget(rpc),
    keyring,
  }
})

/** Answers a doorbell by paying what is due; the counts say how many accounts were worked on and how each step ended. */
function answer(request: Request): Promise<Response> {
  return answerDoorbell(request, { name: 'payroll-disburse', clock, log, authorize, run: () => disburse(ports()) })
}

export default { fetch: answer }
