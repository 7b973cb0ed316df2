import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findPlanted, plantedStart } from '../test/db/check/find-planted.ts'
import { dig, expectedFile, plant, readPlants } from '../test/db/check/planted.ts'
import { writeNewMigration } from '../tools/db/check/new/write.ts'
import { prove } from '../tools/db/check/prove/prove.ts'
import { readMigrations } from '../tools/db/lib/migrations.ts'
import { openProject } from '../tools/db/lib/project.ts'
import { openScratchServer, type ScratchServer, scratchName } from '../tools/db/lib/scratch.ts'
import { projectRoot } from '../tools/lib/project.ts'
import { runSupabaseCli } from '../tools/lib/supabase-cli.ts'
import { backfill } from './db/backfill.ts'
import { commandMs, constant, copyOfPayd } from './db/command.ts'
import { correctChanges } from './db/correct.ts'
import { type Benchmark, type ResultRow, spread } from './measure.ts'

/** How many migrations are checked at least; PayD may have more. */
const FILES = 100
const ROUNDS = 5
const PUSH_ROUNDS = 3

/** What the migration tools cost, and whether they catch what was planted without crying wolf. */
export const db: Benchmark = async (tell) => {
  const server = await openScratchServer()
  const folder = await mkdtemp(join(tmpdir(), 'payd-bench-db-'))
  try {
    const rows = [
      ...(await staticChecks(folder, tell)),
      ...(await proofs(server, tell)),
      ...(await planted(server, tell)),
      ...(await correct(server, join(folder, 'correct'), tell)),
      ...(await pushes(server, folder, tell)),
      ...(await backfill(server, join(folder, 'fill'), tell)),
    ]
    return {
      title: 'Migrations that are safe to run',
      method: `PayD's own migrations. Static checks are whole processes, from the command line to its exit, over PayD's pairs and enough generated tables to make at least ${FILES}; ${ROUNDS} rounds. A proof is forward, rollback, forward, rows, rollback, forward on a throw-away PostgreSQL 17 with made-up rows in every table; two databases work at the same time, and the time for all includes making rows and replaying the history. A push is the whole command with its gates, tests, stored rollbacks and measurements, over the bare \`supabase db push\` of the same files to the same kind of database, in turn; ${PUSH_ROUNDS} rounds.`,
      rows,
    }
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

type Tell = (line: string) => void

async function staticChecks(folder: string, tell: Tell): Promise<ResultRow[]> {
  const project = copyOfPayd(join(folder, 'hundred'))
  for (let number = readMigrations(project).migrations.length; number < FILES; number += 1) {
    const name = `add_table_${number}`
    writeNewMigration(project, {
      name,
      type: 'table',
      table: undefined,
      column: undefined,
      author: 'PayD',
      now: new Date(),
    })
  }
  const files = readMigrations(project).migrations.length
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) times.push(await commandMs(project, ['check', '--no-lock']))
  const moving: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) moving.push(await initMs(join(folder, `shop-${round}`)))
  tell(`check of ${files}: ${Math.round(spread(times).median)} ms; payd init: ${Math.round(spread(moving).median)} ms`)
  return [
    {
      what: `check of ${files} migrations and their rollbacks, squawk included`,
      unit: 'ms',
      ...spread(times),
      aim: 'at most 1000',
    },
    { what: 'payd init into a fresh project', unit: 'ms', ...spread(moving), aim: 'at most 3000' },
    {
      what: 'lines of tools/db',
      unit: '',
      ...constant(linesOf(join(projectRoot(), 'tools', 'db'))),
      aim: 'at most 9000',
    },
  ]
}

/** Milliseconds of `payd init`, from the command line to its exit. */
async function initMs(root: string): Promise<number> {
  mkdirSync(join(root, 'supabase'), { recursive: true })
  writeFileSync(join(root, 'supabase', 'config.toml'), 'project_id = "shop"\n')
  const started = performance.now()
  const child = spawn(process.execPath, [join(projectRoot(), 'tools', 'payd', 'main.ts'), 'init', '--project', root])
  const [code] = (await once(child, 'exit')) as [number]
  if (code !== 0) throw new Error(`payd init ended with ${code}.`)
  return performance.now() - started
}

const linesOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .reduce((sum, entry) => sum + readFileSync(join(entry.parentPath, entry.name), 'utf8').split('\n').length - 1, 0)

async function proofs(server: ScratchServer, tell: Tell): Promise<ResultRow[]> {
  const project = openProject(projectRoot())
  const wanted = new Set(readMigrations(project).migrations.map((migration) => migration.version))
  const started = performance.now()
  const run = await prove(project, { server, wanted, lanes: 2 })
  const totalMs = performance.now() - started
  const alarms = run.proofs.reduce((sum, proof) => sum + proof.findings.length, run.findings.length)
  tell(`prove all ${wanted.size}: ${(totalMs / 1000).toFixed(1)} s, ${alarms} alarms`)
  const each = totalMs / wanted.size
  const single = spread(run.proofs.map((proof) => proof.durationMs))
  return [
    { what: `prove all ${wanted.size} pairs`, unit: 's', ...constant(totalMs / 1000) },
    { what: 'per pair, all together', unit: 'ms', ...constant(each), aim: 'at most 600' },
    { what: 'one pair from its first to its last statement, another beside it', unit: 'ms', ...single },
    { what: "false alarms on PayD's own pairs", unit: '', ...constant(alarms), aim: '0' },
  ]
}

async function planted(server: ScratchServer, tell: Tell): Promise<ResultRow[]> {
  const plants = readPlants()
  const start = await plantedStart(server)
  let caught = 0
  for (const one of plants) {
    const project = await plant(one)
    try {
      const findings = await findPlanted(server, project, one.expected, start)
      const { check, line } = one.expected
      if (
        findings.some(
          (found) => found.check === check && found.file === expectedFile(one.expected) && found.line === line,
        )
      )
        caught += 1
      else tell(`not caught: ${one.kind}`)
    } finally {
      await dig(project)
    }
  }
  const share = (100 * caught) / plants.length
  tell(`${caught} of ${plants.length} planted mistakes caught`)
  return [
    {
      what: `planted mistakes caught by the right check at the right line, of ${plants.length} kinds`,
      unit: '%',
      ...constant(share),
      aim: '100',
    },
  ]
}

async function correct(server: ScratchServer, folder: string, tell: Tell): Promise<ResultRow[]> {
  const { changes, alarms } = await correctChanges(server, folder)
  for (const alarm of alarms) tell(`false alarm: ${alarm}`)
  return [
    {
      what: `false alarms on ${changes} correct changes as people make them, checked, linted and proven`,
      unit: '',
      ...constant(alarms.length),
      aim: '0',
    },
  ]
}

async function pushes(server: ScratchServer, folder: string, tell: Tell): Promise<ResultRow[]> {
  const project = copyOfPayd(join(folder, 'push'))
  writeFileSync(project.environmentsFile, JSON.stringify({ local: { url: '$BENCH_DATABASE_URL' } }))
  const ours: number[] = []
  const bare: number[] = []
  for (let round = 0; round < PUSH_ROUNDS; round += 1) {
    for (const kind of round % 2 === 0 ? ['ours', 'bare'] : ['bare', 'ours']) {
      const name = scratchName('push')
      const url = await server.createDatabase(name)
      const started = performance.now()
      if (kind === 'bare') await runSupabaseCli(project.root, ['db', 'push', `--remote=${url}`, '--yes'])
      else
        await commandMs(project, ['push', '--env', 'local', '--claim', '--no-report', '--as', 'bench'], {
          BENCH_DATABASE_URL: url,
        })
      ;(kind === 'bare' ? bare : ours).push(performance.now() - started)
      await server.dropDatabase(name)
    }
  }
  const overhead = ours.map((value, index) => value - (bare[index] ?? Number.NaN))
  tell(`push: ${Math.round(spread(overhead).median)} ms over the bare command`)
  return [
    {
      what: `bare supabase db push of ${readMigrations(project).migrations.length} files`,
      unit: 'ms',
      ...spread(bare),
    },
    { what: 'npm run db -- push of the same', unit: 'ms', ...spread(ours) },
    {
      what: 'what the gates, tests, stored rollbacks and measurements cost',
      unit: 'ms',
      ...spread(overhead),
      aim: 'at most 1500',
    },
  ]
}
