import { defineCommand, withTarget } from '../lib/command.ts'
import { withDatabase } from '../lib/database.ts'
import { resolveTarget, type TargetOptions } from '../lib/environments.ts'
import { usageError } from '../lib/errors.ts'
import { findMigration, readMigrations } from '../lib/migrations.ts'
import { givenApprovals, isAuthor, missingRoles, notifiedRoles, ROLES, requiredRoles } from './approvals.ts'
import { actorOf, requireGuard } from './guard.ts'
import { readJournal, record } from './journal.ts'
import { readPair } from './pair.ts'

type Options = TargetOptions & {
  readonly as?: string
  readonly role?: string
  readonly note?: string
  readonly withdraw?: boolean
}

export const command = defineCommand<Options>({
  name: 'approve',
  summary: 'record who approved a migration, as data in the database',
  teach: `Writes an approval into the journal of the environment it is for. It counts for exactly the statements of the pair as they
are now, forward and rollback: after an edit it has to be given again. One person fills one role, and the author none.
Without --role it shows what the approval matrix asks for and what is given.

  npm run db -- approve add_memo --env production                              what is asked for
  npm run db -- approve add_memo --env production --as grace --role peer
  npm run db -- approve add_memo --env production --as linus --role team-lead --note "seen with support"
  npm run db -- approve add_memo --env production --as linus --withdraw

Roles: ${ROLES.join(', ')}. Who may call himself what is decided by who may connect to that database.`,
  configure: (command) => {
    withTarget(command.argument('<migration>', 'version or name'))
      .option('--as <name>', 'who approves; default: PAYD_ACTOR or the account')
      .option('--role <role>', `one of ${ROLES.join(', ')}`)
      .option('--note <text>', 'a remark that is kept with it')
      .option('--withdraw', 'take back what this person approved')
  },
  run: async ({ context, project, arguments: [wanted = ''], options }) => {
    const target = resolveTarget(project, options, context.environment)
    const pair = readPair(findMigration(readMigrations(project).migrations, wanted))
    const { version, id } = pair.migration
    const by = actorOf(context, options)
    const role = ROLES.find((known) => known === options.role)
    if (options.role !== undefined && !role) {
      throw usageError(`"${options.role}" is not a role.`, `Use one of ${ROLES.join(', ')}.`)
    }
    if (role && isAuthor(by, pair)) {
      throw usageError(`${by} wrote ${id} and cannot approve it.`, 'Ask somebody else, and name them with --as.')
    }
    return withDatabase(target.url, async (sql) => {
      await requireGuard(sql, project, target)
      const details = { by, role, fingerprint: pair.fingerprint, note: options.note ?? '' }
      if (options.withdraw) await record(sql, { kind: 'approval-withdrawn', version, actor: by, details })
      else if (role) await record(sql, { kind: 'approved', version, actor: by, details })
      const journal = await readJournal(sql)
      const given = givenApprovals(pair, journal)
      const missing = missingRoles(pair, journal)
      const lines = [
        `${id} (${pair.classes.join(', ') || 'code'}) on ${target.name}`,
        `  asked for  ${requiredRoles(pair.approval).join(', ')}, ${pair.approval.soakHours} h on the environment before${pair.approval.needsMaintenanceWindow ? ', a maintenance window' : ''}`,
        `  to notify  ${notifiedRoles(pair.approval).join(', ') || 'nobody'}`,
        ...given.map((one) => `  given      ${one.role} by ${one.by} at ${one.at.toISOString()} ${one.note}`.trimEnd()),
        `  missing    ${missing.join(', ') || 'nothing'}`,
      ]
      return {
        ok: options.role !== undefined || options.withdraw === true || missing.length === 0,
        text: lines.join('\n'),
        data: { migration: id, approval: pair.approval, given, missing },
      }
    })
  },
})
