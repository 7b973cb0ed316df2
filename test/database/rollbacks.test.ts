import { afterEach, describe, expect, test } from 'vitest'
import { type Catalogue, differences, readCatalogue } from './support/catalogue.ts'
import { BLANK, cloneDatabase, createProject, type TestDatabase } from './support/databases.ts'
import { applyFiles, type Migration, readMigrations } from './support/migrations.ts'

const migrations = await readMigrations()
const databases: TestDatabase[] = []

afterEach(async () => {
  await Promise.all(databases.splice(0).map((database) => database.drop()))
})

describe('every migration', () => {
  test('has a rollback that names it, says what it loses, waits for no lock and decides nothing', () => {
    expect(migrations.filter(({ down }) => down === undefined).map(({ name }) => name)).toEqual([])
    expect(migrations.flatMap(problemsOfRollback)).toEqual([])
  })

  test('is undone exactly by its rollback, and done again exactly by running it again', {
    timeout: 120_000,
  }, async () => {
    const { url } = await use(cloneDatabase(BLANK))
    let before = await readCatalogue(url)
    for (const migration of migrations) {
      await applyFiles(url, [up(migration), down(migration)])
      expectSame(await readCatalogue(url), before, `${migration.name} is not undone by its rollback`)
      await applyFiles(url, [up(migration)])
      before = await readCatalogue(url)
    }
    const byCli = await use(cloneDatabase())
    expectSame(before, await readCatalogue(byCli.url), 'a migration is another one after its rollback')
  })
})

describe('all migrations together', () => {
  for (const privileges of ['strict', 'legacy'] as const) {
    test(`are undone to a blank project and done again to the identical one (${privileges} default privileges)`, async () => {
      const { url } = await use(createProject(privileges))
      const blank = await readCatalogue(url)
      await applyFiles(url, migrations.map(up))
      const whole = await readCatalogue(url)
      await applyFiles(url, migrations.toReversed().map(down))
      expectSame(await readCatalogue(url), blank, 'the rollbacks leave something else than a blank project')
      await applyFiles(url, migrations.map(up))
      expectSame(await readCatalogue(url), whole, 'going forward again gives another project')
    })
  }

  test('give what the Supabase CLI gives', async () => {
    const { url } = await use(cloneDatabase(BLANK))
    await applyFiles(url, migrations.map(up))
    const byCli = await use(cloneDatabase())
    expectSame(await readCatalogue(url), await readCatalogue(byCli.url), 'the files give something else than the CLI')
  })

  test('are compared by a catalogue that shows every difference', async () => {
    const { url } = await use(cloneDatabase())
    let before = await readCatalogue(url)
    for (const change of [
      'grant select on public.events to anon',
      'grant select (id) on public.audit_logs to anon',
      'alter table public.events alter column body drop not null',
      'drop index public.idx_wallets_frozen',
      'alter table public.events no force row level security',
      'alter trigger events_fan_out on public.events rename to events_fan_away',
      'alter policy "Members can read the events of their organization" on public.events using (true)',
      'grant execute on function private.actor() to authenticated',
      'alter function private.actor() reset all',
      'alter domain public.amount drop constraint amount_is_not_negative',
      'drop cast (public.amount as json)',
      "delete from private.state_transitions where entity = 'payroll_run' and from_state = 'failed'",
      'comment on table public.events is null',
      'alter default privileges grant execute on functions to public',
    ]) {
      await applyFiles(url, [{ name: change, text: change }])
      const after = await readCatalogue(url)
      expect(differences(after, before), change).not.toEqual([])
      before = after
    }
  })
})

const up = ({ name, up: text }: Migration) => ({ name, text })
const down = ({ name, down: text }: Migration) => ({ name: `${name}_DOWN`, text: text ?? '' })

async function use(starting: Promise<TestDatabase>): Promise<TestDatabase> {
  const database = await starting
  databases.push(database)
  return database
}

function expectSame(found: Catalogue, expected: Catalogue, sentence: string): void {
  expect(differences(found, expected), sentence).toEqual([])
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
