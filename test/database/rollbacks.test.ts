import type { Sql } from 'postgres'
import { afterEach, describe, expect, test } from 'vitest'
import { connect } from '../../tools/lib/sql.ts'
import { type Catalogue, differences, readCatalogue } from './support/catalogue.ts'
import { BLANK, cloneDatabase, createProject, type TestDatabase } from './support/databases.ts'
import { applyFiles, type Migration, readMigrations } from './support/migrations.ts'

const migrations = await readMigrations()
const endings: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end()
})

describe('every migration', () => {
  test('has a rollback that names it, says what it loses, waits for no lock and decides nothing', () => {
    expect(migrations.filter(({ down }) => down === undefined).map(({ name }) => name)).toEqual([])
    expect(migrations.flatMap(problemsOfRollback)).toEqual([])
  })

  test('is undone exactly by its rollback, and done again gives what the Supabase CLI gives', async () => {
    const sql = await sessionOf(cloneDatabase(BLANK))
    let before = await readCatalogue(sql)
    for (const migration of migrations) {
      await applyFiles(sql, [up(migration), down(migration)])
      expectSame(await readCatalogue(sql), before, `${migration.name} is not undone by its rollback`)
      await applyFiles(sql, [up(migration)])
      before = await readCatalogue(sql)
    }
    const byCli = await sessionOf(cloneDatabase())
    expectSame(before, await readCatalogue(byCli), 'a migration is another one after its rollback')
  })
})

describe('all migrations together', () => {
  test('are undone to a blank project and done again to the identical one, with the same rights whatever the project grants by default', async () => {
    const whole: Record<string, Catalogue> = {}
    for (const privileges of ['strict', 'legacy'] as const) {
      const sql = await sessionOf(createProject(privileges))
      const blank = await readCatalogue(sql)
      await applyFiles(sql, migrations.map(up))
      const first = await readCatalogue(sql)
      await applyFiles(sql, migrations.toReversed().map(down))
      expectSame(await readCatalogue(sql), blank, `the rollbacks leave something in a ${privileges} project`)
      await applyFiles(sql, migrations.map(up))
      expectSame(await readCatalogue(sql), first, `going forward again gives another ${privileges} project`)
      whole[privileges] = first
    }
    const [legacy, strict] = [whole.legacy, whole.strict].map(withoutDefaultPrivileges)
    expectSame(legacy, strict, 'where the project grants everything by default, a migration leaves some of it')
  })

  test('are compared by a catalogue that shows every difference', async () => {
    const sql = await sessionOf(cloneDatabase())
    const before = await readCatalogue(sql)
    const changes = {
      'relation public.events': 'grant select on public.events to anon',
      'column public.audit_logs.id': 'grant select (id) on public.audit_logs to anon',
      'column public.events.body': 'alter table public.events alter column body drop not null',
      'index public.idx_wallets_frozen': 'drop index public.idx_wallets_frozen',
      'relation public.wallets': 'alter table public.wallets no force row level security',
      'trigger events_fan_out': 'alter trigger events_fan_out on public.events rename to events_fan_away',
      'policy Members can read the events':
        'alter policy "Members can read the events of their organization" on public.events using (true)',
      'function private.actor()': 'grant execute on function private.actor() to authenticated',
      'function private.membership()': 'alter function private.membership() reset all',
      'constraint amount_is_not_negative': 'alter domain public.amount drop constraint amount_is_not_negative',
      'cast public.amount as json': 'drop cast (public.amount as json)',
      'row of private.state_transitions': `delete from private.state_transitions where entity = 'payroll_run' and from_state = 'failed'`,
      'comment on table public.events': 'comment on table public.events is null',
      'default privileges': 'alter default privileges grant execute on functions to public',
    }
    await applyFiles(
      sql,
      Object.values(changes).map((text) => ({ name: text, text })),
    )
    const found = differences(await readCatalogue(sql), before).join('\n')
    for (const what of Object.keys(changes)) expect(found).toContain(`: ${what}`)
  })
})

const up = ({ name, up: text }: Migration) => ({ name, text })
const down = ({ name, down: text }: Migration) => ({ name: `${name}_DOWN`, text: text ?? '' })

async function sessionOf(starting: Promise<TestDatabase>): Promise<Sql> {
  const database = await starting
  const sql = connect(database.url)
  endings.push(
    () => database.drop(),
    () => sql.end(),
  )
  return sql
}

const withoutDefaultPrivileges = (catalogue: Catalogue = new Map()): Catalogue =>
  new Map([...catalogue].filter(([what]) => !what.startsWith('default privileges')))

function expectSame(found: Catalogue | undefined, expected: Catalogue | undefined, sentence: string): void {
  expect(differences(found ?? new Map(), expected ?? new Map()), sentence).toEqual([])
}

function problemsOfRollback({ name, down: text = '' }: Migration): string[] {
  const code = text.replaceAll(/--.*$/gm, '').replaceAll(/\$(\w*)\$[\s\S]*?\$\1\$/g, '')
  const problems = [
    [!text.startsWith(`-- rollback-of: ${name}\n`), 'does not start with "-- rollback-of: <version>_<name>"'],
    [
      !/^-- rollback: (lossless|lossy \S.*|archived.*|impossible \S.*)$/m.test(text),
      'does not say "-- rollback: lossless" or "lossy <what>"',
    ],
    [!/set local lock_timeout = /.test(code), 'sets no lock_timeout'],
    [!/set local statement_timeout = /.test(code), 'sets no statement_timeout'],
    [/\bif exists\b/i.test(code), 'says IF EXISTS'],
    [/\bcascade\b/i.test(code), 'says CASCADE'],
    [/\b(begin|commit)\b/i.test(code), 'controls the transaction'],
  ] as const
  return problems.filter(([found]) => found).map(([, sentence]) => `${name}_DOWN.sql ${sentence}`)
}
