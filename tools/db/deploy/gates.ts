import { astHash } from '../lib/ast-hash.ts'
import { digestAt } from '../lib/catalog.ts'
import { count } from '../lib/command.ts'
import { withDatabase } from '../lib/database.ts'
import { resolveTarget, type Target } from '../lib/environments.ts'
import { type LockFile, readLockFile } from '../lib/lock-file.ts'
import type { Project } from '../lib/project.ts'
import { projectScope } from '../lib/scope.ts'
import { isAsReleased } from '../lib/vendored.ts'
import { approvalGate, isAuthor, personOf } from './approvals.ts'
import { type Gate, type GateInput, hoursBetween, inHours, passed, stopped } from './gate.ts'
import { targetFlag } from './guard.ts'
import { newest } from './journal.ts'
import { fingerprintOf, type Pair } from './pair.ts'
import { knownRights, readRights, rightDifferences } from './rights.ts'
import { lastDigest, unsettled } from './settle.ts'
import type { Situation } from './situation.ts'
import { earlierGates } from './soak.ts'

const BACKUP_HOURS = 24

/** Every gate of a push after guard and mutex, in the order a person reads them. */
export async function deploymentGates(input: GateInput): Promise<Gate[]> {
  const lock = readLockFile(input.project)
  const files = fileGates(input, lock)
  const catalog = files.every((gate) => gate.ok) ? [await catalogGate(input, lock)] : []
  const rights = await rightsGate(input)
  if (await isFirstInstall(input)) {
    return [
      ...files,
      ...catalog,
      rights,
      passed('first', 'nothing is applied here, so there is nothing to back up, to soak or to rehearse'),
    ]
  }
  const gates = [
    ...files,
    backupGate(input),
    ...catalog,
    rights,
    ...(await earlierGates(input, (name) => resolveTarget(input.project, { env: name }, input.variables))),
    ...(input.target.settings.confirm ? [approvalGate(input), windowGate(input)] : []),
  ]
  return gates.map((gate) => withException(gate, input))
}

/** Gates about waiting and asking; what is edited, unproven or changed by hand has no exception. */
export const EXCEPTIONS = ['backup', 'earlier', 'soak', 'rehearsal', 'approvals', 'window'] as const

// An exception is for exactly these statements, for a day, by two people of whom none is the author.
function withException(gate: Gate, { pairs, journal, now }: GateInput): Gate {
  if (gate.ok || !EXCEPTIONS.some((name) => name === gate.name)) return gate
  const fingerprints = fingerprintOf(pairs)
  const given = journal.filter(
    (entry) =>
      entry.kind === 'overridden' &&
      entry.details.gate === gate.name &&
      entry.details.fingerprint === fingerprints &&
      hoursBetween(entry.at, now) < BACKUP_HOURS &&
      !pairs.some((pair) => isAuthor(entry.actor, pair)),
  )
  const people = new Map(given.map((entry) => [personOf(entry.actor), entry]))
  if (people.size < 2) return gate
  const reasons = [...people.values()].map((entry) => `${entry.actor}: ${String(entry.details.reason)}`)
  return passed(gate.name, `EXCEPTION (${gate.what}) by ${reasons.join('; ')}`)
}

// A database without a migration of ours has nothing that one of them could break or lose.
async function isFirstInstall({ situation, project, target }: GateInput): Promise<boolean> {
  if (situation.applied.some((one) => one.migration !== undefined)) return false
  const scope = projectScope(project)
  const tables = await withDatabase(
    target.url,
    (sql) => sql<{ schema: string; name: string }[]>`
      select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and not c.relispartition`,
  )
  return !tables.some(({ schema, name }) => scope.owns(schema, name, false))
}

async function rightsGate({ project, target, situation, journal }: GateInput): Promise<Gate> {
  const now = await withDatabase(target.url, (sql) => readRights(sql, project))
  // What was applied past the tools may have granted something that is in no journal.
  const isWhole = unsettled(situation.applied, journal).length === 0
  const differences = rightDifferences(now, isWhole ? knownRights(journal) : undefined)
  if (differences.length === 0)
    return passed('rights', 'roles, default privileges, schemas and reference rows as they were left')
  return stopped(
    'rights',
    `Changed by hand: ${differences.map((one) => one.sentence).join('; ')}.`,
    'Row level security is worth what these rights are, and no migration says so.',
    [
      'take it back:',
      ...new Set(differences.map((one) => `         ${one.undo}`)),
      '       or make it a migration:',
      ...new Set(differences.map((one) => `         ${one.keep}`)),
      `       or accept it: npm run db -- drift ${targetFlag(target)} --accept "<reason>"`,
    ].join('\n'),
  )
}

/** The gates that need only the files, the lock file and the history. */
export function fileGates({ project, situation, pairs, journal, target }: GateInput, lock: LockFile): Gate[] {
  // What is only finished by this push gets its rollback stored as well, so that must be a proven one too.
  const asked = [...unsettled(situation.applied, journal), ...pairs]
  return [historyGate(situation, target), proofGate(project, asked, lock)]
}

function historyGate(situation: Situation, target: Target): Gate {
  const ids = (state: string): string =>
    situation.all
      .filter((one) => one.state === state)
      .map((one) => one.id)
      .join(', ')
  const [edited, unknown, late] = [ids('edited'), ids('unknown'), ids('late')]
  if (situation.strays.length > 0) {
    return stopped(
      'history',
      `The folder of migrations holds ${situation.strays.join(', ')}.`,
      'The Supabase CLI skips such a file, or runs a rollback as if it were a migration.',
      'Move rollbacks to supabase/rollbacks/, and give every migration a version of 14 digits and a name.',
    )
  }
  if (edited) {
    return stopped(
      'history',
      `${edited}: applied in this database, and edited since.`,
      'The Supabase CLI never runs an applied file again, so the edit would reach new databases only.',
      'Restore the file from git and write the change as a new migration.',
    )
  }
  const [moved] = situation.all.flatMap((one) => {
    const there = situation.applied.find(({ key, state }) => key === one.key && state === 'unknown')
    return one.migration?.original !== undefined && there && !one.applied ? [{ here: one, there }] : []
  })
  if (moved) {
    return stopped(
      'history',
      `PayD's migration ${moved.here.key} is applied as ${moved.there.id}, and its file here is ${moved.here.id}.`,
      'Two branches brought the same release; the Supabase CLI would run it again.',
      `Name the file supabase/migrations/${moved.there.id}.sql, here and in supabase/payd.lock.json, and push again.`,
    )
  }
  if (unknown) {
    return stopped(
      'history',
      `${unknown}: applied in this database, and there is no such file here.`,
      'Somebody pushed from another branch or through another tool.',
      'Get the file from that branch, or recover it with supabase migration fetch, and push again.',
    )
  }
  if (late) {
    return stopped(
      'history',
      `${late}: older than what is already applied.`,
      'Applied out of order, a migration meets tables that nobody tested it with.',
      'Give it a newer version: npm run db -- new --renumber <version>.',
    )
  }
  return passed('history', `${count(situation.applied.length, 'migration')} applied on ${target.name}, none edited`)
}

function proofGate(project: Project, pairs: readonly Pair[], lock: LockFile): Gate {
  for (const { migration } of pairs) {
    // A release was proven where it was made.
    if (isAsReleased(project, migration)) continue
    const entry = lock[migration.key]
    if (!migration.down) {
      return stopped(
        'proof',
        `${migration.id} has no rollback.`,
        'What cannot be taken back must not go forward.',
        `Write supabase/rollbacks/${migration.id}_DOWN.sql, or let npm run db -- new --down auto write it.`,
      )
    }
    const isCurrent = entry && entry.up === astHash(migration.up.text) && entry.down === astHash(migration.down.text)
    if (!isCurrent) {
      return stopped(
        'proof',
        entry ? `${migration.id} was changed after it was proven.` : `${migration.id} was never proven.`,
        'Only a proof shows that the rollback restores the same catalogue and the same rows.',
        `npm run db -- prove ${migration.version}`,
      )
    }
    // A rollback that says it is impossible promises nothing that could be proven; the backup gate asks for more then.
    const isPromised = entry.rollback !== 'impossible'
    if (isPromised && !(entry.proof.catalogIdentity && entry.proof.dataPreserved)) {
      return stopped(
        'proof',
        `The proof of ${migration.id} failed.`,
        'Its rollback leaves another catalogue or other rows behind.',
        `npm run db -- prove ${migration.version} shows the differences.`,
      )
    }
  }
  return passed('proof', `${count(pairs.length, 'pair')} proven as they are`)
}

async function catalogGate({ project, situation, pairs, target, journal }: GateInput, lock: LockFile): Promise<Gate> {
  const live = await digestAt(target.url, projectScope(project))
  const last = situation.applied.at(-1)
  const proven = pairs[0] ? lock[pairs[0].migration.key]?.catalog.before : last && lock[last.key]?.catalog.after
  const expected = proven ?? lastDigest(situation.applied, journal)
  if (expected === undefined) return passed('catalog', 'nothing to compare with: no applied migration has a proof')
  if (live === expected) return passed('catalog', `as the migrations left it (${live.slice(0, 12)})`)
  return stopped(
    'catalog',
    `The catalogue is ${live.slice(0, 12)}, and ${proven === undefined ? 'the last push left' : 'the proof started from'} ${expected.slice(0, 12)}.`,
    'Somebody changed the database by hand, or the proof is of another order of migrations; nobody tested this combination.',
    `npm run db -- drift ${targetFlag(target)} shows the difference and the SQL that mends either side. If the files are right, npm run db -- prove --all.`,
  )
}

function backupGate({ target, pairs, journal, now }: GateInput): Gate {
  const oneWay = pairs.filter((pair) => pair.loss?.kind === 'impossible').map((pair) => pair.migration.id)
  if (!target.settings.backup && oneWay.length === 0) return passed('backup', `not asked for on ${target.name}`)
  const backup = newest(journal, 'backup')
  const why =
    oneWay.length > 0
      ? `${oneWay.join(', ')} cannot be rolled back, so a backup that is known to restore is the only way back.`
      : 'The last way back from a migration that goes wrong is a backup that is known to restore.'
  const make = `npm run db -- backup ${targetFlag(target)}, then npm run db -- restore-drill ${targetFlag(target)}`
  if (!backup) return stopped('backup', 'There is no backup.', why, make)
  const age = hoursBetween(backup.at, now)
  if (age >= BACKUP_HOURS) {
    return stopped('backup', `The newest backup is ${inHours(age)} old; ${BACKUP_HOURS} h are allowed.`, why, make)
  }
  const drill = journal.findLast((entry) => entry.kind === 'drilled' && entry.details.label === backup.details.label)
  if (!drill?.details.ok) {
    const what = drill ? 'could not be restored whole' : 'was never restored anywhere'
    return stopped('backup', `The backup ${backup.details.label} ${what}.`, why, make)
  }
  return passed('backup', `${backup.details.label}, ${inHours(age)} old, restored and compared`)
}

function windowGate({ pairs, window, now }: GateInput): Gate {
  const demanding = pairs.filter((pair) => pair.approval.needsMaintenanceWindow)
  if (demanding.length === 0) return passed('window', 'no maintenance window is needed')
  const names = demanding.map((pair) => pair.migration.id).join(', ')
  const why = 'A breaking change needs a time at which everybody expects it.'
  const fix = 'Announce one and push inside it with --window 2026-11-21T02:00Z/2026-11-21T03:00Z.'
  if (!window) return stopped('window', `${names} needs a maintenance window.`, why, fix)
  const shown = `${window.from.toISOString()} to ${window.to.toISOString()}`
  if (now < window.from || now > window.to) return stopped('window', `Now is outside the window ${shown}.`, why, fix)
  return passed('window', shown)
}
