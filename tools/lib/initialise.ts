import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { PostgresBinaries } from './binaries.ts'
import { commandAs, type DatabaseUser, giveFolderTo } from './database-user.ts'
import { errorText } from './error-text.ts'
import type { Keeper } from './keeper.ts'

const run = promisify(execFile)

/** The superuser, named as on Supabase. The role `postgres` is not a superuser there, and so it is not one here. */
export const SUPERUSER = 'supabase_admin'

/** Creates the data folder of a server, unless there is one. */
export async function initialise(
  options: {
    readonly binaries: PostgresBinaries
    readonly dataFolder: string
    readonly superuserPassword: string
    readonly durable: boolean
    readonly keeper: Keeper
  },
  user: DatabaseUser,
): Promise<void> {
  const { dataFolder, binaries } = options
  const exists = await access(join(dataFolder, 'PG_VERSION')).then(
    () => true,
    () => false,
  )
  if (exists) return
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  await giveFolderTo(user, dataFolder)
  const passwordFolder = await mkdtemp(join(tmpdir(), 'payd-initdb-'))
  options.keeper.removeAtEnd(passwordFolder)
  const passwordFile = join(passwordFolder, 'password')
  try {
    await writeFile(passwordFile, `${options.superuserPassword}\n`, { mode: 0o600 })
    await giveFolderTo(user, passwordFolder)
    await giveFolderTo(user, passwordFile)
    const { command, args, ...account } = await commandAs(user, [binaries.initdb, dataFolder], binaries.initdb, [
      `--pgdata=${dataFolder}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      ...localeFlags(binaries.major),
      ...(options.durable ? [] : ['--no-sync']),
    ])
    await run(command, args, { ...account, cwd: '/' })
  } catch (cause) {
    throw new Error(failure(dataFolder, user, cause), { cause })
  } finally {
    await rm(passwordFolder, { recursive: true, force: true })
  }
}

// The builtin provider sorts the same way on every system; before version 17 it does not exist.
const localeFlags = (major: number): string[] =>
  major >= 17 ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : ['--locale=C.UTF-8']

function failure(dataFolder: string, user: DatabaseUser, cause: unknown): string {
  const sentence = `The database folder ${dataFolder} cannot be initialised: ${errorText(cause).trim()}`
  if (user.uid === undefined || !/EACCES|ENOENT|permission/i.test(sentence)) return sentence
  return `${sentence}\nBecause you are root, PostgreSQL runs as the user "postgres", which must be able to enter the folders of the project and of the data. Run as an ordinary user, or move the project out of /root.`
}
