import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CommandContext, defineCommand } from '../lib/command.ts'
import { withDatabase } from '../lib/database.ts'
import { readEnvironments, resolveTarget } from '../lib/environments.ts'
import { usageError } from '../lib/errors.ts'
import { readLockFile, writeLockFile } from '../lib/lock-file.ts'
import { findMigration, type Migration, readMigrations, rollbackPath, testPath } from '../lib/migrations.ts'
import { type Project, shownPath } from '../lib/project.ts'
import { readApplied } from './situation.ts'

type Options = { readonly to?: string }

export const command = defineCommand<Options>({
  name: 'renumber',
  summary: 'give a pair and its test a newer version',
  teach: `Renames the forward file, its rollback and its test, and changes the version wherever a header names it. Its proof is removed
from migrations.lock.json, because the order has changed. It refuses a migration that is applied in an environment that can
be reached from here. Use it when another branch was merged first.

  npm run db -- new --renumber add_memo                         the present moment becomes the version
  npm run db -- new --renumber add_memo --to 20261121080000`,
  configure: (command) => {
    command
      .argument('<migration>', 'version or name')
      .option('--to <version>', '14 digits; default: the present moment')
  },
  run: async ({ context, project, arguments: [wanted = ''], options }) => {
    const { migrations } = readMigrations(project)
    const migration = findMigration(migrations, wanted)
    const version = newVersion(migrations, migration, options.to, context.now())
    await refuseApplied(project, context, migration)
    const id = `${version}_${migration.name}`
    const moves = movesOf(project, migration, id)
    rewrite(migrations, migration, version)
    for (const [from, to] of moves) renameSync(from, to)
    const { [migration.key]: entry, ...rest } = readLockFile(project)
    // Of two migrations with one version, the entry belongs to the one of its name.
    if (entry?.name === migration.name) writeLockFile(project, rest)
    const lines = moves.map(([from, to]) => `  ${shownPath(project, from)} → ${shownPath(project, to)}`)
    const text = [`${migration.id} is now ${id}.`, ...lines, `Prove it again: npm run db -- prove ${version}`].join(
      '\n',
    )
    return {
      ok: true,
      text,
      data: { from: migration.id, to: id, files: moves.map(([, to]) => shownPath(project, to)) },
    }
  },
})

function newVersion(all: readonly Migration[], migration: Migration, to: string | undefined, now: Date): string {
  const version = to ?? now.toISOString().replace(/\D/g, '').slice(0, 14)
  if (!/^\d{14}$/.test(version)) throw usageError(`"${version}" is not a version.`, 'Write 14 digits: YYYYMMDDHHMMSS.')
  const newest = all.filter((one) => one !== migration).at(-1)
  if (newest && version <= newest.version) {
    throw usageError(
      `${version} is not newer than ${newest.id}.`,
      'A renumbered migration runs last. Give it a version after that one with --to.',
    )
  }
  return version
}

async function refuseApplied(project: Project, context: CommandContext, migration: Migration): Promise<void> {
  for (const name of Object.keys(readEnvironments(project))) {
    const isApplied = await (async () => {
      const target = resolveTarget(project, { env: name }, context.environment)
      const rows = await withDatabase(target.url, (sql) => readApplied(sql))
      return rows.some((row) => row.version === migration.version)
      // An environment that has no address here cannot have got it from here.
    })().catch(() => false)
    if (isApplied) {
      throw usageError(
        `${migration.id} is applied on ${name}.`,
        `Roll it back there first: npm run db -- rollback --env ${name}.`,
      )
    }
  }
}

function movesOf(project: Project, migration: Migration, id: string): [string, string][] {
  const moves: [string, string][] = [[migration.up.path, join(project.migrations, `${id}.sql`)]]
  if (migration.down) moves.push([migration.down.path, rollbackPath(project, id)])
  if (migration.test) moves.push([migration.test.path, testPath(project, id)])
  return moves
}

/**
 * Changes the version in the comments of the pair and of whatever depends on it. Where another migration keeps the version,
 * what others say means that one, as far as anybody can tell, and stays.
 */
function rewrite(all: readonly Migration[], migration: Migration, version: string): void {
  const hasTwin = all.some((one) => one !== migration && one.version === migration.version)
  const files = (hasTwin ? [migration] : all).flatMap((one) => [one.up, one.down, one.test])
  for (const file of files.filter((one) => one !== undefined)) {
    const text = readFileSync(file.path, 'utf8')
    const changed = text
      .split('\n')
      .map((line) => (line.startsWith('--') ? line.replaceAll(migration.version, version) : line))
      .join('\n')
    if (changed !== text) writeFileSync(file.path, changed)
  }
}
