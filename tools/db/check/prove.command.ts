import { count, defineCommand, type Outcome } from '../lib/command.ts'
import { usageError } from '../lib/errors.ts'
import { type Finding, inReadingOrder, printFindings } from '../lib/finding.ts'
import { type LockFile, readLockFile, writeLockFile } from '../lib/lock-file.ts'
import { findMigration, type Migration, readMigrations } from '../lib/migrations.ts'
import { openScratchServer } from '../lib/scratch.ts'
import { printLoss } from './prove/compare.ts'
import { changedVersions, renewLockFile } from './prove/lock-entries.ts'
import { type ProofRun, prove, proveHistory } from './prove/prove.ts'

type Options = {
  readonly all?: boolean
  readonly changed?: boolean
  readonly privileges: 'strict' | 'legacy'
  readonly server?: string
  readonly blank?: string
  readonly lanes: string
  readonly lock: boolean
}

/** `npm run db -- prove` */
export const command = defineCommand<Options>({
  name: 'prove',
  teach: `Runs pairs on a throw-away PostgreSQL that looks like Supabase, with made-up rows in every table:

  forward → rollback            the catalogue is identical (grants, policies, bodies, comments, validity, column order),
                                every row and sequence that was there before is untouched
  → forward                     the same catalogue again
  rows written, rollback, forward
                                nothing is lost but what the rollback's header names
  a crash after each part       running the file again finishes it
  anon, people, service         see as many rows as before, unless the header says modify-rls
  the application's queries     still plan (columns and functions named in src/ and supabase/functions)

and writes supabase/migrations.lock.json, which check and push compare with.

  npm run db -- prove add_payroll_items_memo
  npm run db -- prove --changed                pairs whose text or starting point is not the proven one
  npm run db -- prove --all                    and the whole history back and forth again

supabase/proof.json tells it about the project: referenceTables (only migrations write them), values (for made-up rows)
and further queries.`,
  configure: (command) =>
    void command
      .argument('[migrations...]', 'versions or names')
      .option('--all', 'every pair, and the whole history')
      .option(
        '--changed',
        'pairs that differ from supabase/migrations.lock.json, and what comes after a changed forward file',
      )
      .option('--privileges <strict|legacy>', 'what the project grants on new objects by itself', 'strict')
      .option('--server <connection string>', 'use this server instead of starting one')
      .option('--blank <database>', 'with --server: the database there to clone, which looks like a new project')
      .option('--lanes <number>', 'databases that prove at the same time', '2')
      .option('--no-lock', 'leave supabase/migrations.lock.json as it is'),
  run: async ({ project, arguments: names, options }) => {
    const { migrations } = readMigrations(project)
    const lock = readLockFile(project)
    const wanted = wantedVersions(migrations, lock, names, options)
    if (wanted.size === 0)
      return { ok: true, text: 'Every pair is proven already.', data: { proofs: [], findings: [] } }
    const started = performance.now()
    const server = await openScratchServer(options)
    try {
      const run = await prove(project, { server, wanted, lanes: positive(options.lanes) })
      const history = options.all ? await proveHistory(project, server) : []
      // Digests of other default privileges are not those of the lock file.
      if (options.lock && options.privileges === 'strict')
        writeLockFile(project, renewLockFile(lock, migrations, run.proofs))
      return outcomeOf(run, history, wanted.size, performance.now() - started)
    } finally {
      await server.stop()
    }
  },
})

function wantedVersions(
  migrations: readonly Migration[],
  lock: LockFile,
  names: readonly string[],
  options: Options,
): Set<string> {
  const own = migrations.filter((migration) => migration.original === undefined)
  if (options.all) return new Set(own.map((migration) => migration.version))
  if (options.changed) return changedVersions(migrations, lock)
  if (names.length === 0) throw usageError('Say what to prove.', 'Name migrations, or add --changed or --all.')
  return new Set(names.map((name) => findMigration(migrations, name).version))
}

function outcomeOf(run: ProofRun, history: readonly Finding[], wanted: number, durationMs: number): Outcome {
  const findings = inReadingOrder([...run.proofs.flatMap((proof) => proof.findings), ...run.findings, ...history])
  const proven = run.proofs.filter((proof) => proof.findings.length === 0)
  const lines = run.proofs.map((proof) => {
    const lost = proof.losses.length === 0 ? 'loses nothing' : `loses ${proof.losses.map(printLoss).join(', ')}`
    const mark = proof.findings.length === 0 ? 'proven' : 'FAILED'
    return `${mark}  ${proof.migration.id}  ${Math.round(proof.durationMs)} ms; ${lost}; ${proof.queries} of the application's queries planned`
  })
  const gaps = run.emptyTables.map(({ table, reason }) => `note    no row could be made up for ${table}: ${reason}`)
  const total = `${proven.length} of ${count(wanted, 'pair')} proven in ${(durationMs / 1000).toFixed(1)} s`
  return {
    ok: findings.length === 0 && proven.length === wanted,
    text: [...lines, ...gaps, ...printFindings(findings, true), total].join('\n'),
    data: {
      proofs: run.proofs.map(({ migration, ...proof }) => ({
        version: migration.version,
        name: migration.name,
        ...proof,
      })),
      findings,
      emptyTables: run.emptyTables,
      durationMs: Math.round(durationMs),
    },
  }
}

function positive(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1)
    throw usageError(`"${text}" is not a number of lanes.`, 'Give 1 or more.')
  return number
}
