import { defineCommand, withTarget } from '../lib/command.ts'
import { withDatabase } from '../lib/database.ts'
import { resolveTarget, type TargetOptions } from '../lib/environments.ts'
import { usageError } from '../lib/errors.ts'
import { findMigration, readMigrations } from '../lib/migrations.ts'
import { runTests } from '../lib/pgtap-run.ts'
import { actorOf, requireGuard } from './guard.ts'
import { record } from './journal.ts'

type Options = TargetOptions & { readonly as?: string }

export const command = defineCommand<Options>({
  name: 'test',
  teach: `Runs supabase/tests/migrations/<version>_<name>.test.sql inside a transaction that is taken back, pgTAP included. prove and
push run it too. As long as it fails in a database, the migration is unsettled there: push and status say so, and the next
environment does not get it.

  npm run db -- test add_memo --env staging

Exit code 1 means that an assertion does not hold.`,
  configure: (command) => {
    withTarget(command.argument('<migration>', 'version or name')).option(
      '--as <name>',
      'who tests; default: PAYD_ACTOR or the account',
    )
  },
  run: async ({ context, project, arguments: [wanted = ''], options }) => {
    const target = resolveTarget(project, options, context.environment)
    const { id, key: version, test } = findMigration(readMigrations(project).migrations, wanted)
    if (!test) {
      throw usageError(`${id} has no test of its own.`, `Write supabase/tests/migrations/${id}.test.sql.`)
    }
    await withDatabase(target.url, (sql) => requireGuard(sql, project, target))
    const outcome = await runTests(target.url, test)
    const details = { tests: [outcome], rolledBack: 1 }
    await withDatabase(target.url, (sql) =>
      record(sql, { kind: 'tested', version, actor: actorOf(context, options), details }),
    )
    const text = outcome.ok
      ? `${id} on ${target.name}: ${outcome.assertions} assertions hold`
      : [`${id} on ${target.name}:`, ...outcome.problems.map((problem) => `  ${problem}`)].join('\n')
    return { ok: outcome.ok, text, data: { environment: target.name, ...outcome } }
  },
})
