import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import type { Wait } from '../../src/index.ts'
import type { Stack } from '../../tools/stack/stack.ts'
import { rpcAt } from '../support/rpc.ts'
import { anOrganization, startProject } from './project.ts'

let stack: Stack
let sql: Sql
let admin: Awaited<ReturnType<typeof anOrganization>>

beforeAll(async () => {
  stack = await startProject()
  sql = postgres(stack.adminUrl, { max: 3, onnotice: () => undefined })
  admin = await anOrganization(stack)
}, 60_000)

afterAll(async () => {
  await sql?.end()
  await stack?.stop()
})

const ADDRESS = 'GDX5DQSDDGC7BRYMMR7JIYUQZNDGVQPQW5EOSVWZRG3JYKXTJOGSEIBL'
const PERIOD = { period_start: '2026-01-01', period_end: '2026-01-31' }

/** A fetch that keeps what was sent and what was answered. */
function recording(): { fetch: typeof fetch; sent: string[]; answered: unknown[] } {
  const sent: string[] = []
  const answered: unknown[] = []
  return {
    sent,
    answered,
    fetch: async (input, init) => {
      sent.push(String(init?.body ?? ''))
      const response = await fetch(input, init)
      answered.push(response.ok ? response.status : (await response.clone().json()).code)
      return response
    },
  }
}

/**
 * Makes the next call that needs `first` the victim of a deadlock: the session holds `first`, and as soon as the call waits for it,
 * wants `second`, which the call holds. The session never looks for deadlocks itself, so the call is the one that gives way.
 */
async function meetWith<Result>(
  holds: (session: Sql) => Promise<unknown>,
  wants: (session: Sql) => Promise<unknown>,
  call: () => Promise<Result>,
): Promise<Result> {
  const session = await sql.reserve()
  try {
    await session`begin`
    await session`set local deadlock_timeout = '1h'`
    await holds(session as unknown as Sql)
    const [self] = await session<{ pid: number }[]>`select pg_backend_pid() as pid`
    const calling = call()
    calling.catch(() => undefined)
    for (;;) {
      const [row] = await sql<{ waits: boolean }[]>`
        select exists (select from pg_stat_activity where ${self?.pid ?? 0} = any (pg_blocking_pids(pid))) as waits`
      if (row?.waits) break
    }
    await wants(session as unknown as Sql)
    await session`rollback`
    return await calling
  } finally {
    session.release()
  }
}

describe('a command of the SDK that was the victim of a deadlock', () => {
  it('is repeated with its key, and happens once', async () => {
    const key = 'one-key-for-all-attempts'
    const { fetch, sent, answered } = recording()
    const created = await meetWith(
      (session) => session`select from public.organizations where id = ${admin.organizationId} for update`,
      // The key that the call has written and not committed.
      (session) => session`
        insert into private.idempotency_keys (organization_id, auth_user_id, operation, key, arguments_hash)
        select organization_id, auth_user_id, 'create_payroll_run', ${key}, '' from public.users`,
      () => admin.withFetch(fetch).payrollRuns.create(PERIOD, { idempotencyKey: key }),
    )
    expect(answered).toEqual(['40P01', 200])
    expect(new Set(sent).size).toBe(1)
    expect(sent[0]).toContain(key)
    const found = await admin.payd.payrollRuns.list()
    expect(found.items.map((one) => one.id)).toEqual([created.id])
  })

  it('is repeated also where a second time would mean something else', async () => {
    const { organizationId } = admin
    await sql`
      insert into public.employees (organization_id, first_name, last_name, email, wallet_address, status, salary)
      values (${organizationId}, 'Ann', 'Acme', 'ann@acme.example', ${ADDRESS}, 'active', 1000)`
    const draft = await admin.payd.payrollRuns.create(PERIOD)
    const { id } = draft
    await admin.payd.payrollRuns.submit(draft)
    const { fetch, answered } = recording()
    const counter = (session: Sql) =>
      session`select from private.event_counters where organization_id = ${organizationId} for update`
    const run = (session: Sql) => session`select from public.payroll_runs where id = ${id} for update`
    const rejected = await meetWith(counter, run, () => admin.withFetch(fetch).payrollRuns.reject(id, 'Not yet.'))
    expect(answered).toEqual(['40P01', 200])
    expect(rejected.status).toBe('draft')
  })

  it('is given up after five attempts, and when the caller stops waiting', async () => {
    const deadlock = async () => Response.json({ code: '40P01', message: 'deadlock detected' }, { status: 500 })
    const waited: number[] = []
    const wait: Wait = async (ms) => void waited.push(ms)
    const draft = await admin.payd.payrollRuns.create(PERIOD)
    const broken = admin.withFetch(deadlock)
    await expect(broken.payrollRuns.submit(draft, { wait, random: () => 0 })).rejects.toMatchObject({
      code: 'transaction_rolled_back',
      kind: 'conflict',
      retryable: true,
    })
    expect(waited).toEqual([25, 50, 100, 200])

    const controller = new AbortController()
    const stop: Wait = async (_ms, signal) => {
      controller.abort()
      signal?.throwIfAborted()
    }
    const stopped = broken.payrollRuns.submit(draft, { wait: stop, signal: controller.signal })
    await expect(stopped).rejects.toMatchObject({ kind: 'aborted' })
  })
})

describe('a call of a worker that was the victim of a deadlock', () => {
  it('is repeated by the adapter, and happens once', async () => {
    const other = await anOrganization(stack)
    for (const one of [admin, other]) {
      await sql`insert into private.event_counters (organization_id) values (${one.organizationId}) on conflict do nothing`
    }
    const [first, second] = [admin.organizationId, other.organizationId].sort((a, b) => a - b)
    const counter = (id: number) => (session: Sql) =>
      session`select from private.event_counters where organization_id = ${id} for update`
    const states = [first, second].map((organizationId, index) => ({
      organization_id: organizationId,
      claimable_balance_id: `00000000${String(index).repeat(64)}`,
      asset_code: 'XLM',
      amount: '1',
      sponsor: ADDRESS,
      claimant: ADDRESS,
      status: 'active',
      ledger: 10,
      closed_at: '2026-11-20T12:00:00Z',
    }))
    let randoms = 0
    const random = () => {
      randoms += 1
      return 0.5
    }
    const rpc = rpcAt(stack.url, stack.keys.secret, { random })
    await meetWith(counter(second ?? 0), counter(first ?? 0), () =>
      rpc('apply_claimable_balances', { states }, z.unknown()),
    )
    expect(randoms).toBe(1)
    const events = await sql`select from public.events where type = 'claimable_balance.created'`
    expect(events).toHaveLength(2)
  })
})
