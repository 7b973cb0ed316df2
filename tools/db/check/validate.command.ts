import { count, defineCommand, findingsOutcome, withTarget } from '../lib/command.ts'
import { resolveTarget, type TargetOptions } from '../lib/environments.ts'
import { validate } from './validate/validate.ts'

type Options = TargetOptions & { readonly against?: string; readonly lock: boolean; readonly why?: boolean }

/** `npm run db -- check` */
export const command = defineCommand<Options>({
  name: 'validate',
  summary: 'names, pairs, order, headers, edited files, lock file',
  teach: `Reads the files of supabase/migrations, rollbacks and tests, and nothing else, so it needs no server and takes less
than a second. With a database it also finds files that were edited after they were applied; with --against it finds
what would collide with another branch.

  npm run db -- check
  npm run db -- check --against origin/main      before a pull request is merged
  npm run db -- check --env staging              before a deployment

Every finding says where, what, why and what to do. npm run db -- check --fix repairs headers;
npm run db -- prove --changed renews the lock file.`,
  configure: (command) =>
    void withTarget(command)
      .option('--against <branch>', 'a branch or commit whose migrations must get along with these')
      .option('--why', 'tell the reason of every check')
      .option('--no-lock', 'leave supabase/migrations.lock.json out, while a migration is being written'),
  run: async ({ context, project, options }) => {
    const wantsDatabase = options.env !== undefined || options.url !== undefined
    const { findings, migrations } = await validate(project, {
      now: context.now(),
      withLock: options.lock,
      ...(options.against === undefined ? {} : { against: options.against }),
      ...(wantsDatabase ? { target: resolveTarget(project, options, context.environment) } : {}),
    })
    return findingsOutcome(findings, {
      checked: `${count(migrations, 'migration')} validated`,
      why: options.why,
      data: { migrations },
    })
  },
})
