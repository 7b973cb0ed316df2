#!/usr/bin/env node
import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { appliedVersions, exportBooks, withProjectDatabase } from './database.ts'
import { type Check, checkDatabase, checkFolder } from './doctor.ts'
import { LIBRARIES_OF_TOOLS } from './libraries.ts'
import { type Plan, planUpgrade } from './plan.ts'
import { Refusal } from './refusal.ts'
import { type Release, readRelease } from './release.ts'
import { planRemoval } from './remove.ts'
import { lockPath, readVendorLock } from './vendor-lock.ts'
import { carryOut } from './write.ts'

const HELP = `payd <command> [options]

  init                   put PayD into the Supabase project in this folder: migrations, rollbacks, functions, config.toml
  upgrade                bring the migrations and functions of this package's release
  doctor                 what is still missing before somebody can be paid, with the command for each
  remove                 write the migration that takes PayD back, after its books are exported
  db <command>           PayD's migration tools, for your migrations and PayD's; payd db --help lists them

  --project <folder>     the folder that holds supabase/ (default: this one)
  --db <connection>      the database: stamps lie behind what is applied there, doctor looks into it, remove exports from it
  --to <release>         refuse unless this package is that release
  --with-tests           copy the pgTAP tests too
  --dry-run              say what would be written, and write nothing
  --without-books        remove without an export

Nothing is ever pushed: the last line says what to run next. A copy that is cut off is continued by the same command.
Exit codes: 0 all is well, 1 something is missing or was refused, 2 the command was used wrongly.`

const OPTIONS = {
  project: { type: 'string' },
  db: { type: 'string' },
  to: { type: 'string' },
  'with-tests': { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  'without-books': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

type Options = {
  readonly project: string
  readonly db: string | undefined
  readonly to: string | undefined
  readonly withTests: boolean
  readonly dryRun: boolean
  readonly withoutBooks: boolean
}

/** Runs one command line and resolves with the exit code. */
export async function runPayd(args: readonly string[], print: (line: string) => void): Promise<number> {
  if (args[0] === 'db') return runTools(args.slice(1), print)
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(args)
  } catch (error) {
    print(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
    return 2
  }
  const { command, options, isHelp } = parsed
  if (isHelp || command === undefined) {
    print(HELP)
    return isHelp ? 0 : 2
  }
  try {
    const release = packageRelease()
    if (options.to !== undefined && options.to !== release.version) {
      throw new Refusal(`This is the package of release ${release.version}.`, `Run npx payd@${options.to} ${command}.`)
    }
    switch (command) {
      case 'init':
      case 'upgrade':
        return await bring(command, release, options, print)
      case 'doctor':
        return await examine(release, options, print)
      case 'remove':
        return await remove(release, options, print)
      default:
        print(`There is no command "${command}".\n\n${HELP}`)
        return 2
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    print(`${error.message}\n  fix: ${error.fix}`)
    return 1
  }
}

/** The migration tools, whose libraries an app does not need and a project installs when it wants them. */
async function runTools(args: readonly string[], print: (line: string) => void): Promise<number> {
  let exitCode = 0
  const asHere = (text: string): void => print(text.replaceAll('npm run db -- ', 'npx payd db '))
  try {
    const { runCommandLine } = await import('../db/command-line.ts')
    await runCommandLine(args, {
      environment: process.env,
      folder: process.cwd(),
      print: asHere,
      printError: asHere,
      setExitCode: (code) => {
        exitCode = code
      },
      now: () => new Date(),
      isInteractive: process.stdin.isTTY === true && process.stdout.isTTY === true,
    })
    return exitCode
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND') throw error
    const { devDependencies } = packageManifest()
    const wanted = LIBRARIES_OF_TOOLS.map((name) => `${name}@${devDependencies[name]}`).join(' ')
    print(`The migration tools need libraries that are not installed here.\n  fix: npm install --save-dev ${wanted}`)
    return 1
  }
}

function parse(args: readonly string[]) {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  const options: Options = {
    project: resolve(values.project ?? '.'),
    db: values.db,
    to: values.to,
    withTests: values['with-tests'] ?? false,
    dryRun: values['dry-run'] ?? false,
    withoutBooks: values['without-books'] ?? false,
  }
  return { command: positionals[0], options, isHelp: values.help ?? false }
}

/** The release in the package, or the one of the checkout that this file lies in. */
function packageRelease(): Release {
  const here = dirname(fileURLToPath(import.meta.url))
  const packed = join(here, '..', 'project')
  const root = join(here, '..', '..')
  return readRelease(existsSync(packed) ? packed : join(root, 'supabase'), packageManifest().version)
}

function packageManifest(): { readonly version: string; readonly devDependencies: Readonly<Record<string, string>> } {
  const path = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'package.json')
  return JSON.parse(readFileSync(path, 'utf8'))
}

async function bring(
  command: string,
  release: Release,
  options: Options,
  print: (line: string) => void,
): Promise<number> {
  const { project, db, withTests, dryRun } = options
  const isThere = readVendorLock(project) !== undefined
  if (command === 'init' && isThere) print('PayD is in this project already, so this is an upgrade.')
  const applied = db === undefined ? [] : await withProjectDatabase(db, appliedVersions)
  const plan = planUpgrade({ project, release, now: new Date(), applied, withTests })
  if (plan.writes.length === 0 && plan.lock === undefined) {
    print(`PayD ${plan.to} is here already; nothing was written.`)
    return 0
  }
  for (const line of describe(plan)) print(line)
  if (dryRun) {
    print('Nothing was written, because this was a dry run.')
    return 0
  }
  carryOut(project, plan)
  print(
    `Now: npx supabase db push, then npx supabase functions deploy --use-api, then npx payd doctor --db <connection>.`,
  )
  return 0
}

function describe({ from, to, writes, newMigrations }: Plan): string[] {
  const others = writes.filter(
    ({ path }) => !path.startsWith('supabase/migrations/') && !path.startsWith('supabase/rollbacks/'),
  )
  return [
    `PayD ${from === undefined ? to : `${from} → ${to}`}: ${newMigrations.length} migrations, ${others.length} other files`,
    ...(newMigrations[0] ? [`  supabase/migrations/${newMigrations[0]} … ${newMigrations.at(-1)}`] : []),
    ...others.slice(0, 8).map(({ path, isNew }) => `  ${isNew ? 'new    ' : 'changed'} ${path}`),
    ...(others.length > 8 ? [`  … and ${others.length - 8} more`] : []),
  ]
}

async function examine(release: Release, { project, db }: Options, print: (line: string) => void): Promise<number> {
  const lock = readVendorLock(project)
  const checks = checkFolder(project, release)
  const found: Check[] =
    db === undefined || !lock
      ? checks
      : [...checks, ...(await withProjectDatabase(db, (sql) => checkDatabase(sql, lock)))]
  for (const { what, ok, fix } of found) print(ok ? `  ok       ${what}` : `  MISSING  ${what}\n           ${fix}`)
  if (db === undefined) print('  The database was not asked; add --db <connection>.')
  return found.every(({ ok }) => ok) ? 0 : 1
}

async function remove(release: Release, options: Options, print: (line: string) => void): Promise<number> {
  const { project, db, dryRun, withoutBooks } = options
  if (db === undefined && !withoutBooks) {
    throw new Refusal(
      'The books have to be exported first.',
      'Add --db <connection>, or --without-books if there is nothing to keep.',
    )
  }
  const now = new Date()
  const applied = db === undefined ? [] : await withProjectDatabase(db, appliedVersions)
  const removal = planRemoval(project, release, now, applied)
  if (dryRun) {
    print(`Would write ${removal.migration.path} and remove the functions ${removal.functions.join(', ')}.`)
    return 0
  }
  if (db !== undefined) {
    const folder = join(project, 'payd-books', now.toISOString().slice(0, 19).replaceAll(':', '-'))
    const tables = [...removal.migration.text.matchAll(/^drop table public\.(\w+);/gm)].map((match) => match[1] ?? '')
    const { rows, tables: count } = await withProjectDatabase(db, (sql) => exportBooks(sql, tables, folder))
    print(`${folder}: ${rows} rows of ${count} tables as CSV`)
  }
  const writes = [removal.migration, ...(removal.config ? [removal.config] : [])]
  carryOut(project, { from: undefined, to: '', writes, lock: undefined, newMigrations: [] })
  rmSync(lockPath(project))
  for (const name of [...removal.functions, '_shared/contract', '_shared/stellar', '_shared/worker']) {
    rmSync(join(project, 'supabase', 'functions', name), { recursive: true, force: true })
  }
  print(
    `Wrote ${removal.migration.path}. Read it, then: npx supabase db push, and npx supabase functions delete ${removal.functions.join(' ')}.`,
  )
  return 0
}

// npx starts a link to this file.
if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await runPayd(process.argv.slice(2), (line) => console.log(line))
}
