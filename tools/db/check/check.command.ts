import { count, defineCommand, findingsOutcome, withTarget } from '../lib/command.ts'
import { resolveTarget, type TargetOptions } from '../lib/environments.ts'
import { adviceOf } from './lint/advisors.ts'
import { explain } from './lint/explain.ts'
import { lint } from './lint/lint.ts'
import { LINT_RULES } from './lint/rules/index.ts'
import { validate } from './validate/validate.ts'

type Options = TargetOptions & {
  readonly against?: string
  readonly lock: boolean
  readonly why?: boolean
  readonly explain?: string
  readonly advisors?: boolean
  readonly server?: string
  readonly blank?: string
}

/** `npm run db -- check` */
export const command = defineCommand<Options>({
  name: 'check',
  teach: `Names, pairs, order, headers, edited files and the lock file; squawk (.squawk.toml for forward files, squawk.down.toml for
rollbacks); and PayD's own rules on the syntax tree. What several places have in common stands once. It needs no server;
with a database it also finds files that were edited after they were applied, and with --advisors it applies everything
to a throw-away server and asks Supabase's own advisors.

  npm run db -- check
  npm run db -- check --against origin/main     before a pull request is merged
  npm run db -- check --env staging             before a deployment
  npm run db -- check --no-lock                 while a migration is being written
  npm run db -- check --why                     the reason of every check
  npm run db -- check --explain cascade         why a rule exists, with a bad and a good example

An exception needs a reason, directly above the statement, and names a rule of PayD or of squawk:
  -- db-ignore hidden-ddl: pg_cron is optional, so the job is created only where it exists
  -- db-ignore squawk/renaming-column: nobody reads the column any more

Rules: ${LINT_RULES.map((rule) => rule.id).join(', ')}.`,
  configure: (command) =>
    void withTarget(command)
      .option('--against <branch>', 'a branch or commit whose migrations must get along with these')
      .option('--why', 'tell the reason of every check')
      .option('--no-lock', 'leave supabase/migrations.lock.json out, while a migration is being written')
      .option('--explain <rule>', 'show why a rule exists, with a bad and a good example')
      .option('--advisors', "apply all migrations to a throw-away server and ask Supabase's advisors (warn and above)")
      .option('--server <connection string>', 'with --advisors: use this server instead of starting one')
      .option('--blank <database>', 'with --server: the database there to clone, which looks like a new project'),
  run: async ({ context, project, options }) => {
    if (options.explain !== undefined) return explain(options.explain)
    const wantsDatabase = options.env !== undefined || options.url !== undefined
    const target = wantsDatabase ? { target: resolveTarget(project, options, context.environment) } : {}
    // squawk works in its own process, so it is started first.
    const linting = lint(project, [])
    // A failure of squawk is told where its findings are read, which never comes when the files are refused before.
    linting.catch(() => undefined)
    const validation = await validate(project, {
      now: context.now(),
      withLock: options.lock,
      ...(options.against === undefined ? {} : { against: options.against }),
      ...target,
    })
    const known = new Set(validation.findings.map(keyOf))
    const { findings, migrations } = await linting
    const others = findings.filter((finding) => !known.has(keyOf(finding)))
    const advice = options.advisors ? await adviceOf(project, options) : []
    return findingsOutcome([...validation.findings, ...others, ...advice], {
      checked: `${count(migrations, 'migration')} checked`,
      why: options.why,
      data: { migrations },
    })
  },
})

// Both halves say where a broken file is broken.
const keyOf = (finding: { check: string; file: string; line: number; column: number }): string =>
  [finding.check, finding.file, finding.line, finding.column].join(' ')
