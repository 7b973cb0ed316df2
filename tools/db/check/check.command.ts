import { count, defineCommand, findingsOutcome } from '../lib/command.ts'
import { lint } from './lint/lint.ts'
import { validate } from './validate/validate.ts'

type Options = { readonly against?: string; readonly lock: boolean; readonly why?: boolean }

/** `npm run db -- check` */
export const command = defineCommand<Options>({
  name: 'check',
  teach: `Names, pairs, order, headers, edited files and the lock file; squawk (.squawk.toml for forward files, squawk.down.toml for
rollbacks); and PayD's own rules on the syntax tree. What several places have in common stands once.

  npm run db -- check
  npm run db -- check --against origin/main     before a pull request is merged
  npm run db -- check --no-lock                 while a migration is being written
  npm run db -- check --why                     the reason of every check

An exception needs a reason, directly above the statement, and names a rule of PayD or of squawk:
  -- db-ignore hidden-ddl: pg_cron is optional, so the job is created only where it exists
  -- db-ignore squawk/renaming-column: nobody reads the column any more`,
  configure: (command) =>
    void command
      .option('--against <branch>', 'a branch or commit whose migrations must get along with these')
      .option('--why', 'tell the reason of every check')
      .option('--no-lock', 'leave supabase/migrations.lock.json out, while a migration is being written'),
  run: async ({ context, project, options: { against, lock, why } }) => {
    // squawk works in its own process, so it is started first.
    const linting = lint(project, [])
    // A failure of squawk is told where its findings are read, which never comes when the files are refused before.
    linting.catch(() => undefined)
    const validation = await validate(project, {
      now: context.now(),
      withLock: lock,
      ...(against === undefined ? {} : { against }),
    })
    const known = new Set(validation.findings.map(keyOf))
    const { findings, migrations } = await linting
    const others = findings.filter((finding) => !known.has(keyOf(finding)))
    return findingsOutcome([...validation.findings, ...others], {
      checked: `${count(migrations, 'migration')} checked`,
      why,
      data: { migrations },
    })
  },
})

// Both commands say where a broken file is broken.
const keyOf = (finding: { check: string; file: string; line: number; column: number }): string =>
  [finding.check, finding.file, finding.line, finding.column].join(' ')
