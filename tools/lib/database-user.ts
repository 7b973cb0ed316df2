import { execFile } from 'node:child_process'
import { chown, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const NAME = 'postgres'

/** The account PostgreSQL runs as; empty when it is the account of this process. */
export type DatabaseUser = { readonly uid?: number; readonly gid?: number }

/**
 * The account to run PostgreSQL as. PostgreSQL refuses to run as root, so for root it is the user "postgres", which is
 * created when it is missing. Throws when that is not possible.
 */
export async function databaseUser(): Promise<DatabaseUser> {
  return (await existingDatabaseUser()) ?? (await create())
}

/** The account to run PostgreSQL as, or undefined when it would have to be created. */
export async function existingDatabaseUser(): Promise<DatabaseUser | undefined> {
  return userInfo().uid === 0 ? lookUp() : {}
}

/** Makes the account the owner of a folder, which PostgreSQL demands of its data folder. */
export async function giveFolderTo(user: DatabaseUser, folder: string): Promise<void> {
  if (user.uid !== undefined && user.gid !== undefined) await chown(folder, user.uid, user.gid)
}

/** A program and how to start it. */
export type Command = DatabaseUser & { readonly command: string; readonly args: readonly string[] }

/**
 * How to run a program as the account when it works with these paths. A root whose project lies in a folder that only
 * root may enter (such as /root) is common in containers; there the program gets the right to pass through folders
 * (CAP_DAC_OVERRIDE) and no other right of root.
 */
export async function commandAs(
  user: DatabaseUser,
  paths: readonly string[],
  command: string,
  args: readonly string[],
): Promise<Command> {
  const { uid, gid } = user
  if (uid === undefined || gid === undefined) return { command, args }
  const enterable = await Promise.all(paths.map((path) => isEnterable(uid, gid, dirname(path))))
  if (enterable.every(Boolean)) return { command, args, uid, gid }
  const rights = [
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    '--inh-caps=-all,+dac_override',
    '--ambient-caps=-all,+dac_override',
    '--bounding-set=-all,+dac_override',
    // Otherwise access(2), by which PostgreSQL checks its own program, ignores the right of a process that is not root.
    '--securebits=+no_setuid_fixup',
  ]
  return { command: 'setpriv', args: [...rights, command, ...args] }
}

async function isEnterable(uid: number, gid: number, folder: string): Promise<boolean> {
  const status = await stat(folder)
  const owner = status.uid === uid && (status.mode & 0o100) !== 0
  const group = status.gid === gid && (status.mode & 0o010) !== 0
  const others = (status.mode & 0o001) !== 0
  if (!(owner || group || others)) return false
  return dirname(folder) === folder || isEnterable(uid, gid, dirname(folder))
}

async function lookUp(): Promise<DatabaseUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', NAME]), run('id', ['-g', NAME])])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    return undefined
  }
}

async function create(): Promise<DatabaseUser> {
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', NAME])
  } catch (cause) {
    throw new Error(
      'PostgreSQL refuses to run as root, and the user "postgres" could not be created. Run this as an ordinary user, or create the user "postgres" first.',
      { cause },
    )
  }
  const user = await lookUp()
  if (!user) throw new Error('The user "postgres" was created but cannot be found.')
  return user
}
