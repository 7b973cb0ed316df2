import { type CommandInput, count, defineCommand, type Outcome, withTarget } from '../lib/command.ts'
import { type Sql, withDatabase } from '../lib/database.ts'
import { resolveTarget, type Target, type TargetOptions } from '../lib/environments.ts'
import { usageError } from '../lib/errors.ts'
import { signerOf, textAt } from '../lib/git.ts'
import { findMigration, readMigrations } from '../lib/migrations.ts'
import { evidenceOf, givenApprovals, isAuthor, missingRoles, notifiedRoles, ROLES, requiredRoles } from './approvals.ts'
import { EXCEPTIONS } from './gates.ts'
import { actorOf, requireGuard } from './guard.ts'
import { readJournal, record } from './journal.ts'
import { fingerprintOf, type Pair, readPair, withGitAuthors } from './pair.ts'
import { readSituation } from './situation.ts'

type Options = TargetOptions & {
  readonly pending?: boolean
  readonly as?: string
  readonly role?: string
  readonly commit?: string
  readonly note?: string
  readonly withdraw?: boolean
  readonly override?: string
}

export const command = defineCommand<Options>({
  name: 'approve',
  teach: `Writes an approval into the journal of the environment it is for. It counts for exactly the statements of the pair as they
are now, forward and rollback: after an edit it has to be given again. One person fills one role, and no author any: neither
whom the header names nor who committed the file. Without --role it shows what is asked for and what is given.

  npm run db -- approve add_memo --env production                              what is asked for
  npm run db -- approve add_memo --env production --as grace --role peer
  npm run db -- approve --pending --env production --as linus --role team-lead       everything that is pending
  npm run db -- approve add_memo --env production --role cto --commit 3f2a9c1        a signed commit is the evidence
  npm run db -- approve add_memo --env production --as linus --withdraw

A name is typed by somebody: the journal keeps the account that typed it, and the checklist says so. With "signedApprovals"
in supabase/environments.json only a commit with a good signature of a trusted key counts, which holds these very files.

An exception from a gate (${EXCEPTIONS.join(', ')}) needs two people and a reason, and lasts a day:
  npm run db -- approve --pending --env production --override soak --as ada --note "the bank closes at noon"

Roles: ${ROLES.join(', ')}.`,
  configure: (command) => {
    withTarget(command.argument('[migration]', 'version or name'))
      .option('--pending', 'everything that is pending there')
      .option('--as <name>', 'who approves; default: PAYD_ACTOR or the account')
      .option('--role <role>', `one of ${ROLES.join(', ')}`)
      .option('--commit <commit>', 'a signed commit that holds these files; its signer approves')
      .option('--note <text>', 'a remark that is kept with it')
      .option('--withdraw', 'take back what this person approved')
      .option('--override <gate>', 'let a gate pass for this set, with --note as the reason')
  },
  run: async (input) => {
    const { context, project, options } = input
    const target = resolveTarget(project, options, context.environment)
    const role = ROLES.find((known) => known === options.role)
    if (options.role !== undefined && !role) {
      throw usageError(`"${options.role}" is not a role.`, `Use one of ${ROLES.join(', ')}.`)
    }
    return withDatabase(target.url, async (sql) => {
      await requireGuard(sql, project, target)
      const pairs = await chosenPairs(input, sql)
      const by = options.commit === undefined ? actorOf(context, options) : await signerOf(project.root, options.commit)
      if (options.override !== undefined) return override(sql, pairs, by, options)
      if (options.commit !== undefined) await requireSameFiles(input, pairs, options.commit)
      const [session] = await sql<{ name: string }[]>`select session_user::text as name`
      for (const pair of pairs) {
        const { key: version, id } = pair.migration
        if (role && isAuthor(by, pair)) {
          throw usageError(`${by} wrote ${id} and cannot approve it.`, 'Ask somebody else, and name them with --as.')
        }
        const signedBy = options.commit === undefined ? {} : { signedBy: `${by}, commit ${options.commit}` }
        const details = {
          by,
          role,
          fingerprint: pair.fingerprint,
          note: options.note ?? '',
          session: session?.name,
          ...signedBy,
        }
        if (options.withdraw) await record(sql, { kind: 'approval-withdrawn', version, actor: by, details })
        else if (role) await record(sql, { kind: 'approved', version, actor: by, details })
      }
      return overviewOf(sql, pairs, target, role !== undefined || options.withdraw === true)
    })
  },
})

async function chosenPairs(
  { project, arguments: [wanted], options }: CommandInput<Options>,
  sql: Sql,
): Promise<Pair[]> {
  if ((wanted === undefined) === !options.pending) {
    throw usageError('Say what is approved.', 'Name one migration, or add --pending for everything that is pending.')
  }
  const migrations = options.pending
    ? (await readSituation(project, sql)).pending.flatMap((one) => one.migration ?? [])
    : [findMigration(readMigrations(project).migrations, wanted ?? '')]
  if (migrations.length === 0) throw usageError('Nothing is pending there.', 'Name a migration to look at it.')
  return Promise.all(migrations.map((migration) => withGitAuthors(project, readPair(migration))))
}

async function requireSameFiles(
  { project }: CommandInput<Options>,
  pairs: readonly Pair[],
  commit: string,
): Promise<void> {
  for (const { migration } of pairs) {
    for (const file of [migration.up, ...(migration.down ? [migration.down] : [])]) {
      if ((await textAt(project.root, commit, file.shown)) === file.text) continue
      throw usageError(
        `${file.shown} is not what the commit ${commit} holds.`,
        'Sign a commit that holds the files as they are now.',
      )
    }
  }
}

async function override(
  sql: Sql,
  pairs: readonly Pair[],
  by: string,
  { override: gate, note }: Options,
): Promise<Outcome> {
  if (!EXCEPTIONS.some((name) => name === gate)) {
    throw usageError(
      `There is no exception from "${gate}".`,
      `Only ${EXCEPTIONS.join(', ')} can be let pass; the others are about what is true.`,
    )
  }
  if (!note?.trim()) throw usageError('An exception needs a reason.', 'Add --note "<reason>".')
  const author = pairs.find((pair) => isAuthor(by, pair))
  if (author)
    throw usageError(`${by} wrote ${author.migration.id} and cannot make an exception for it.`, 'Ask two others.')
  await record(sql, {
    kind: 'overridden',
    actor: by,
    details: { gate, reason: note, fingerprint: fingerprintOf(pairs) },
  })
  const text = `${by} lets the gate "${gate}" pass for ${count(pairs.length, 'migration')}: ${note}\nIt passes once two people have said so, for a day.`
  return { ok: true, text, data: { gate, by, migrations: pairs.map((pair) => pair.migration.id) } }
}

async function overviewOf(sql: Sql, pairs: readonly Pair[], target: Target, isGiven: boolean): Promise<Outcome> {
  const journal = await readJournal(sql)
  const all = pairs.map((pair) => ({
    pair,
    given: givenApprovals(pair, journal),
    missing: missingRoles(pair, journal, target),
  }))
  const text = all.flatMap(({ pair, given, missing }) => [
    `${pair.migration.id} (${pair.classes.join(', ') || 'code'}) on ${target.name}`,
    `  asked for  ${requiredRoles(pair.approval).join(', ')}, ${pair.approval.soakHours} h on the environment before${pair.approval.needsMaintenanceWindow ? ', a maintenance window' : ''}`,
    `  to notify  ${notifiedRoles(pair.approval).join(', ') || 'nobody'}`,
    ...given.map((one) =>
      `  given      ${one.role} by ${evidenceOf([one])} at ${one.at.toISOString()} ${one.note}`.trimEnd(),
    ),
    `  missing    ${missing.join(', ') || 'nothing'}`,
  ])
  const [first] = all
  const migrations = all.map(({ pair, given, missing }) => ({ migration: pair.migration.id, given, missing }))
  return {
    ok: isGiven || all.every(({ missing }) => missing.length === 0),
    text: text.join('\n'),
    data: {
      migrations,
      migration: first?.pair.migration.id,
      approval: first?.pair.approval,
      given: first?.given,
      missing: first?.missing,
    },
  }
}
