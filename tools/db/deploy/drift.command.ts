import { catalogDigest, printDifference, readCatalog } from '../lib/catalog.ts'
import { count, defineCommand, withTarget } from '../lib/command.ts'
import { withDatabase } from '../lib/database.ts'
import { resolveTarget, type TargetOptions } from '../lib/environments.ts'
import { readLockFile } from '../lib/lock-file.ts'
import { projectScope } from '../lib/scope.ts'
import { readDrift } from './drift.ts'
import { readSituation } from './situation.ts'

type Options = TargetOptions & { readonly full?: boolean; readonly server?: string; readonly blank?: string }

export const command = defineCommand<Options>({
  name: 'drift',
  summary: 'a live database against its migrations, with the SQL that mends either',
  teach: `Compares the catalogue of a live database with the digest that the newest applied migration was proven to leave. When
they differ, a database is built from the same migrations on a throw-away server, and every difference is shown with the
SQL for both ways out: make the database what the migrations say, or make a migration of what the database is.
It reads only. Roles, extensions and what Supabase brings are left out.

  npm run db -- drift --env production
  npm run db -- drift --env production --full     compare object by object even when the digest agrees

Exit code 1 means drift.`,
  configure: (command) => {
    withTarget(command)
      .option('--full', 'build the database even when the digests agree')
      .option('--server <connection string>', 'a server to build on, instead of a throw-away one')
      .option('--blank <database>', 'with --server: the database there that looks like a new Supabase project')
  },
  run: async ({ context, project, options }) => {
    const target = resolveTarget(project, options, context.environment)
    const situation = await withDatabase(target.url, (sql) => readSituation(project, sql))
    const scope = projectScope(project)
    const unknown = situation.applied.filter((one) => !one.migration)
    const last = situation.applied.at(-1)
    const expected = last && readLockFile(project)[last.version]?.catalog.after
    const head = `${target.name} (${target.shown}): ${count(situation.applied.length, 'migration')} applied`
    const missing = unknown.map(
      (one) => `  ${one.id} is applied and has no file here, so what it made counts as drift.`,
    )
    if (expected !== undefined && !options.full && unknown.length === 0) {
      const live = catalogDigest(await readCatalog(target.url), scope)
      if (live === expected) {
        const text = `${head}, and the catalogue is exactly what they leave (${live.slice(0, 12)})`
        return { ok: true, text, data: { environment: target.name, digest: live, differences: [] } }
      }
    }
    const migrations = situation.applied.flatMap((one) => one.migration ?? [])
    const { server, blank } = options
    const drift = await readDrift(target.url, migrations, scope, {
      ...(server === undefined ? {} : { server }),
      ...(blank === undefined ? {} : { blank }),
    })
    const { differences, mendDatabase, mendMigrations } = drift
    const ok = differences.length === 0
    const text = ok
      ? [head, ...missing, '  no difference']
      : [
          head,
          ...missing,
          ...differences.map((difference) => `  ${printDifference(difference)}`),
          '',
          '-- If the migrations are right, this makes the database what they say (read it first, it may drop data):',
          ...mendDatabase,
          '',
          '-- If the database is right, this is the body of a new migration (npm run db -- new <name>):',
          ...mendMigrations,
        ]
    return { ok, text: text.join('\n'), data: { environment: target.name, ...drift } }
  },
})
