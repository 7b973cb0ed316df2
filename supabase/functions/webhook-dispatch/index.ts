import { createClient } from '@supabase/supabase-js'
import { authorizer } from '../_shared/worker/authorize.ts'
import { answerDoorbell } from '../_shared/worker/doorbell.ts'
import { jsonLog } from '../_shared/worker/log.ts'
import { systemClock, systemFetch, systemRandom } from '../_shared/worker/platform.ts'
import { CLIENT_OPTIONS, openRpc } from '../_shared/worker/rpc.ts'
import { databaseKey, once, supabaseUrl } from '../_shared/worker/settings.ts'
import { webhookDatabase } from './database.ts'
import { fetchDial } from './deliver.ts'
import { dispatchWebhooks } from './dispatch.ts'
import { allowedNetworks, allowHttpWebhooks } from './settings.ts'

declare const Deno: {
  readonly env: { get(name: string): string | undefined }
  readonly errors: { readonly NotFound: new () => Error }
  resolveDns(name: string, type: 'A' | 'AAAA', options: { readonly signal: AbortSignal }): Promise<string[]>
}

const settings = (name: string) => Deno.env.get(name)
const clock = systemClock
const log = jsonLog
const authorize = authorizer(settings)

// A wrong setting is told only to a caller with the key, so settings are read when the first authorized request arrives.
const ports = once(() => {
  const client = createClient(supabaseUrl(settings), databaseKey(settings), CLIENT_OPTIONS)
  const database = webhookDatabase(openRpc({ client, clock, random: systemRandom }))
  const policy = {
    allowHttp: allowHttpWebhooks(settings),
    allowedNetworks: allowedNetworks(settings),
    ownUrl: supabaseUrl(settings),
  }
  return { clock, log, dial: fetchDial(systemFetch), resolveHost, database, policy }
})

/** Answers a doorbell by sending the webhooks that are due; the counts say what became of them. */
function answer(request: Request): Promise<Response> {
  return answerDoorbell(request, {
    name: 'webhook-dispatch',
    clock,
    log,
    authorize,
    run: () => dispatchWebhooks(ports()),
  })
}

export default { fetch: answer }

/** Both kinds of address. A name may have none of one kind; any other failure means that an answer is missing. */
async function resolveHost(hostname: string, signal: AbortSignal): Promise<readonly string[]> {
  const answers = await Promise.all([lookUp(hostname, 'A', signal), lookUp(hostname, 'AAAA', signal)])
  return answers.flat()
}

async function lookUp(hostname: string, type: 'A' | 'AAAA', signal: AbortSignal): Promise<readonly string[]> {
  try {
    return await Deno.resolveDns(hostname, type, { signal })
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return []
    throw error
  }
}
