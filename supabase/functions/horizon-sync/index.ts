import { createClient } from '@supabase/supabase-js'
import { authorizer } from '../_shared/worker/authorize.ts'
import { answerDoorbell } from '../_shared/worker/doorbell.ts'
import { jsonLog } from '../_shared/worker/log.ts'
import { systemClock, systemFetch, systemRandom } from '../_shared/worker/platform.ts'
import { providerBudget } from '../_shared/worker/provider-budget.ts'
import { withRelease } from '../_shared/worker/release.ts'
import { CLIENT_OPTIONS, openRpc } from '../_shared/worker/rpc.ts'
import { databaseKey, once, supabaseUrl } from '../_shared/worker/settings.ts'
import { syncContracts } from './contracts.ts'
import { syncDatabase } from './database.ts'
import { syncHistories } from './histories.ts'
import { syncTransactions } from './transactions.ts'
import { type KnownServers, SYNC_LIMITS, startTurn } from './turn.ts'
import { syncWallets } from './wallets.ts'

declare const Deno: { readonly env: { get(name: string): string | undefined } }

const settings = (name: string) => Deno.env.get(name)
const clock = systemClock
const log = jsonLog
const authorize = authorizer(settings)
const known: KnownServers = new Map()

// A wrong setting is told only to a caller with the key, so settings are read when the first authorized request arrives.
const ports = once(() => {
  const client = createClient(supabaseUrl(settings), databaseKey(settings), CLIENT_OPTIONS)
  const rpc = withRelease(openRpc({ client, clock, random: systemRandom }))
  return { clock, fetch: systemFetch, log, database: syncDatabase(rpc), budget: providerBudget(rpc) }
})

/** Answers a doorbell by reading from the ledger what is due: first what became of payments, then the history of accounts, then balances. */
function answer(request: Request): Promise<Response> {
  return answerDoorbell(request, { name: 'horizon-sync', clock, log, authorize, run })
}

async function run() {
  const turn = startTurn(ports(), SYNC_LIMITS, known)
  const transactions = await syncTransactions(ports(), turn)
  const histories = await syncHistories(ports(), turn)
  const wallets = await syncWallets(ports(), turn)
  return { transactions, histories, wallets, contracts: await syncContracts(ports(), turn) }
}

export default { fetch: answer }
