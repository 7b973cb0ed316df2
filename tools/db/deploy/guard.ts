import { isCancel, text } from '@clack/prompts'
import type { CommandContext } from '../lib/command.ts'
import type { Sql } from '../lib/database.ts'
import { type Environment, readEnvironments, type Target } from '../lib/environments.ts'
import { ToolError, usageError } from '../lib/errors.ts'
import type { Project } from '../lib/project.ts'
import { hasState, prepareState } from './state.ts'

/** The row that says which environment a database is. */
export type Guard = { readonly name: string; readonly claimedBy: string; readonly claimedAt: Date }

/** The guard row, or undefined when the database was never claimed. */
export async function readGuard(sql: Sql): Promise<Guard | undefined> {
  const [table] = await sql<{ exists: boolean }[]>`
    select to_regclass('supabase_migrations.payd_environment') is not null as exists`
  if (!table?.exists) return undefined
  const [row] = await sql<{ name: string; claimedBy: string; claimedAt: Date }[]>`
    select name, claimed_by as "claimedBy", claimed_at as "claimedAt" from supabase_migrations.payd_environment`
  return row
}

/** Writes the guard row. Throws when the database already is another environment. */
export async function claimDatabase(sql: Sql, target: Target, actor: string): Promise<Guard> {
  const present = await readGuard(sql)
  if (present && present.name !== target.name) throw wrongDatabase(target, present)
  await prepareState(sql)
  await sql`insert into supabase_migrations.payd_environment (name, claimed_by) values (${target.name}, ${actor})
    on conflict do nothing`
  const guard = await readGuard(sql)
  if (guard?.name !== target.name) throw wrongDatabase(target, guard)
  return guard
}

/**
 * The guard row of a database that is what its address was taken for. Throws when it was never claimed, when it is another
 * environment, or when a bare --url points at an environment whose settings ask for anything, or that is not known here.
 */
export async function requireGuard(sql: Sql, project: Project, target: Target): Promise<Guard> {
  const guard = await readGuard(sql)
  if (!guard || !(await hasState(sql))) {
    throw new ToolError(`Nobody has said which environment ${target.shown} is.`, {
      why: 'A change that reaches the wrong database cannot be called back, so every database carries its own name.',
      fix: `If it is the right one: npm run db -- status --claim ${targetFlag(target)}`,
    })
  }
  if (target.name !== 'url') {
    if (guard.name !== target.name) throw wrongDatabase(target, guard)
  } else if (!isFree(readEnvironments(project)[guard.name])) {
    throw usageError(
      `${target.shown} is the environment "${guard.name}", which is not changed by its address alone.`,
      `Use --env ${guard.name}, so that its gates apply.`,
    )
  }
  return guard
}

// What an environment asks for stands in its settings, which an address alone does not bring along.
const isFree = (settings: Environment | undefined): boolean =>
  settings !== undefined && !settings.confirm && !settings.backup && settings.after === undefined

/**
 * Makes sure that a person means this environment, where the environment asks for it: `--confirm <name>`, or the name
 * typed at a prompt. Throws a usage error otherwise.
 */
export async function confirmTarget(
  context: CommandContext,
  target: Target,
  options: { readonly confirm?: string },
): Promise<void> {
  if (target.settings.confirm) await confirmName(context, target.name, `change ${target.shown}`, options.confirm)
}

/** Makes sure that a person typed `name`, as an option or at a prompt. Throws a usage error otherwise. */
export async function confirmName(
  context: CommandContext,
  name: string,
  purpose: string,
  given: string | undefined,
): Promise<void> {
  if (given === name) return
  const fix = `Add --confirm ${name} when that is what you mean to change.`
  if (given !== undefined) throw usageError(`"--confirm ${given}" does not name "${name}".`, fix)
  if (!context.isInteractive) throw usageError(`Nobody confirmed to ${purpose}.`, fix)
  const answer = await text({ message: `Type "${name}" to ${purpose}` })
  if (isCancel(answer) || answer !== name) throw usageError('That was not the name, so nothing was changed.', fix)
}

/** Who runs the command: `--as`, PAYD_ACTOR, or the name of the account. */
export const actorOf = (context: CommandContext, options: { readonly as?: string } = {}): string =>
  options.as ?? context.environment.PAYD_ACTOR ?? context.environment.USER ?? context.environment.USERNAME ?? 'unknown'

/** The option that names a target again, for the fix of an error. */
export const targetFlag = (target: Target): string =>
  target.name === 'url' ? '--url <connection string>' : `--env ${target.name}`

function wrongDatabase(target: Target, guard: Guard | undefined): ToolError {
  return new ToolError(
    `${target.shown} was addressed as "${target.name}", but it says that it is "${guard?.name ?? 'nothing'}".`,
    {
      why: 'The address and the database disagree, so one of them is wrong.',
      fix: `Check the address of "${target.name}". If the database was copied from "${guard?.name}", run npm run db -- status --release ${targetFlag(target)} and claim it again.`,
    },
  )
}
