import { digestAt } from '../lib/catalog.ts'
import { count, defineCommand, withTarget } from '../lib/command.ts'
import { withDatabase } from '../lib/database.ts'
import { resolveTarget, type Target, type TargetOptions } from '../lib/environments.ts'
import { readLockFile } from '../lib/lock-file.ts'
import { projectScope } from '../lib/scope.ts'
import { missingRoles } from './approvals.ts'
import { hoursBetween, inHours } from './gate.ts'
import { readGuard } from './guard.ts'
import { type JournalEntry, readJournal } from './journal.ts'
import { readPair } from './pair.ts'
import { haveTestsFailed, unsettled } from './settle.ts'
import { readSituation, type Standing } from './situation.ts'

type Options = TargetOptions & { readonly all?: boolean }

export const command = defineCommand<Options>({
  name: 'status',
  teach: `Shows the history of a database against the files here, and what stands in the way of a push. It reads only.

  applied    the file is what ran                    edited     it ran, and the file was changed since
  pending    the next push applies it                late       older than what is applied; renumber it
  unknown    it ran, and there is no file here       unfinished applied, but the push was cut off before it was verified
  reverted   it was rolled back and is pending again      untested   applied, and its tests fail

  npm run db -- status --env staging
  npm run db -- status --env production --all        every version, not only the newest ten

Exit code 1 means that something is edited, late, unknown or unfinished, that the catalogue is not the proven one, or that
the database is not the environment you named.`,
  configure: (command) => {
    withTarget(command).option('--all', 'show every version')
  },
  run: async ({ context, project, options }) => {
    const target = resolveTarget(project, options, context.environment)
    const found = await withDatabase(target.url, async (sql) => ({
      guard: await readGuard(sql),
      situation: await readSituation(project, sql),
      journal: await readJournal(sql),
    }))
    const { guard, situation, journal } = found
    const unfinished = guard ? unsettled(situation.applied, journal).map((pair) => pair.migration.version) : []
    const last = situation.applied.at(-1)
    const expected = last && readLockFile(project)[last.key]?.catalog.after
    const digest = await digestAt(target.url, projectScope(project))
    const isProven = expected === undefined ? undefined : expected === digest
    const rows = situation.all.map((one) => ({
      version: one.version,
      id: one.id,
      state: haveTestsFailed(journal, one.key)
        ? 'untested'
        : unfinished.includes(one.version)
          ? 'unfinished'
          : stateWord(one, journal),
      appliedAt: one.applied?.appliedAt?.toISOString() ?? null,
      note: noteOf(one, journal, context.now(), target),
    }))
    const isRight = target.name === 'url' || guard?.name === target.name
    const bad = rows.filter((row) => ['edited', 'late', 'unknown', 'unfinished', 'untested'].includes(row.state))
    const hidden = options.all ? 0 : Math.max(0, rows.length - 10 - bad.length)
    const shown = rows.filter((row, index) => options.all || index >= rows.length - 10 || bad.includes(row))
    const text = [
      `${target.name} (${target.shown})`,
      `  guard    ${guard ? `"${guard.name}"${isRight ? '' : `, and it was addressed as "${target.name}"`}` : 'nobody has claimed it'}`,
      `  catalog  ${digest.slice(0, 12)} ${isProven === undefined ? '(no proof to compare with)' : isProven ? '(as proven)' : '(NOT what was proven: run drift)'}`,
      `  history  ${count(situation.applied.length, 'migration')} applied, ${situation.pending.length} pending`,
      ...(hidden > 0 ? [`  … ${hidden} older (--all shows them)`] : []),
      ...shown.map((row) => `  ${row.state.padEnd(11)} ${row.id} ${row.note}`.trimEnd()),
      ...situation.strays.map((path) => `  stray       ${path} is no migration`),
    ]
    const ok = bad.length === 0 && isRight && guard !== undefined && isProven !== false && situation.strays.length === 0
    return {
      ok,
      text: text.join('\n'),
      data: {
        environment: target.name,
        guard: guard?.name ?? null,
        digest,
        isProven: isProven ?? null,
        migrations: rows,
        strays: situation.strays,
      },
    }
  },
})

function stateWord(one: Standing, journal: readonly JournalEntry[]): string {
  const last = journal.findLast((entry) => entry.version === one.key && ['pushed', 'rolled-back'].includes(entry.kind))
  return one.state === 'pending' && last?.kind === 'rolled-back' ? 'reverted' : one.state
}

function noteOf(one: Standing, journal: readonly JournalEntry[], now: Date, target: Target): string {
  if (one.applied) {
    const age = one.applied.appliedAt ? `for ${inHours(hoursBetween(one.applied.appliedAt, now))}` : ''
    return [age, one.applied.rollback ? '' : 'no stored rollback'].filter(Boolean).join(', ')
  }
  const failed = journal.findLast((entry) => entry.kind === 'push-failed' && entry.version === one.key)
  const missing = one.migration && target.settings.confirm ? missingRoles(readPair(one.migration), journal, target) : []
  return [failed ? `failed on ${failed.at.toISOString()}` : '', missing.length > 0 ? `lacks ${missing.join(', ')}` : '']
    .filter(Boolean)
    .join(', ')
}
