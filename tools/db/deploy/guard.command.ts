import { defineCommand, withTarget } from '../lib/command.ts'
import { withDatabase } from '../lib/database.ts'
import { resolveTarget, type TargetOptions } from '../lib/environments.ts'
import { usageError } from '../lib/errors.ts'
import { actorOf, claimDatabase, confirmName, confirmTarget, readGuard, targetFlag } from './guard.ts'

type Options = TargetOptions & {
  readonly claim?: boolean
  readonly release?: boolean
  readonly confirm?: string
  readonly as?: string
}

export const command = defineCommand<Options>({
  name: 'guard',
  summary: 'claim a database for an environment, or see whose it is',
  teach: `Every database carries one row that says which environment it is. push, rollback and every other command that changes
something compare it with the name you gave, so that a wrong address is refused by the database itself. A copy of
production that was restored elsewhere still says "production", and is refused as staging until it is released.

  npm run db -- status --env staging                                      whose is it?
  npm run db -- status --claim --env staging
  npm run db -- status --release --env staging --confirm production       forget what the copy says`,
  configure: (command) => {
    withTarget(command)
      .option('--claim', 'write the row')
      .option('--release', 'remove the row; confirm the name that stands in it')
      .option('--confirm <name>', 'the name, typed by you')
      .option('--as <name>', 'who claims; default: PAYD_ACTOR or the account')
  },
  run: async ({ context, project, options }) => {
    const target = resolveTarget(project, options, context.environment)
    if (options.claim && target.name === 'url') {
      throw usageError(
        'A database is claimed for an environment.',
        'Use --env with a name of supabase/environments.json.',
      )
    }
    return withDatabase(target.url, async (sql) => {
      if (options.release) {
        const guard = await readGuard(sql)
        if (!guard) return { ok: true, text: `${target.shown} belongs to nobody.`, data: { guard: null } }
        await confirmName(context, guard.name, `release ${target.shown}`, options.confirm)
        await sql`delete from supabase_migrations.payd_environment`
        return { ok: true, text: `${target.shown} belongs to nobody any more.`, data: { guard: null } }
      }
      if (options.claim) {
        await confirmTarget(context, target, options)
        const guard = await claimDatabase(sql, target, actorOf(context, options))
        return { ok: true, text: `${target.shown} is "${guard.name}".`, data: { guard } }
      }
      const guard = await readGuard(sql)
      if (!guard) {
        const text = `${target.shown} belongs to nobody. npm run db -- status --claim ${targetFlag(target)} claims it.`
        return { ok: false, text, data: { guard: null } }
      }
      const isRight = target.name === 'url' || guard.name === target.name
      const said = `${target.shown} is "${guard.name}", claimed by ${guard.claimedBy} on ${guard.claimedAt.toISOString()}.`
      const text = isRight ? said : `${said} It was addressed as "${target.name}".`
      return { ok: isRight, text, data: { guard } }
    })
  },
})
