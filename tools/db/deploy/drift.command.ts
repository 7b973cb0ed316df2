import { readProofSettings } from '../check/settings.ts'
import { catalogDigest, countForeign, printDifference, readCatalog } from '../lib/catalog.ts'
import { type CommandInput, count, defineCommand, type Outcome, withTarget } from '../lib/command.ts'
import { withDatabase } from '../lib/database.ts'
import { resolveTarget, type Target, type TargetOptions } from '../lib/environments.ts'
import { usageError } from '../lib/errors.ts'
import { readLockFile } from '../lib/lock-file.ts'
import { projectScope } from '../lib/scope.ts'
import { readDrift } from './drift.ts'
import { actorOf, confirmTarget, requireGuard } from './guard.ts'
import { readJournal, record } from './journal.ts'
import { asRecord, knownRights, readRights, rightDifferences } from './rights.ts'
import { readSituation } from './situation.ts'

type Options = TargetOptions & {
  readonly full?: boolean
  readonly accept?: string
  readonly confirm?: string
  readonly as?: string
  readonly server?: string
  readonly blank?: string
}

export const command = defineCommand<Options>({
  name: 'drift',
  teach: `Compares the catalogue of a live database with the digest that the newest applied migration was proven to leave. When
they differ, a database is built from the same migrations on a throw-away server, and every difference is shown with the
SQL for both ways out: make the database what the migrations say, or make a migration of what the database is.
It reads only. What no migration creates belongs to others: it is counted, never compared and never offered for dropping.

Rights that no catalogue of migrations holds (memberships and settings of roles, default privileges, rights on schemas) and
the rows of reference tables are compared with what the last push left.

  npm run db -- drift --env production
  npm run db -- drift --env production --full     compare object by object even when the digest agrees
  npm run db -- drift --env production --accept "support may read" --confirm production    rights are right as they are

Exit code 1 means drift.`,
  configure: (command) => {
    withTarget(command)
      .option('--accept <reason>', 'take rights and reference rows for right as they are now')
      .option('--confirm <name>', 'with --accept: the name of the environment, typed by you')
      .option('--as <name>', 'who accepts; default: PAYD_ACTOR or the account')
      .option('--full', 'build the database even when the digests agree')
      .option('--server <connection string>', 'a server to build on, instead of a throw-away one')
      .option('--blank <database>', 'with --server: the database there that looks like a new Supabase project')
  },
  run: async (input) => {
    const { context, project, options } = input
    const target = resolveTarget(project, options, context.environment)
    if (options.accept !== undefined) return accept(input, target, options.accept)
    const scope = projectScope(project)
    const { situation, rights } = await withDatabase(target.url, async (sql) => {
      const known = knownRights(await readJournal(sql))
      return {
        situation: await readSituation(project, sql),
        rights: rightDifferences(await readRights(sql, project), known),
      }
    })
    const unknown = situation.applied.filter((one) => !one.migration)
    const last = situation.applied.at(-1)
    const expected = last && readLockFile(project)[last.key]?.catalog.after
    const head = `${target.name} (${target.shown}): ${count(situation.applied.length, 'migration')} applied`
    const missing = unknown.map(
      (one) => `  ${one.id} is applied and has no file here, so what it made is not compared.`,
    )
    const live = expected === undefined || options.full ? undefined : await withDatabase(target.url, readCatalog)
    const digest = live && catalogDigest(live, scope)
    if (live && digest === expected && unknown.length === 0 && rights.length === 0) {
      const foreign = countForeign(live, scope)
      const text = `${head}, and the catalogue is exactly what they leave (${digest?.slice(0, 12)})${beside(foreign)}`
      return { ok: true, text, data: { environment: target.name, digest, differences: [], rights: [], foreign } }
    }
    const migrations = situation.applied.flatMap((one) => one.migration ?? [])
    const { referenceTables } = readProofSettings(project)
    const { server, blank } = options
    const drift = await readDrift(
      target.url,
      migrations,
      { scope, referenceTables },
      {
        ...(server === undefined ? {} : { server }),
        ...(blank === undefined ? {} : { blank }),
      },
    )
    const ok = drift.differences.length === 0 && rights.length === 0
    const text = ok
      ? [head, ...missing, `  no difference${beside(drift.foreign)}`]
      : [
          head,
          ...missing,
          ...drift.differences.map((difference) => `  ${printDifference(difference)}`),
          ...rights.map((right) => `  ! ${right.sentence}`),
          '',
          '-- If the migrations are right, this makes the database what they say (read it first, it may drop data):',
          ...drift.mendDatabase,
          ...new Set(rights.map((right) => right.undo)),
          '',
          '-- If the database is right, this is the body of a new migration (npm run db -- new <name>):',
          ...drift.mendMigrations,
          ...new Set(rights.map((right) => right.keep)),
        ]
    return { ok, text: text.join('\n'), data: { environment: target.name, ...drift, rights } }
  },
})

const beside = (foreign: number): string => (foreign === 0 ? '' : `; ${count(foreign, 'object')} of others beside it`)

/** Takes the rights and reference rows as they are for right from now on; the journal keeps who said so and why. */
async function accept(
  { context, project, options }: CommandInput<Options>,
  target: Target,
  reason: string,
): Promise<Outcome> {
  if (reason.trim() === '') throw usageError('Accepting needs a reason.', 'Write --accept "<reason>".')
  await confirmTarget(context, target, options)
  return withDatabase(target.url, async (sql) => {
    await requireGuard(sql, project, target)
    const now = await readRights(sql, project)
    const accepted = rightDifferences(now, knownRights(await readJournal(sql))).map((one) => one.sentence)
    const details = { reason, accepted, rights: asRecord(now) }
    await record(sql, { kind: 'rights-accepted', actor: actorOf(context, options), details })
    const text = [`Accepted on ${target.name}:`, ...accepted.map((sentence) => `  ${sentence}`)].join('\n')
    return { ok: true, text, data: { environment: target.name, accepted } }
  })
}
