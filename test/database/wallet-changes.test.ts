import type { Sql, TransactionSql } from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { actAs, createWorld, one, outcomeOf, pidOf, type World } from './support/world.ts'

// One session holds what another one wants, and then wants what that one could hold: code that locks in another order deadlocks here every time.

let world: World
let left: Sql
let right: Sql
let rightPid: number

beforeAll(async () => {
  world = await createWorld()
  left = world.session()
  right = world.session()
  rightPid = await pidOf(right)
  await world.sql`select tests.create_organization_with('Acme', '{ada}', '{max,mia}')`
  await world.sql`select tests.create_employee('Acme', 'emma', '1000', tests.address(1))`
})
afterAll(() => world.close())

beforeEach(async () => {
  await world.sql`update public.organizations set wallet_change_policy = 'immediate'`
  await edit(world.sql, { wallet_address: 1 })
  await world.sql`update public.organizations set wallet_change_policy = 'cooling_off'`
  await edit(world.sql, { wallet_address: 2 })
})

describe('while somebody changes an employee', () => {
  test.each(['confirm', 'cancel'] as const)(
    'a session that wants to %s the waiting change waits and then finds none',
    async (what) => {
      const change = await waitingChange()
      const outcomes = await whileLeftHolds(
        () =>
          outcomeOf(actAs(right, 'mia', 'Acme', (tx) => tx.unsafe(`select public.${what}_wallet_change(${change})`))),
        (tx) => name(tx, { wallet_address: 3 }),
      )
      expect(outcomes).toEqual(['ok', 'wallet_change_not_found'])
      expect(await state()).toEqual({ address: 1, waiting: 3 })
    },
  )

  test('the change that is due is left to the next minute, and only what still waits is applied', async () => {
    await left.begin(async (tx) => {
      await name(tx, { wallet_address: 3 })
      expect(await applyDue()).toBe(0)
    })
    expect(await state()).toEqual({ address: 1, waiting: 3 })
    expect(await applyDue()).toBe(1)
    expect(await state()).toEqual({ address: 3, waiting: null })
  })

  test('a file that says nothing about the address does not bring the old one back', async () => {
    await world.sql`update public.organizations set wallet_change_policy = 'immediate'`
    const row = { first_name: 'emma', last_name: 'Acme', email: 'emma@acme.example', position: `${Date.now()}` }
    const outcomes = await whileLeftHolds(
      () => outcomeOf(actAs(right, 'mia', 'Acme', (tx) => tx`select public.import_employees(${tx.json([row])})`)),
      (tx) => name(tx, { wallet_address: 5 }),
    )
    expect(outcomes).toEqual(['ok', 'ok'])
    expect(await state()).toEqual({ address: 5, waiting: null })
  })
})

test('changing, confirming, importing and applying at the same moment, again and again, never deadlocks', async () => {
  const sessions = [left, right, world.session(), world.session()]
  const outcomes: string[] = []
  for (let round = 0; round < 20; round += 1) {
    const change = await waitingChange()
    const [a, b, c, d] = sessions as [Sql, Sql, Sql, Sql]
    const row = { first_name: 'emma', last_name: 'Acme', email: 'emma@acme.example', position: `${round}` }
    const works = [
      () => outcomeOf(edit(a, { wallet_address: 10 + (round % 5) })),
      () => outcomeOf(actAs(b, 'mia', 'Acme', (tx) => tx`select public.confirm_wallet_change(${change})`)),
      () => outcomeOf(actAs(c, 'ada', 'Acme', (tx) => tx`select public.import_employees(${tx.json([row])})`)),
      () => outcomeOf(d`select private.apply_due_wallet_changes(now() + interval '73 hours')`),
    ]
    outcomes.push(...(await Promise.all(works.map((work) => work()))))
    await edit(world.sql, { wallet_address: 20 + (round % 5) })
  }
  const possible = ['ok', 'version_outdated', 'wallet_change_not_found', 'wallet_change_still_cooling']
  expect(outcomes.filter((outcome) => !possible.includes(outcome))).toEqual([])
})

/** Left edits, right starts and waits for it, left does one more thing and commits. The outcomes of both. */
async function whileLeftHolds(
  start: () => Promise<string>,
  more: (tx: TransactionSql) => Promise<unknown>,
): Promise<[string, string]> {
  let waiting: Promise<string> = Promise.resolve('never started')
  const held = await outcomeOf(
    left.begin(async (tx) => {
      await name(tx, { position: `Held ${Date.now()}` })
      waiting = start()
      await waitsOrEnds(waiting)
      await more(tx)
    }),
  )
  return [held, await waiting]
}

/** Resolves when the right session waits for a lock, or when its work has ended without waiting. */
async function waitsOrEnds(work: Promise<string>): Promise<void> {
  let ended = false
  void work.then(() => {
    ended = true
  })
  for (let waits = false; !waits && !ended; ) {
    const rows = await world.sql<{ waits: boolean }[]>`select cardinality(pg_blocking_pids(${rightPid})) > 0 as waits`
    waits = one(rows).waits
  }
}

type Fields = { readonly position?: string; readonly wallet_address?: number }

function edit(sql: Sql, fields: Fields): Promise<unknown> {
  return sql.begin((tx) => name(tx, fields))
}

/** Names a field of the employee, as max. Addresses by their number. */
async function name(tx: TransactionSql, { position, wallet_address }: Fields): Promise<unknown> {
  await tx`select tests.act_as('max', 'Acme')`
  return await tx`
    select public.update_employee(employee.id, employee.version, jsonb_strip_nulls(jsonb_build_object(
      'position', ${position ?? null}::text, 'wallet_address', tests.address(${wallet_address ?? null}::integer))))
    from public.employees as employee where employee.first_name = 'emma'`
}

/** How many the job applied; it fails instead of waiting for the session that holds an employee. */
async function applyDue(): Promise<number> {
  return await right.begin(async (tx) => {
    await tx`set local lock_timeout = '2s'`
    const rows = await tx<{ applied: number }[]>`
      select private.apply_due_wallet_changes(now() + interval '73 hours') as applied`
    return one(rows).applied
  })
}

async function waitingChange(): Promise<string> {
  return one(await world.sql<{ id: string }[]>`select id from public.wallet_changes where state = 'waiting'`).id
}

async function state(): Promise<{ address: number; waiting: number | null }> {
  return one(
    await world.sql<{ address: number; waiting: number | null }[]>`
      select
        (select number from generate_series(1, 29) as number where tests.address(number) = employee.wallet_address) as address,
        (select number from public.wallet_changes as change, generate_series(1, 29) as number
          where change.state = 'waiting' and tests.address(number) = change.new_address) as waiting
      from public.employees as employee where employee.first_name = 'emma'`,
  )
}
