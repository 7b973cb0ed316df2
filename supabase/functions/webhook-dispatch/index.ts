import { createClient } from '@supabase/supabase-js'
import { authorizer } from '../_shared/worker/authorize.ts'
import { answerDoorbell } from '../_shared/worker/doorbell.ts'
import { jsonLog } from '../_shared/worker/log.ts'
import { beforeEnd, goOnAfterAnswer, systemClock, systemFetch, systemRandom } from '../_shared/worker/platform.ts'
import { withRelease } from '../_shared/worker/release.ts'
import { CLIENT_OPTIONS, openRpc } from '../_shared/worker/rpc.ts'
import { databaseKey, once, supabaseUrl } from '../_shared/worker/settings.ts'
import { webhookDatabase } from './database.ts'
import { fetchDial } from './deliver.ts'
import { withFallback } from './dial.ts'
import { type Dispatch, dispatchWebhooks } from './dispatch.ts'
import { type NetworkRuntime, networkOf, resolverOf } from './network.ts'
import { pinnedDial } from './pinned-dial.ts'
import { throughProxy } from './proxy.ts'
import { allowedNetworks, allowHttpWebhooks, webhookProxy } from './settings.ts'

declare const Deno: NetworkRuntime & { readonly env: { get(name: string): string | undefined } }

const settings = (name: string) => Deno.env.get(name)
const clock = systemClock
const log = jsonLog
const authorize = authorizer(settings)

// A wrong setting is told only to a caller with the key, so settings are read for the first request that was authorized.
const ports = once(() => {
  const client = createClient(supabaseUrl(settings), databaseKey(settings), CLIENT_OPTIONS)
  const database = webhookDatabase(withRelease(openRpc({ client, clock, random: systemRandom })))
  const policy = {
    allowHttp: allowHttpWebhooks(settings),
    allowedNetworks: allowedNetworks(settings),
    ownUrl: supabaseUrl(settings),
  }
  const proxy = webhookProxy(settings)
  // Behind a proxy nothing goes another way: receivers were told its address.
  const dial = proxy
    ? pinnedDial(throughProxy(networkOf(Deno), proxy), clock)
    : withFallback(pinnedDial(networkOf(Deno), clock), fetchDial(systemFetch, clock))
  return { clock, log, dial, resolveHost: resolverOf(Deno, clock), database, policy }
})

let current: Dispatch | null = null

/** Sends what is due. A ring during a run has it look for more at once; on Supabase the answer does not wait for the end. */
async function run(): Promise<Readonly<Record<string, unknown>>> {
  while (current !== null) {
    if (current.wake()) return { joined: true }
    // A run that has used its budget rings before it has quite ended.
    await current.ended.catch(() => undefined)
  }
  const dispatch = dispatchWebhooks(ports())
  current = dispatch
  const ended = dispatch.ended.finally(() => {
    current = null
  })
  return goOnAfterAnswer(ended) ? { accepted: true } : await ended
}

beforeEnd(() => current?.stop())

/** Answers a doorbell by sending the webhooks that are due. */
function answer(request: Request): Promise<Response> {
  return answerDoorbell(request, { name: 'webhook-dispatch', clock, log, authorize, run })
}

export default { fetch: answer }
