import { count, defineCommand, findingsOutcome } from '../lib/command.ts'
import { lint } from './lint/lint.ts'
import { validate } from './validate/validate.ts'

type Options = { readonly against?: string; readonly lock: boolean }

/** `npm run db -- check` */
export const command = defineCommand<Options>({
  name: 'check',
  summary: 'validate and lint in one go: what review would find, without a server',
  teach: `Everything that validate and lint find in the files, reading and parsing each of them once.

  npm run db -- check
  npm run db -- check --against origin/main     before a pull request is merged
  npm run db -- check --no-lock                 while a migration is being written`,
  configure: (command) =>
    void command
      .option('--against <branch>', 'a branch or commit whose migrations must get along with these')
      .option('--no-lock', 'leave supabase/migrations.lock.json out, while a migration is being written'),
  run: async ({ context, project, options: { against, lock } }) => {
    // squawk works in its own process, so it is started first.
    const linting = lint(project, [])
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
      data: { migrations },
    })
  },
})

// Both commands say where a broken file is broken.
const keyOf = (finding: { check: string; file: string; line: number; column: number }): string =>
  [finding.check, finding.file, finding.line, finding.column].join(' ')
