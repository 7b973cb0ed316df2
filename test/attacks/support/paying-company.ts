import { Keypair } from '@stellar/stellar-sdk/base'
import postgres, { type Sql } from 'postgres'
import { addChannelAccount } from '../../../src/stellar/index.ts'
import { DatabaseError } from '../../../supabase/functions/_shared/worker/database-error.ts'
import { systemFetch } from '../../../supabase/functions/_shared/worker/platform.ts'
import type { Fetch, LogLine } from '../../../supabase/functions/_shared/worker/ports.ts'
import { providerBudget } from '../../../supabase/functions/_shared/worker/provider-budget.ts'
import type { Rpc } from '../../../supabase/functions/_shared/worker/rpc.ts'
import { syncDatabase } from '../../../supabase/functions/horizon-sync/database.ts'
import { syncHistories } from '../../../supabase/functions/horizon-sync/histories.ts'
import { syncTransactions, type TransactionCounts } from '../../../supabase/functions/horizon-sync/transactions.ts'
import { startTurn } from '../../../supabase/functions/horizon-sync/turn.ts'
import { syncWallets } from '../../../supabase/functions/horizon-sync/wallets.ts'
import { confirmChannels } from '../../../supabase/functions/payroll-disburse/confirm-channels.ts'
import { disburseDatabase } from '../../../supabase/functions/payroll-disburse/database.ts'
import { type DisburseCounts, disburse } from '../../../supabase/functions/payroll-disburse/disburse.ts'
import { createKeyring } from '../../../supabase/functions/payroll-disburse/sign.ts'
import { loadKeys } from '../../../tools/stack/keys.ts'
import { type Stack, startStack } from '../../../tools/stack/stack.ts'
import { aMember, anOrganization, type Person } from '../../sdk/project.ts'
import { testClock } from '../../support/clock.ts'
import { address } from '../../support/plans.ts'
import { rpcAt } from '../../support/rpc.ts'
import { type HostileProvider, hostileProvider } from './hostile-provider.ts'

/**
 * A real database with its API, a network whose provider can lie, and the real workers, rung one at a time: nothing moves unless
 * the test moves it. Each company has people and a treasury of its own.
 */
export type PayingProject = {
  readonly stack: Stack
  readonly sql: Sql
  readonly provider: HostileProvider
  /** The data API with the service key. */
  readonly rpc: Rpc
  /** Rings payroll-disburse once, with everything due; `keys` are the treasuries whose key it holds. */
  disburse(keys: readonly Keypair[], fate?: Fate): Promise<DisburseCounts>
  /** Looks once for what became of transactions. */
  track(): Promise<TransactionCounts>
  /** Reads every wallet and treasury once. */
  look(): Promise<void>
  readonly lines: LogLine[]
  /** Reads the history of every treasury, and what is read again because it did not fit. */
  walk(): Promise<void>
  /** With memos of their own its people are paid by a transaction each. Another project may use the same treasury. */
  aCompany(people?: { readonly haveMemos: boolean; readonly treasury?: Keypair }): Promise<PayingCompany>
  /** Another treasury of the company, with money. */
  aTreasury(company: PayingCompany): Promise<Keypair>
  /** A channel account of the company's treasury, with money for fees, whose key the worker holds. */
  aChannel(company: PayingCompany): Promise<Keypair>
  /** The worker holds the keys of these channel accounts of the company, and of no others. */
  keepChannels(company: PayingCompany, channels: readonly Keypair[]): void
  close(): Promise<void>
}

/** How a worker ends: before its first call with a name. Calls are noted where a list is given. */
export type Fate = {
  /** How far its clock is wrong. */
  readonly clockOffMs?: number
  readonly killedBefore?: string
  readonly calls?: string[]
}

export type PayingCompany = {
  readonly organizationId: number
  readonly treasury: Keypair
  readonly payees: readonly string[]
  /** Three people who may decide. */
  readonly admin: Person
  readonly max: Person
  readonly mia: Person
  /** A run that was approved and whose payment was started. */
  startRun(source?: Keypair): Promise<number>
  /** How often the ledger says that each payee was paid, from the treasury of the company or another one. */
  timesPaid(source?: Keypair): readonly number[]
}

const PAYEES = 3

/** With a provider of its own, or beside another project on the same network, whose people have other numbers. */
export async function payingProject(shared?: HostileProvider): Promise<PayingProject> {
  const stack = await startStack({ functions: false, scheduler: false, realtime: false, sandbox: false })
  const sql = postgres(stack.adminUrl, { max: 1, onnotice: () => undefined })
  const provider = shared ?? (await hostileProvider())
  if (shared === undefined) provider.tick(5)
  await sql`select private.configure_network(${provider.networkPassphrase}, ${provider.url})`
  const rpc = rpcAt(stack.url, (await loadKeys(stack.dataDir)).secret)
  const lines: LogLine[] = []
  const ports = (clockOffMs = 0) => ({
    clock: testClock(provider.now() + clockOffMs),
    fetch: systemFetch,
    random: () => 0,
    log: (line: LogLine) => void lines.push(line),
    budget: providerBudget(rpc),
  })
  const makeDue = async () => {
    await sql`update public.transactions set next_check_at = now() where next_check_at > now()`
    // A channel account that could not be used rests.
    await sql`
      update private.source_accounts set lease_token = null, leased_until = null,
        next_check_at = case when problem is null then now() else next_check_at end`
  }
  const confirm = async () => {
    await sql`update private.channel_wishes set next_look_at = now()`
    const keyring = createKeyring([], channelKeys)
    await confirmChannels({ database: disburseDatabase(rpc), keyring, log: ports().log })
  }
  let companies = shared === undefined ? 0 : 1_000
  const channelKeys: Record<string, readonly string[]> = {}
  return {
    stack,
    sql,
    provider,
    rpc,
    lines,
    disburse: async (keys, fate) => {
      await makeDue()
      const keyring = createKeyring(
        keys.map((key) => key.secret()),
        channelKeys,
      )
      // A worker that is killed before a call makes neither that call nor one after it.
      let isKilled = false
      const killed = (name: string) =>
        new DatabaseError({ code: 'killed', message: 'Killed.', hint: null, status: 409 }, name)
      const through = async <Result>(name: string, call: () => Promise<Result>): Promise<Result> => {
        fate?.calls?.push(name)
        isKilled ||= name === fate?.killedBefore
        if (isKilled) throw killed(name)
        return await call()
      }
      const mortal: Rpc = (name, parameters, schema) => through(name, () => rpc(name, parameters, schema))
      const fetch: Fetch = (url, init) => through(callOf(url, init.method), () => systemFetch(url, init))
      return await disburse({ ...ports(fate?.clockOffMs), fetch, database: disburseDatabase(mortal), keyring })
    },
    track: async () => {
      await makeDue()
      const syncing = { ...ports(), database: syncDatabase(rpc) }
      return await syncTransactions(syncing, startTurn(syncing))
    },
    look: async () => {
      await sql`delete from private.wallet_reads`
      await sql`update public.wallets set last_synced_at = last_synced_at - interval '10 minutes'`
      const syncing = { ...ports(), database: syncDatabase(rpc) }
      await syncWallets(syncing, startTurn(syncing))
    },
    walk: async () => {
      await sql`update private.history_walks set next_read_at = now(), lease_token = null, leased_until = null`
      const syncing = { ...ports(), database: syncDatabase(rpc) }
      // Decoding hundreds of records keeps this process busy until its connection is closed; the next worker goes on.
      await syncHistories(syncing, startTurn(syncing)).catch((error: unknown) => {
        if (!(error instanceof DatabaseError) || error.code !== 'database_unreachable') throw error
      })
      await sql`update private.history_walks set lease_token = null, leased_until = null`
      await syncHistories(syncing, startTurn(syncing))
    },
    aCompany: (people = { haveMemos: false }) => {
      companies += 1
      return aCompany({ stack, sql, provider }, { ...people, first: companies * 100 })
    },
    aTreasury: async ({ organizationId }) => {
      const treasury = Keypair.random()
      await provider.sandbox.fund([treasury.publicKey()])
      await sql`select private.enroll_source_account(${organizationId}, ${treasury.publicKey()})`
      return treasury
    },
    aChannel: async ({ treasury, admin }) => {
      const [channel, source_account] = [Keypair.random(), treasury.publicKey()]
      await provider.sandbox.fund([channel.publicKey()])
      await addChannelAccount(admin.supabase, { source_account, channel_account: channel.publicKey() })
      channelKeys[source_account] = [...(channelKeys[source_account] ?? []), channel.secret()]
      await confirm()
      return channel
    },
    keepChannels: ({ treasury }, channels) => {
      channelKeys[treasury.publicKey()] = channels.map((channel) => channel.secret())
    },
    close: async () => {
      if (shared === undefined) await provider.close()
      await sql.end()
      await stack.stop()
    },
  }
}

/** A request without the hash or account that it is about. */
function callOf(url: string, method: string): string {
  return `${method} ${new URL(url).pathname.replace(/[0-9a-f]{64}|G[A-Z2-7]{55}/g, '…')}`
}

async function aCompany(
  { stack, sql, provider }: Pick<PayingProject, 'stack' | 'sql' | 'provider'>,
  {
    first,
    haveMemos,
    treasury: known,
  }: { readonly first: number; readonly haveMemos: boolean; readonly treasury?: Keypair },
): Promise<PayingCompany> {
  const treasury = known ?? Keypair.random()
  const payees = Array.from({ length: PAYEES }, (_, index) => address(first + index))
  await provider.sandbox.fund([...(known === undefined ? [treasury.publicKey()] : []), ...payees])
  const admin = await anOrganization(stack)
  const [max, mia] = [await aMember(stack, admin, 'manager'), await aMember(stack, admin, 'manager')]
  const organizationId = Number(admin.organizationId)
  // Added by the operator, so that no person of the company shaped them.
  await sql`
    insert into public.employees (organization_id, first_name, last_name, email, wallet_address, status, salary, memo_type, memo)
    select ${organizationId}, 'Payee', number::text, 'payee' || number || '@acme.example', account, 'active', 10,
      case when ${haveMemos} then 'id' end, case when ${haveMemos} then number::text end
    from unnest(${payees as string[]}::text[]) with ordinality as payee (account, number)`
  await sql`select private.enroll_source_account(${organizationId}, ${treasury.publicKey()})`
  let months = 0
  return {
    organizationId,
    treasury,
    payees,
    admin,
    max,
    mia,
    startRun: async (source) => {
      const day = (month: number, date: number) => new Date(Date.UTC(2027, month, date)).toISOString().slice(0, 10)
      months += 1
      const period = { period_start: day(months, 1), period_end: day(months + 1, 0) }
      const run = await mia.payd.payrollRuns.create(period)
      await max.payd.payrollRuns.approve(await mia.payd.payrollRuns.submit(run))
      await mia.payd.payrollRuns.disburse(run.id, { sourceAccount: source?.publicKey() })
      return Number(run.id)
    },
    timesPaid: (from = treasury) =>
      payees.map(
        (account) =>
          provider.sandbox
            .dump({ account })
            .operations.filter(
              ({ successful, type, source }) => successful && type === 'payment' && source === from.publicKey(),
            ).length,
      ),
  }
}
