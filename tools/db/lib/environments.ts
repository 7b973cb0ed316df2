import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { AddressError, readAddress } from '../../lib/address.ts'
import { withoutPassword } from '../../lib/sql.ts'
import { errorText, usageError } from './errors.ts'
import type { Project } from './project.ts'

export { withoutPassword }

const Environment = z.strictObject({
  /** A connection string, or `$NAME` of the environment variable that holds it: passwords do not belong into git. */
  url: z.string().min(1),
  /** Whether a person must type the name before anything is changed. */
  confirm: z.boolean().default(false),
  /** The environment whose soak time counts before this one may be changed, such as `staging` for production. */
  after: z.string().optional(),
  /** Whether an approval counts only with a signed commit as evidence; otherwise the typed name is believed. */
  signedApprovals: z.boolean().default(false),
  /** Whether a fresh and drilled backup is required before a push. */
  backup: z.boolean().default(false),
})

/** One entry of `supabase/environments.json`. */
export type Environment = z.infer<typeof Environment>

/** A database that a command was told to work on. */
export type Target = {
  /** `local`, `staging`, `production`, or `url` when a connection string was given. */
  readonly name: string
  readonly url: string
  /** The connection string without its password, for people and reports. */
  readonly shown: string
  readonly settings: Environment
}

/** Every environment of the project by name; an absent file means none. */
export function readEnvironments(project: Project): Readonly<Record<string, Environment>> {
  if (!existsSync(project.environmentsFile)) return {}
  try {
    return z.record(z.string(), Environment).parse(JSON.parse(readFileSync(project.environmentsFile, 'utf8')))
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : errorText(error)
    throw usageError(
      `supabase/environments.json cannot be read: ${reason}`,
      'Write {"local": {"url": "$PAYD_LOCAL_DATABASE_URL"}, "staging": {"url": "$PAYD_STAGING_DATABASE_URL"}, …}.',
    )
  }
}

/** The options every command with a target shares. */
export type TargetOptions = { readonly env?: string; readonly url?: string }

/**
 * The database that `--env` or `--url` names. There is no default: a forgotten option must not change a database.
 * Throws a usage error when neither or both are given, or when the environment is unknown or has no address.
 */
export function resolveTarget(
  project: Project,
  options: TargetOptions,
  variables: Readonly<Record<string, string | undefined>>,
): Target {
  const { env, url } = options
  if ((env === undefined) === (url === undefined)) {
    throw usageError('Name exactly one database.', 'Add --env local|staging|production, or --url <connection string>.')
  }
  if (url !== undefined) return target('url', url, Environment.parse({ url }))
  const environments = readEnvironments(project)
  const settings = environments[env ?? '']
  if (!settings) {
    const known = Object.keys(environments).join(', ') || 'none'
    throw usageError(`There is no environment "${env}".`, `supabase/environments.json knows: ${known}.`)
  }
  const variable = /^\$([A-Z][A-Z0-9_]*)$/.exec(settings.url)?.[1]
  const address = variable === undefined ? settings.url : variables[variable]
  if (!address) {
    throw usageError(`The environment "${env}" has no address.`, `Set ${variable} to its connection string.`)
  }
  return target(env ?? '', address, settings)
}

function target(name: string, url: string, settings: Environment): Target {
  try {
    const address = readAddress(url).url
    return { name, url: address, shown: withoutPassword(address), settings }
  } catch (error) {
    if (error instanceof AddressError) throw usageError(`"${name}": ${error.message}`, error.fix)
    throw error
  }
}

/** A connection string and its password apart, for programs whose arguments everybody on the machine can read. */
export function passwordApart(url: string): { readonly url: string; readonly password: string | undefined } {
  const address = new URL(url)
  const password = address.searchParams.get('password') ?? decodeURIComponent(address.password)
  address.searchParams.delete('password')
  address.password = ''
  return { url: address.href, password: password || undefined }
}

/** What a program that failed printed, without passwords. The message of its error repeats every argument instead. */
export function printedBy(error: unknown): string {
  const printed = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
  return withoutPassword(printed) || 'it could not be started, or ended without a word'
}
