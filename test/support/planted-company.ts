import type { Keypair } from '@stellar/stellar-sdk/base'
import postgres, { type Sql } from 'postgres'
import { systemClock } from '../../supabase/functions/_shared/worker/platform.ts'
import { providerBudget } from '../../supabase/functions/_shared/worker/provider-budget.ts'
import type { Rpc } from '../../supabase/functions/_shared/worker/rpc.ts'
import { disburseDatabase } from '../../supabase/functions/payroll-disburse/database.ts'
import {
  DISBURSE_LIMITS,
  type DisburseCounts,
  type DisbursePorts,
  disburse,
} from '../../supabase/functions/payroll-disburse/disburse.ts'
import { createKeyring } from '../../supabase/functions/payroll-disburse/sign.ts'
import { createSandbox, type Sandbox } from '../../tools/sandbox/index.ts'
import { loadKeys } from '../../tools/stack/keys.ts'
import { type Stack, startStack } from '../../tools/stack/stack.ts'
import { closingWhenWaiting } from './closing-ledgers.ts'
import { keypair } from './plans.ts'
import { rpcAt } from './rpc.ts'

/** A project with its real database and data API, and a network whose ledgers the test closes. The worker runs in the test. */
export type PlantedProject = {
  readonly stack: Stack
  readonly sql: Sql
  readonly sandbox: Sandbox
  readonly secretKey: string
  /** Rings payroll-disburse. A ledger closes as soon as so many submissions wait for one. */
  ring(options: {
    readonly keys: readonly Keypair[]
    readonly channels?: Readonly<Record<string, readonly string[]>>
    readonly waiting?: number
    readonly lanes?: number
    /** After so many calls of the database and of the provider the worker is dead, and makes no other. */
    readonly diesAfter?: number
  }): Promise<DisburseCounts>
  stop(): Promise<void>
}

type ProjectOptions = {
  /** Which provider is configured: Horizon alone, or RPC beside it. */
  readonly hasRpc: boolean
  /** Whether the workers run as processes of their own beside those that the test rings. */
  readonly functions?: boolean
  /** How often a ledger closes by itself; by default none does. */
  readonly ledgerIntervalMs?: number
}

export async function plantedProject(options: ProjectOptions): Promise<PlantedProject> {
  const { functions = false, ledgerIntervalMs = 'manual' } = options
  const stack = await startStack({ functions, scheduler: false, realtime: false, sandbox: false })
  const sql = postgres(stack.adminUrl, { max: 1, onnotice: () => undefined })
  const sandbox = await createSandbox({ ledgerIntervalMs, submitTimeoutMs: 20_000 })
  for (let ledger = 0; ledger < 5; ledger++) sandbox.closeLedger()
  const rpcUrl = options.hasRpc ? `${sandbox.url}/rpc` : null
  await sql`select private.configure_network(${sandbox.networkPassphrase}, ${sandbox.url}, ${rpcUrl})`
  const { secret: secretKey } = await loadKeys(stack.dataDir)
  const living = rpcAt(stack.url, secretKey)
  return {
    stack,
    sql,
    sandbox,
    secretKey,
    ring: async ({ keys, channels = {}, waiting = 1, lanes = DISBURSE_LIMITS.lanes, diesAfter = Infinity }) => {
      let calls = 0
      const live = () => {
        if (++calls > diesAfter) throw new Error('The worker is dead.')
      }
      const rpc: Rpc = async (name, parameters, schema) => {
        live()
        return await living(name, parameters, schema)
      }
      const send = closingWhenWaiting(sandbox, waiting)
      await sql`update private.source_accounts set next_check_at = now()`
      await sql`update private.preflight_work set next_look_at = now() where lease_token is null`
      await sql`update public.transactions set next_check_at = now() where is_live`
      const ports: DisbursePorts = {
        clock: systemClock,
        fetch: async (url, init) => {
          live()
          return await send(url, init)
        },
        random: () => 0,
        log: () => undefined,
        database: disburseDatabase(rpc),
        keyring: createKeyring(
          keys.map((key) => key.secret()),
          channels,
        ),
        budget: providerBudget(rpc),
      }
      return await disburse(ports, { ...DISBURSE_LIMITS, lanes, maxSteps: 200, budgetMs: 600_000, deadlineMs: 600_000 })
    },
    stop: async () => {
      await sandbox.close()
      await sql.end()
      await stack.stop()
    },
  }
}

/** Somebody who is paid. */
export type Payee = {
  readonly address: string
  readonly salary: string
  readonly memo?: { readonly type: 'text' | 'id'; readonly value: string }
}

/** Adds people to an organization. They are paid in XLM. */
export async function plantPeople(sql: Sql, organizationId: number, payees: readonly Payee[]): Promise<void> {
  await sql`update public.organizations set salary_period = 'run' where id = ${organizationId}`
  await sql`
    insert into public.employees (organization_id, first_name, last_name, email, wallet_address, wallet_address_set_at, salary,
      memo_type, memo)
    select ${organizationId}, 'Person', person.number::text,
      'person' || person.number + (select count(*) from public.employees where organization_id = ${organizationId}) || '@company' || ${organizationId}::text || '.example',
      person.address, now(), person.salary::numeric, nullif(person.memo_type, ''), nullif(person.memo, '')
    from unnest(
      ${payees.map(({ address }) => address)}::text[], ${payees.map(({ salary }) => salary)}::text[],
      ${payees.map(({ memo }) => memo?.type ?? '')}::text[], ${payees.map(({ memo }) => memo?.value ?? '')}::text[]
    ) with ordinality as person (address, salary, memo_type, memo, number)`
}

export type PlantedCompany = {
  readonly name: string
  readonly treasury: Keypair
  readonly payees: readonly Payee[]
  readonly channels?: readonly Keypair[]
  /** What people are paid in; XLM by default. */
  readonly asset?: { readonly code: string; readonly issuer: string }
  /** Whether the salary of somebody who cannot take it yet is set aside on the ledger. */
  readonly setsAside?: boolean
}

const XLM = { code: 'XLM', issuer: '' }

/** A company with a treasury and people, and an approved run of them that is being paid. */
export async function plantRun(project: PlantedProject, company: PlantedCompany): Promise<number> {
  const { sql } = project
  const [organization] = await sql<{ id: string }[]>`
    insert into public.organizations (name) values (${company.name}) returning id`
  const id = Number(organization?.id)
  const [admin, manager] = await Promise.all(
    ['admin', 'manager'].map(async (role) => {
      const email = `${role}@${company.name.toLowerCase()}.example`
      const [user] = await sql<{ id: string }[]>`
        insert into auth.users (id, email) values (gen_random_uuid(), ${email}) returning id`
      await sql`
        insert into public.users (organization_id, auth_user_id, email, role)
        values (${id}, ${user?.id ?? ''}, ${email}, ${role})`
      return user?.id ?? ''
    }),
  )
  await plantPeople(sql, id, company.payees)
  const { asset = XLM, setsAside = false } = company
  await sql`update public.employees set asset_code = ${asset.code}, asset_issuer = ${asset.issuer} where organization_id = ${id}`
  await sql`update public.organizations set allows_claimable_balances = ${setsAside} where id = ${id}`
  await sql`select public.enroll_source_account(${id}, ${company.treasury.publicKey()})`
  for (const channel of company.channels ?? []) {
    await sql.begin(async (within) => {
      await within`select set_config('request.jwt.claims', ${JSON.stringify({ sub: admin, role: 'authenticated' })}, true)`
      await within`select private.add_channel_account(${company.treasury.publicKey()}, ${channel.publicKey()})`
      await within`select private.enroll_channel(${company.treasury.publicKey()}, ${channel.publicKey()})`
    })
  }
  return await startRun(sql, { admin, manager, days: ['2026-11-01', '2026-11-30'], asset })
}

/** The run of another month of a company that is there. */
export async function plantMonth(
  { sql }: PlantedProject,
  name: string,
  days: readonly [string, string],
): Promise<number> {
  const idOf = async (role: string): Promise<string> => {
    const [user] = await sql<{ id: string }[]>`
      select id from auth.users where email = ${`${role}@${name.toLowerCase()}.example`}`
    return user?.id ?? ''
  }
  return await startRun(sql, { admin: await idOf('admin'), manager: await idOf('manager'), days })
}

type Start = {
  readonly admin: string | undefined
  readonly manager: string | undefined
  readonly days: readonly [string, string]
  readonly asset?: { readonly code: string; readonly issuer: string }
}

/** Prepares, submits, approves and starts a run. */
async function startRun(sql: Sql, { admin, manager, days: [first, last], asset = XLM }: Start): Promise<number> {
  return await sql.begin(async (within) => {
    const actAs = (subject: string | undefined) =>
      within`select set_config('request.jwt.claims', ${JSON.stringify({ sub: subject, role: 'authenticated' })}, true)`
    await actAs(manager)
    const [run] = await within<{ id: string }[]>`
      select id from private.create_payroll_run(${first}, ${last}, ${asset.code}, ${asset.issuer}, 'Salary', null)`
    const runId = Number(run?.id)
    await within`
      select private.submit_payroll_run(id, version, false, true) from public.payroll_runs where id = ${runId}`
    await actAs(admin)
    await within`select private.approve_payroll_run(id, content_hash) from public.payroll_runs where id = ${runId}`
    await within`select private.disburse_payroll_run(${runId}, null)`
    return runId
  })
}

/** Keys from one number on, the same in every run. */
export function keypairs(first: number, count: number): Keypair[] {
  return Array.from({ length: count }, (_, index) => keypair(first + index))
}

/** What the treasury put into ledgers: all of it, and what failed there. */
export function transactionsOf(
  sandbox: Sandbox,
  treasury: Keypair,
): { all: number; failed: number; ledgers: number[] } {
  const seen = new Map<string, { readonly successful: boolean; readonly ledger: number }>()
  for (let cursor: string | undefined; ; ) {
    const page = sandbox.dump({ account: treasury.publicKey(), ...(cursor === undefined ? {} : { cursor }) })
    for (const operation of page.operations) {
      if (operation.source === treasury.publicKey()) seen.set(operation.hash, operation)
    }
    if (!page.next_cursor || page.operations.length === 0) break
    cursor = page.next_cursor
  }
  const all = [...seen.values()]
  return {
    all: all.length,
    failed: all.filter(({ successful }) => !successful).length,
    ledgers: [...new Set(all.map(({ ledger }) => ledger))].sort((left, right) => left - right),
  }
}
