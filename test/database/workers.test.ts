import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld, one, outcomeOf, pidOf, type World, waitsForLock } from './support/world.ts'

const ROUNDS = 24

let world: World
let left: Sql
let right: Sql

beforeAll(async () => {
  world = await createWorld()
  left = world.session()
  right = world.session()
  await world.sql`select tests.create_organization_with('Acme', '{ada}', '{max}')`
  await world.sql`select tests.create_organization_with('Globex', '{gil}', '{gwen}')`
  await world.sql`select tests.create_employees('Acme', 3, '1000')`
  await world.sql`select tests.create_employees('Globex', 3, '1000')`
  await world.sql`select tests.configure_network()`
})
afterAll(() => world.close())

describe('two workers at the same moment', () => {
  test('claim an account once, persist one transaction, and end it once', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const run = await newRun('processing')
      const claim = (sql: Sql) => sql<{ token: string }[]>`select lease_token as token from public.claim_disbursement()`
      const [first, second] = await Promise.all([claim(left), claim(right)])
      const { token } = one([...first, ...second])

      const operations = one(
        await world.sql<{ plan: string }[]>`select tests.operations(${run}, ${token})::text as plan`,
      ).plan
      const persist = (sql: Sql, fee: number) =>
        outcomeOf(sql`
          select public.persist_transaction(${run}, ${token}, tests.hash_of(envelope), envelope, sequence, ${fee}, 1000, '2099-12-01', operations)
          from (select coalesce(max(sequence_number::bigint), 1000)::text as last from public.transactions) as used
          cross join lateral (select coalesce(
            (select min(open.sequence_number)::text from private.sequence_numbers as open where open.tx_hash is null),
            (used.last::bigint + 1)::text) as sequence) as next
          cross join lateral (select ${operations}::text::jsonb as operations) as planned
          cross join lateral tests.envelope(${run}, sequence, operations, ${fee}) as envelope`)
      const persisted = await Promise.all([persist(left, 100), persist(right, 101)])
      expect(persisted.sort()).toEqual(['live_transaction_exists', 'ok'])

      const { id } = one(await world.sql<{ id: string }[]>`select id from public.transactions where is_live`)
      const record = (sql: Sql, kind: string) =>
        outcomeOf(sql`select public.record_outcome(tests.evidence(${id}, ${kind}), ${token})`)
      // The truth from two sides: a worker and the tracker both saw it in the ledger, or one of them is badly wrong.
      const kinds = round % 2 === 0 ? ['applied', 'applied'] : ['applied', 'unused']
      const recorded = await Promise.all([record(left, kinds[0] ?? ''), record(right, kinds[1] ?? '')])
      expect(recorded).toContain('ok')
      if (round % 2 === 0) expect(recorded).toEqual(['ok', 'ok'])
      else expect(recorded.some((code) => ['outcome_conflicts', 'evidence_proves_nothing'].includes(code))).toBe(true)
      await finish(run, token)
      await world.sql`update private.source_accounts set lease_token = null, leased_until = null`
      expect(await paymentsOf(run)).toEqual({ paid: 3, twice: 0, told: 3 })
      await world.sql`select public.release_disbursement(source_account, ${token}) from public.payroll_runs where id = ${run}`
    }
  })

  test('claim deliveries: each is leased to one of them', async () => {
    await world.sql`
      insert into public.webhook_subscriptions (id, organization_id, url)
      select 'sub' || n, tests.organization_id('Acme'), 'https://hooks.example/' || n from generate_series(1, 5) as n`
    for (let round = 0; round < ROUNDS; round += 1) {
      await emit(world.sql, 'Acme', [`delivery ${round}`])
      const both = await Promise.all([claimDeliveries(left, 3), claimDeliveries(right, 3)])
      const claimed = both.flatMap(({ ids }) => ids)
      expect(new Set(claimed).size).toBe(claimed.length)
      expect(new Set(both.map(({ lease }) => lease)).size).toBe(2)
      claimed.push(...(await claimDeliveries(world.sql, 3)).ids)
      expect(claimed).toHaveLength(5)
      expect(new Set(claimed).size).toBe(5)
      await world.sql`delete from private.webhook_leases`
    }
    await world.sql`update public.webhook_subscriptions set is_active = false`
  })

  test('claim wallets: each address is leased to one of them', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await world.sql`delete from private.wallet_reads`
      const claim = (sql: Sql) =>
        sql<{ account: string }[]>`select account_id as account from public.claim_wallets_for_sync(100)`
      const claimed = (await Promise.all([claim(left), claim(right)])).flat().map(({ account }) => account)
      expect(claimed.length).toBeGreaterThan(0)
      expect(new Set(claimed).size).toBe(claimed.length)
    }
  })

  test('emit events: numbers have no gap, and a fact is told once', async () => {
    const before = await lastSequence('Acme')
    for (let round = 0; round < ROUNDS; round += 1) {
      const shared = `shared ${round}`
      await Promise.all([
        emit(left, 'Acme', [`left ${round}`, shared]),
        emit(right, 'Acme', [shared, `right ${round}`]),
        emit(world.sql, 'Globex', [shared]),
      ])
    }
    const sequences = await world.sql<{ sequence: string }[]>`
      select sequence from public.events where organization_id = tests.organization_id('Acme') order by sequence`
    expect(sequences.map(({ sequence }) => Number(sequence))).toEqual(
      Array.from({ length: before + 3 * ROUNDS }, (_, index) => index + 1),
    )
  })
})

describe('two that could wait for each other for ever', () => {
  test('a sync and an import of the same employees both finish', async () => {
    // Both change the wallet of worker1 and tell about it. The test holds the counter of events until both wait.
    const account = one(
      await world.sql<{ account: string }[]>`
        update public.employees set wallet_address = tests.address(20) where id = tests.employee_id('Acme', 'worker1') returning wallet_address as account`,
    ).account
    await world.sql`delete from private.wallet_reads`
    const { token } = one(
      await world.sql<{ token: string }[]>`
        insert into private.wallet_reads (account_id, lease_token, leased_until) values (${account}, gen_random_uuid(), now() + interval '1 minute') returning lease_token as token`,
    )
    const state = [
      {
        account_id: account,
        lease_token: token,
        ledger: 5,
        account_exists: true,
        balances: [{ asset_code: 'XLM', asset_issuer: '', balance: '7', is_authorized: true }],
      },
    ]

    const outcomes = await whileHolding(
      (tx) => tx`select from private.event_counters where organization_id = tests.organization_id('Acme') for update`,
      [
        (sql) =>
          sql`update public.employees set wallet_address = tests.address(21) where id = tests.employee_id('Acme', 'worker1')`,
        (sql) => sql`select * from public.apply_wallet_states(${sql.json(state)})`,
      ],
    )
    expect(outcomes).toEqual(['ok', 'ok'])
  })

  test('two deliveries that end one subscription both finish', async () => {
    await world.sql`insert into public.webhook_subscriptions (id, organization_id, url) values ('gone', tests.organization_id('Acme'), 'https://hooks.example')`
    await emit(world.sql, 'Acme', ['gone 1', 'gone 2'])
    const claims = [await claimDeliveries(world.sql, 1), await claimDeliveries(world.sql, 1)]
    expect(claims.map(({ ids }) => ids.length)).toEqual([1, 1])
    const complete =
      ({ lease, ids }: Claim) =>
      (sql: Sql) =>
        sql`select * from public.complete_webhook_deliveries(${lease}::bigint, ${ids}::bigint[], array[410])`
    const outcomes = await whileHolding(
      (tx) => tx`select from public.webhook_subscriptions where id = 'gone' for no key update`,
      claims.map(complete),
    )
    expect(outcomes).toEqual(['ok', 'ok'])
    expect([
      ...(await world.sql`
        select subscription.inactive_reason, count(*)::int as dead
        from private.webhook_dead as delivery
        join public.webhook_subscriptions as subscription on subscription.endpoint_id = delivery.endpoint_id
        where subscription.id = 'gone' group by subscription.inactive_reason`),
    ]).toEqual([{ inactive_reason: 'gone', dead: 2 }])
  })
})

interface Claim {
  readonly lease: string | null
  readonly ids: readonly number[]
}

/** A claim of a worker: its lease, which is none when nothing is due, and the ids of the deliveries in it. */
async function claimDeliveries(sql: Sql, batchSize: number): Promise<Claim> {
  return one(
    await sql<Claim[]>`
      select claim -> 'head' ->> 'lease_id' as lease, array(
        select (delivery ->> 0)::int from json_array_elements(claim -> 'deliveries') as delivery) as ids
      from public.claim_webhook_deliveries(${batchSize}) as claim`,
  )
}

/** Holds a lock until both works wait for it, in that order; then lets them go and says how they ended. */
async function whileHolding(
  lock: (transaction: Sql) => PromiseLike<unknown>,
  works: readonly ((sql: Sql) => PromiseLike<unknown>)[],
): Promise<string[]> {
  const observer = world.session()
  const ends: Promise<string>[] = []
  await world.sql.begin(async (holder) => {
    await lock(holder as unknown as Sql)
    for (const [index, work] of works.entries()) {
      const sql = index === 0 ? left : right
      const pid = await pidOf(sql)
      ends.push(outcomeOf(Promise.resolve(work(sql))))
      await waitsForLock(observer, pid)
    }
  })
  return Promise.all(ends)
}

async function newRun(goal: string): Promise<string> {
  const { id } = one(await world.sql<{ id: string }[]>`select tests.create_run('Acme') as id`)
  await world.sql`select tests.walk_run(${id}, ${goal})`
  return id
}

/** Pays what is still unpaid; a run whose transaction never was has everything left. */
async function finish(run: string, token: string): Promise<void> {
  const { status } = one(await world.sql<{ status: string }[]>`select tests.run_status(${run}) as status`)
  if (status === 'processing') {
    const { id } = one(await world.sql<{ id: string }[]>`select tests.persist(${run}, ${token}) as id`)
    await world.sql`select tests.settle(tests.evidence(${id}, 'applied'))`
  }
  expect(one(await world.sql<{ status: string }[]>`select tests.run_status(${run}) as status`).status).toBe('completed')
}

async function paymentsOf(run: string): Promise<{ paid: number; twice: number; told: number }> {
  return one(
    await world.sql<{ paid: number; twice: number; told: number }[]>`
      select
        (select count(*)::int from public.payroll_items where payroll_run_id = ${run} and status = 'completed') as paid,
        (select count(*)::int from (select from public.transaction_operations where payroll_run_id = ${run} and is_live group by employee_id having count(*) > 1) as more) as twice,
        (select count(*)::int from public.events where type = 'payment.completed' and body::jsonb #>> '{data,payroll_run_id}' = ${run}) as told`,
  )
}

async function emit(sql: Sql, organization: string, keys: string[]): Promise<void> {
  await sql`
    select private.emit_events(tests.organization_id(${organization}), (
      select array_agg(row('thing.happened', 'thing', '1', key, '{}')::private.event_input order by number)
      from unnest(${keys}::text[]) with ordinality as given (key, number)))`
}

async function lastSequence(organization: string): Promise<number> {
  const { last } = one(
    await world.sql<{ last: string }[]>`
      select coalesce(max(sequence), 0) as last from public.events where organization_id = tests.organization_id(${organization})`,
  )
  return Number(last)
}
