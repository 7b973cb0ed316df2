import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { actAs, createWorld, one, outcomeOf, type World } from './support/world.ts'

const ROUNDS = 20
const CONTRACT = 'CAYK5KTDGRAUDUPY4YO3YSU4DKD4Z6D5LJ5DASEA36ACV2XN33ZR2LFD'

let world: World
let left: Sql
let right: Sql

beforeAll(async () => {
  world = await createWorld()
  left = world.session()
  right = world.session()
  await world.sql`select tests.create_organization_with('Acme', '{ada}', '{max}')`
  await world.sql`select tests.create_organization_with('Globex', '{gil}', '{gwen}')`
  await world.sql`select tests.configure_network()`
})

afterAll(() => world.close())

describe('at the same moment', () => {
  test('one person who changes two preferences in two windows keeps both', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const size = [25, 50, 100, 200][round % 4] ?? 50
      const hides = round % 2 === 0
      await Promise.all([
        actAs(
          left,
          'max',
          'Acme',
          (sql) => sql`select public.set_preference('lists.page_size', ${String(size)}::text::jsonb)`,
        ),
        actAs(
          right,
          'max',
          'Acme',
          (sql) => sql`select public.set_preference('privacy.hide_amounts', ${String(hides)}::text::jsonb)`,
        ),
      ])
      const [{ chosen } = { chosen: undefined }] =
        await world.sql`select preferences as chosen from public.user_preferences`
      expect(chosen).toEqual({ lists: { page_size: size }, privacy: { hide_amounts: hides } })
    }
    const { versions } = one(
      await world.sql<
        { versions: number }[]
      >`select count(*)::integer as versions from public.user_preferences_history`,
    )
    expect(versions).toBe(ROUNDS * 2)
  })

  test('two workers who bring the balances of two companies in opposite orders both finish', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const states = (organizations: readonly string[]) => world.sql<{ states: string }[]>`
        select jsonb_agg(jsonb_build_object(
          'organization_id', tests.organization_id(name), 'claimable_balance_id', '00000000' || tests.hash(name || ${round} || ${organizations[0] ?? ''}),
          'asset_code', 'XLM', 'amount', '1', 'sponsor', tests.address(1), 'claimant', tests.address(2), 'status', 'active', 'ledger', 10,
          'closed_at', '2026-11-20T12:00:00Z') order by ordinality)::text as states
        from unnest(${[...organizations]}::text[]) with ordinality as name (name, ordinality)`
      const [first, second] = [one(await states(['Acme', 'Globex'])), one(await states(['Globex', 'Acme']))]
      const apply = (sql: Sql, given: { states: string }) =>
        outcomeOf(sql`select public.apply_claimable_balances(${given.states}::text::jsonb)`)
      expect(await Promise.all([apply(left, first), apply(right, second)])).toEqual(['ok', 'ok'])
    }
    const { balances, told } = one(
      await world.sql<{ balances: number; told: number }[]>`
        select (select count(*) from public.claimable_balances)::integer as balances,
          (select count(*) from public.events where type = 'claimable_balance.created')::integer as told`,
    )
    expect({ balances, told }).toEqual({ balances: ROUNDS * 4, told: ROUNDS * 4 })
  })

  test('an employee is either erased or gets a bonus, never both', async () => {
    const run = one(await world.sql<{ id: string }[]>`select tests.create_run('Acme') as id`).id
    const outcomes: string[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const { id } = one(
        await world.sql<{ id: string }[]>`select tests.create_employee('Acme', ${`worker${round}`}) as id`,
      )
      const erase = () =>
        outcomeOf(actAs(left, 'ada', 'Acme', (sql) => sql`select public.erase_person(${id}, 'Asked')`))
      const give = () =>
        outcomeOf(actAs(right, 'max', 'Acme', (sql) => sql`select public.add_bonus(${run}, ${id}, '10')`))
      // The side that starts first has the better chance; each gets it in half of the rounds.
      const [erased, given] =
        round % 2 === 0
          ? await Promise.all([erase(), give()])
          : await Promise.all([give(), erase()]).then(([a, b]) => [b, a])
      outcomes.push(`${erased} ${given}`)
    }
    expect(
      outcomes.filter((outcome) => !['ok employee_not_found', 'person_is_to_be_paid ok'].includes(outcome)),
    ).toEqual([])
    const { wrong } = one(
      await world.sql<{ wrong: number }[]>`
        select count(*)::integer as wrong
        from public.payroll_items as item
        join public.employees as employee on employee.id = item.employee_id
        where employee.first_name = 'Erased'`,
    )
    expect(wrong).toBe(0)
  })

  test('an upgrade of a contract is started once', async () => {
    await world.sql`select public.register_contract('Bulk Payment', ${CONTRACT}, tests.hash('one'))`
    for (let round = 0; round < ROUNDS; round += 1) {
      const start = (sql: Sql, code: string) =>
        outcomeOf(sql`select public.start_contract_upgrade(${CONTRACT}, tests.hash(${code}), tests.address(1))`)
      const started = await Promise.all([start(left, `left ${round}`), start(right, `right ${round}`)])
      expect(started.sort()).toEqual(['contract_upgrade_in_progress', 'ok'])
      await world.sql`
        select public.record_contract_upgrade(id, 'cancelled') from public.contract_upgrade_logs where status = 'pending'`
    }
  })

  test('the partitions of the history are made once', async () => {
    const added = await Promise.all(
      [left, right, world.session()].map(
        (sql) => sql<{ added: number }[]>`select added from private.keep_preference_partitions('2030-01-01')`,
      ),
    )
    expect(added.flat().reduce((sum, { added: count }) => sum + count, 0)).toBe(4)
  })
})
