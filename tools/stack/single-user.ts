import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { PostgresBinaries } from '../lib/binaries.ts'
import { commandAs, databaseUser } from '../lib/database-user.ts'

/**
 * Runs statements as the superuser on the data folder of a server that does not run. No port is open meanwhile, so
 * no other session can connect before they are done. Throws with PostgreSQL's words when a statement fails.
 */
export async function runSingleUser(
  binaries: PostgresBinaries,
  dataFolder: string,
  statements: readonly string[],
): Promise<void> {
  const { command, args, ...account } = await commandAs(
    await databaseUser(),
    [binaries.postgres, dataFolder],
    binaries.postgres,
    ['--single', '-D', dataFolder, '-c', 'fsync=off', '-c', 'lc_messages=C', 'template1'],
  )
  const child = spawn(command, args, { ...account, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] })
  // A server that ends early is told by what it printed.
  child.stdin.on('error', () => undefined)
  // Here a statement ends with its line.
  child.stdin.end(statements.map((statement) => `${statement.replaceAll('\n', ' ')}\n`).join(''))
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  // The exit code says nothing about the statements.
  if (code === 0 && !/\b(?:ERROR|FATAL|PANIC): /.test(`${output}\n${errors}`)) return
  throw new Error(`The database folder ${dataFolder} cannot be prepared (exit code ${code}): ${errors.trim()}`)
}
