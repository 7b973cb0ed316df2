import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { actAs, createWorld, one, outcomeOf, type World } from './support/world.ts'

const ROUNDS = 60

let world: World
let left: Sql
let right: Sql

beforeAll(async () => {
  world = await createWorld()
  left = world.session()
  right = world.session()
  await world.sql`select tests.create_user(name) from unnest('{a1,a2,guest}'::text[]) as name`
})

afterAll(() => world.close())

describe('two admins at the same moment', () => {
  const cases = [
    ['remove each other', 'remove_member(%s)'],
    ['demote each other', "change_member_role(%s, 'viewer')"],
  ] as const

  test.each(cases)('who %s leave exactly one, and never a deadlock', async (what, command) => {
    const seen: string[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const company = `${what} ${round}`
      await world.sql`select tests.create_organization_with(${company}, '{a1,a2}')`
      const outcomes = await inTurns(
        round,
        () => act(left, 'a1', company, command, 'a2'),
        () => act(right, 'a2', company, command, 'a1'),
      )
      seen.push(`${outcomes.sort().join(' and ')}: ${await adminsOf(company)} left`)
    }
    // The slower one is no admin any more when it is its turn, or no member at all when it begins after the end of the first.
    expect(seen.filter((outcome) => !/^(ok and role_too_low|no_organization and ok): 1 left$/.test(outcome))).toEqual(
      [],
    )
  })

  test('who each step down leave one', async () => {
    const seen = new Set<string>()
    for (let round = 0; round < ROUNDS; round += 1) {
      const company = `step down ${round}`
      await world.sql`select tests.create_organization_with(${company}, '{a1,a2}')`
      const outcomes = await inTurns(
        round,
        () => act(left, 'a1', company, "change_member_role(%s, 'viewer')", 'a1'),
        () => act(right, 'a2', company, 'remove_member(%s)', 'a2'),
      )
      seen.add(`${outcomes.sort().join(' and ')}: ${await adminsOf(company)} left`)
    }
    expect([...seen]).toEqual(['last_admin and ok: 1 left'])
  })
})

describe('at the same moment', () => {
  test('an invitation is accepted or its inviter is removed first', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const company = `invite ${round}`
      await world.sql`select tests.create_organization_with(${company}, '{a1,a2}')`
      const { token } = one(
        await actAs(
          world.sql,
          'a2',
          company,
          (sql) => sql<{ token: string }[]>`select token from public.invite_member('guest@example.com', 'admin')`,
        ),
      )
      const [removed, accepted] = await inTurns(
        round,
        () => act(left, 'a1', company, 'remove_member(%s)', 'a2'),
        () => outcomeOf(actAs(right, 'guest', company, (sql) => sql`select public.accept_invitation(${token})`)),
      )
      expect(removed).toBe('ok')
      expect(['ok', 'invitation_not_found']).toContain(accepted)
      expect(await adminsOf(company)).toBe(accepted === 'ok' ? 2 : 1)
    }
  })

  test('one who chooses another default organization in two windows has one, also while being removed', async () => {
    await world.sql`select tests.create_organization_with('First', '{a1,a2}')`
    await world.sql`select tests.create_organization_with('Second', '{a1,a2}')`
    const choose = (sql: Sql, company: string) =>
      outcomeOf(
        actAs(
          sql,
          'a2',
          company,
          (session) => session`select public.choose_default_organization(tests.organization_id(${company}))`,
        ),
      )
    for (let round = 0; round < ROUNDS; round += 1) {
      const outcomes = await inTurns(
        round,
        () => choose(left, 'First'),
        () => choose(right, 'Second'),
      )
      expect(outcomes).toEqual(['ok', 'ok'])
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      const [removed, chosen] = await inTurns(
        round,
        () => act(left, 'a1', 'First', 'remove_member(%s)', 'a2'),
        () => choose(right, 'First'),
      )
      expect(removed).toBe('ok')
      expect(['ok', 'not_your_organization']).toContain(chosen)
      await world.sql`update public.users set deleted_at = null where deleted_at is not null`
    }
    const { defaults } = one(
      await world.sql<{ defaults: number }[]>`
        select count(*)::integer as defaults from public.users where auth_user_id = tests.user_id('a2') and is_default`,
    )
    expect(defaults).toBeLessThanOrEqual(1)
  })

  test('an organization is closed or its run is submitted and then keeps it open', async () => {
    for (let round = 0; round < ROUNDS / 3; round += 1) {
      const company = `close ${round}`
      await world.sql`select tests.create_organization_with(${company}, '{a1}', '{a2}')`
      await world.sql`select tests.create_employees(${company}, 1)`
      const run = one(await world.sql<{ id: string }[]>`select tests.create_run(${company}) as id`).id
      const outcomes = await inTurns(
        round,
        () =>
          outcomeOf(
            actAs(
              left,
              'a1',
              company,
              (sql) => sql`select public.close_organization(tests.organization_id(${company}), 'The end.')`,
            ),
          ),
        () => outcomeOf(actAs(right, 'a2', company, (sql) => sql`select tests.submit(${run})`)),
      )
      const { pending, closed } = one(
        await world.sql<{ pending: boolean; closed: boolean }[]>`
          select run.status = 'pending' as pending, organization.deleted_at is not null as closed
          from public.payroll_runs as run join public.organizations as organization on organization.id = run.organization_id
          where run.id = ${run}`,
      )
      expect(outcomes[0] === 'ok').toBe(closed)
      // A submission that had begun may end after it: no member is left to approve or pay the run.
      if (!closed)
        expect({ outcomes, pending }).toEqual({ outcomes: ['organization_has_open_work', 'ok'], pending: true })
    }
  })
})

/** Both at once; the side that starts first has the better chance, so each does in half of the rounds. */
async function inTurns(
  round: number,
  first: () => Promise<string>,
  second: () => Promise<string>,
): Promise<[string, string]> {
  if (round % 2 === 0) return await Promise.all([first(), second()])
  const [b, a] = await Promise.all([second(), first()])
  return [a, b]
}

function act(sql: Sql, person: string, company: string, command: string, member: string): Promise<string> {
  const call = command.replace('%s', 'tests.member_id($1, $2)')
  return outcomeOf(actAs(sql, person, company, (session) => session.unsafe(`select public.${call}`, [member, company])))
}

async function adminsOf(company: string): Promise<number> {
  const { admins } = one(
    await world.sql<{ admins: number }[]>`
      select count(*)::integer as admins from public.users
      where organization_id = tests.organization_id(${company}) and role = 'admin' and deleted_at is null`,
  )
  return admins
}
