import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyFile } from '../../../tools/db/lib/apply.ts'
import { catalogDifferences, readCatalog } from '../../../tools/db/lib/catalog.ts'
import { withDatabase } from '../../../tools/db/lib/database.ts'
import { scratchName } from '../../../tools/db/lib/scratch.ts'
import { type Release, type ReleaseMigration, sha256Of } from '../../../tools/payd/release.ts'
import { type SharedServer, sharedServer } from '../shared-server.ts'
import { aProject, bring, ownMigration, removeProject } from './fixture.ts'

// A project upgrades PayD and writes migrations of its own in any order. Production gets each push when it is made; a new
// database gets all files at once, in the order of their stamps. Both must be the same.
const STEPS: readonly (readonly [name: string, up: string])[] = [
  [
    'start',
    'create schema private;\ncreate table private.payd_migrations (id text primary key, sha256 text not null, release text not null);',
  ],
  ['people', 'create table public.people (id bigint primary key, name text not null);'],
  ['runs', 'create table public.runs (id bigint primary key, person_id bigint references public.people (id));'],
  ['people_have_titles', 'alter table public.people rename column name to title;'],
  ['runs_have_notes', 'alter table public.runs add column note text;'],
  ['open_runs', 'create view public.open_runs as select id from public.runs where note is null;'],
  ['runs_lose_notes', 'drop view public.open_runs;\nalter table public.runs drop column note;'],
]
/** How many of the steps each release has. */
const RELEASES = [3, 4, 6, 7]

let server: SharedServer
beforeAll(() => {
  server = sharedServer()
})
afterAll(() => server.stop())

test.each(Array.from({ length: 20 }, (_, at) => at + 1))(
  'interleaving %i of own migrations and releases gives production and a new database the same catalogue',
  async (seed) => {
    const random = randomFrom(seed)
    const project = aProject()
    const production = await server.createDatabase(scratchName('live'))
    const replay = await server.createDatabase(scratchName('replay'))
    try {
      const applied: string[] = []
      let now = Date.parse('2026-12-01T00:00:00Z')
      let installed = 0
      let written = 0
      while (installed < RELEASES.length || written < 5) {
        now += Math.floor(random() * 3_600_000)
        const upgrades = installed < RELEASES.length && (written >= 5 || random() < 0.5)
        if (upgrades) {
          // Some projects skip a release.
          installed = Math.min(RELEASES.length, installed + 1 + Math.floor(random() * 2))
          bring(project, releaseOf(installed), applied, new Date(now))
        } else {
          written += 1
          // The clock of some laptop is an hour ahead.
          const stamp = Math.max(
            Number(stampOf(now + (random() < 0.3 ? 3_600_000 : 0))),
            Number(applied.at(-1) ?? 0) + 1,
          )
          ownMigration(project, String(stamp), `own_${written}`, ownSql(written, RELEASES[installed - 1] ?? 0, random))
        }
        await push(project, production, applied)
      }
      await push(project, replay, [])
      const [live, built] = await Promise.all([
        withDatabase(production, readCatalog),
        withDatabase(replay, readCatalog),
      ])
      expect(live.size).toBeGreaterThan(5)
      expect(catalogDifferences(live, built)).toEqual([])
    } finally {
      removeProject(project)
    }
  },
)

/** Applies what is pending, oldest first, and refuses as the Supabase CLI does what is older than what is applied. */
async function push(project: string, url: string, applied: string[]): Promise<void> {
  const folder = join(project, 'supabase', 'migrations')
  const pending = readdirSync(folder)
    .sort()
    .filter((file) => !applied.includes(file.slice(0, 14)))
  await withDatabase(url, async (sql) => {
    for (const file of pending) {
      const stamp = file.slice(0, 14)
      expect(stamp > (applied.at(-1) ?? ''), `${file} would be inserted before the last migration`).toBe(true)
      const path = join(folder, file)
      await applyFile(sql, { path, shown: file, text: readFileSync(path, 'utf8') }, 'push')
      applied.push(stamp)
    }
  })
}

function releaseOf(number: number): Release {
  const migrations = STEPS.slice(0, RELEASES[number - 1]).map(([name, up], at): ReleaseMigration => {
    const id = `2026010${at + 1}000000`
    return { id, name, up: `${up}\n`, down: 'select 1;\n', sha256: sha256Of(`${up}\n`) }
  })
  return { version: `${number}.0.0`, migrations, functions: [], tests: [], functionBlocks: [] }
}

/** What an application would do on the schema as it is by then. */
function ownSql(number: number, steps: number, random: () => number): string {
  const own = `create table public.own_${number} (id bigint primary key`
  if (steps < 3) return `${own});\n`
  const name = steps > 3 ? 'title' : 'name'
  const choices = [
    `create view public.view_${number} as select id, ${name} from public.people;\n`,
    `${own}, person_id bigint references public.people (id));\n`,
    `create index own_index_${number} on public.people (${name});\n`,
    `${own});\ncomment on table public.own_${number} is 'Ours.';\n`,
  ]
  return choices[Math.floor(random() * choices.length)] ?? `${own});\n`
}

const stampOf = (instant: number): string => new Date(instant).toISOString().replace(/\D/g, '').slice(0, 14)

/** Numbers from 0 to 1 that are the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed * 2_654_435_761
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
