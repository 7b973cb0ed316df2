import { relative, sep } from 'node:path'
import { type AnalysedMigration, analyse, tablesOf } from '../../lib/analysis.ts'
import { astHash } from '../../lib/ast-hash.ts'
import { type Finding, validateError } from '../../lib/finding.ts'
import { filesAt, mergeBase, textAt } from '../../lib/git.ts'
import type { Project } from '../../lib/project.ts'
import { keyOf } from '../../lib/vendored.ts'

/** A forward file on another branch. */
type BranchFile = { readonly version: string; readonly name: string; readonly text: string; readonly isNew: boolean }

/**
 * What would go wrong when this work meets another branch: files edited that are already there, versions older than the
 * newest there, and pending migrations of both sides that touch the same thing.
 */
export async function checkAgainst(
  project: Project,
  migrations: readonly AnalysedMigration[],
  reference: string,
): Promise<Finding[]> {
  const theirs = await branchFiles(project, reference)
  const byVersion = new Map(theirs.map((file) => [file.version, file]))
  const newest = theirs.at(-1)?.version ?? ''
  const missing = migrations.filter(({ migration }) => !byVersion.has(migration.version))
  const twice = missing.flatMap((one) => broughtByBoth(one, theirs, reference))
  const pending = missing.filter(({ migration }) => !twice.some(({ file }) => file === migration.up.shown))
  const edited = migrations.flatMap((one) => {
    const file = byVersion.get(one.migration.version)
    return file && one.up.sql ? editedOrTaken(one, file, reference) : []
  })
  const outOfOrder = pending
    .filter(({ migration }) => migration.version < newest)
    .map((one) =>
      finding(
        one,
        'out-of-order',
        `${one.migration.id} is older than ${newest}, which is already on ${reference}.`,
        'A database that has the newer one refuses the older.',
        `Run npm run db -- new --renumber ${one.migration.id}.`,
      ),
    )
  const foreign = theirs.filter(
    (file) => file.isNew && !migrations.some(({ migration }) => migration.version === file.version),
  )
  return [
    ...twice,
    ...edited,
    ...outOfOrder,
    ...pending.flatMap((one) => foreign.flatMap((file) => conflicts(one, file, reference))),
  ]
}

// Two branches that upgraded PayD gave the same migration two stamps, and a database may run it once.
function broughtByBoth(one: AnalysedMigration, theirs: readonly BranchFile[], reference: string): Finding[] {
  const { original, key, id } = one.migration
  const same = theirs.find((file) => file.isNew && keyOf(file.version, file.name) === key)
  if (original === undefined || !same) return []
  return [
    finding(
      one,
      'duplicate-version',
      `${reference} brings PayD's migration ${key} too, as ${same.version}_${same.name}.`,
      'The Supabase CLI would run both, and the second fails half-way through the push.',
      `Take the files and supabase/payd.lock.json of ${reference}, delete supabase/migrations/${id}.sql, and run npx payd upgrade.`,
    ),
  ]
}

function editedOrTaken(one: AnalysedMigration, file: BranchFile, reference: string): Finding[] {
  if (file.name !== one.migration.name) {
    return [
      finding(
        one,
        'duplicate-version',
        `${reference} has ${file.version}_${file.name} under the same version.`,
        'The version is the key of the history table.',
        `Run npm run db -- new --renumber ${one.migration.id}.`,
      ),
    ]
  }
  if (astHash(file.text) === astHash(one.migration.up.text)) return []
  return [
    finding(
      one,
      'edited-on-branch',
      `${one.migration.id} differs from ${reference}.`,
      'What is merged may already be applied somewhere, and an applied file never runs again.',
      'Restore it, and write the change as a new migration.',
    ),
  ]
}

// Two branches that only add things to one table get along; the same column, index or function does not.
function conflicts(one: AnalysedMigration, file: BranchFile, reference: string): Finding[] {
  const path = `${file.version}_${file.name}.sql`
  const other = analyse({
    version: file.version,
    name: file.name,
    id: `${file.version}_${file.name}`,
    key: keyOf(file.version, file.name),
    up: { path, shown: path, text: file.text },
    down: undefined,
    test: undefined,
  })
  const names = new Set(other.up.effects.map((effect) => effect.name))
  const shared = tablesOf(one.up).filter(
    (table) => tablesOf(other.up).includes(table) && isAltered(one, table) && isAltered(other, table),
  )
  const code = one.up.effects
    .filter((effect) => effect.verb === 'create' && names.has(effect.name))
    .map((effect) => effect.name)
  return [...new Set([...shared, ...code])].map((name) =>
    finding(
      one,
      'branch-conflict',
      `${name} is also changed by ${path} on ${reference}.`,
      'Each was proven without the other, so nobody knows what both together do.',
      'Merge that branch first, then run npm run db -- prove --changed.',
    ),
  )
}

const isAltered = (one: AnalysedMigration, table: string): boolean =>
  one.up.effects.some((effect) => effect.table === table && effect.verb !== 'write' && effect.verb !== 'comment')

const finding = (one: AnalysedMigration, check: string, ...words: [what: string, why: string, fix: string]): Finding =>
  validateError(check, one.migration.up.shown, words)

async function branchFiles(project: Project, reference: string): Promise<BranchFile[]> {
  const folder = relative(project.root, project.migrations).split(sep).join('/')
  const paths = await filesAt(project.root, reference, folder)
  const base = await mergeBase(project.root, 'HEAD', reference)
  const common = new Set(base === undefined ? [] : await filesAt(project.root, base, folder))
  const files = paths.flatMap((path) => {
    const [, version, name] = /(\d{14})_([a-z0-9_]+)\.sql$/.exec(path) ?? []
    return version && name ? [{ path, version, name, isNew: !common.has(path) }] : []
  })
  return Promise.all(
    files.map(async ({ path, ...file }) => ({ ...file, text: await textAt(project.root, reference, path) })),
  )
}
