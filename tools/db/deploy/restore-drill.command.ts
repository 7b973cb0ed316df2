import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { count, defineCommand, withTarget } from '../lib/command.ts'
import { withDatabase } from '../lib/database.ts'
import { resolveTarget, type TargetOptions, withoutPassword } from '../lib/environments.ts'
import { errorText } from '../lib/errors.ts'
import { openScratchServer, scratchName } from '../lib/scratch.ts'
import { findBackup, type Manifest, readManifest } from './backup-folder.ts'
import { actorOf, requireGuard } from './guard.ts'
import { record } from './journal.ts'
import { failedRestore, type RestoreOutcome, restoreInto } from './restore.ts'

type Options = TargetOptions & {
  readonly server?: string
  readonly blank?: string
  readonly keep?: boolean
  readonly as?: string
}

export const command = defineCommand<Options>({
  name: 'restore-drill',
  teach: `Restores a backup (the newest, or the one with this label) into a throw-away server: the recorded statements of every
migration, then the rows, then the sequences. Then every table is compared by a hash over all rows, every sequence, and the
catalogue. The result is written into the journal of the environment, where push looks for it.

  npm run db -- restore-drill --env production
  npm run db -- restore-drill 20261120-093000-pre-migration --env production
  npm run db -- restore-drill --env production --server postgresql://… --blank blank_project --keep
                                                     a real restore: the new database stays on that server

Exit code 1 means that the backup did not come back whole: do not rely on it.`,
  configure: (command) => {
    withTarget(command.argument('[label]', 'the label of a backup; default: the newest'))
      .option('--server <connection string>', 'a server to restore on, instead of a throw-away one')
      .option('--blank <database>', 'with --server: the database there that looks like a new Supabase project')
      .option('--keep', 'with --server: leave the restored database there')
      .option('--as <name>', 'who drills; default: PAYD_ACTOR or the account')
  },
  run: async ({ context, project, arguments: [label], options }) => {
    const target = resolveTarget(project, options, context.environment)
    const guard = await withDatabase(target.url, (sql) => requireGuard(sql, project, target))
    const folder = findBackup(project, guard.name, label)
    const manifest = readManifest(folder)
    const started = performance.now()
    const { outcome, keptAs } = await drill(folder, manifest, options)
    const seconds = Number(((performance.now() - started) / 1000).toFixed(1))
    const ok = outcome.problems.length === 0
    const result = { label: manifest.label, ok, seconds, ...outcome }
    writeFileSync(
      join(folder, 'drill.json'),
      `${JSON.stringify({ at: context.now().toISOString(), ...result }, undefined, 2)}\n`,
    )
    await withDatabase(target.url, (sql) =>
      record(sql, { kind: 'drilled', actor: actorOf(context, options), details: result }),
    )
    const text = [
      ok
        ? `${manifest.label}: ${outcome.rows} rows of ${count(outcome.tables, 'table')} are back and equal, and so is the catalogue${exceptions(outcome)} (${seconds} s)`
        : `${manifest.label} did not come back whole:`,
      ...outcome.problems.map((problem) => `  ${problem}`),
      ...outcome.notes.map((note) => `  note: ${note}`),
      ...(keptAs ? [`  restored as ${keptAs}`] : []),
    ]
    return { ok, text: text.join('\n'), data: { environment: guard.name, ...result, keptAs: keptAs ?? null } }
  },
})

function exceptions({ partialRows, missingRows }: RestoreOutcome): string {
  const partly = partialRows === 0 ? '' : `; ${count(partialRows, 'row')} only in the columns that are here`
  return `${partly}${missingRows === 0 ? '' : `; ${count(missingRows, 'row')} NOT restored`}`
}

async function drill(
  folder: string,
  manifest: Manifest,
  { server, blank, keep }: Options,
): Promise<{ outcome: RestoreOutcome; keptAs: string | undefined }> {
  const scratch = await openScratchServer({
    ...(server === undefined ? {} : { server }),
    ...(blank === undefined ? {} : { blank }),
  })
  const name = scratchName('restore')
  const stays = keep === true && server !== undefined
  try {
    const outcome = await restoreInto(scratch, name, folder, manifest).catch(
      (error: unknown): RestoreOutcome => failedRestore([errorText(error)]),
    )
    return { outcome, keptAs: stays ? withoutPassword(scratch.urlFor(name)) : undefined }
  } finally {
    if (!stays) await scratch.dropDatabase(name).catch(() => undefined)
    await scratch.stop()
  }
}
