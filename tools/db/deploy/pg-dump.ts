import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { passwordApart, printedBy } from '../lib/environments.ts'
import { ToolError } from '../lib/errors.ts'
import { fileHash, type Manifest } from './backup-folder.ts'

const run = promisify(execFile)
const FILE = 'database.dump'

/**
 * A dump in pg_dump's custom format, read back once by pg_restore, when the pg_dump here is at least as new as the server;
 * null otherwise, because an older one refuses. PAYD_PG_DUMP names another program than the one on PATH.
 */
export async function dumpBeside(
  url: string,
  folder: string,
  serverVersion: string,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<Manifest['dump']> {
  const program = variables.PAYD_PG_DUMP ?? 'pg_dump'
  const version = await run(program, ['--version']).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  )
  if (version === undefined || major(version) < major(serverVersion)) return null
  const file = join(folder, FILE)
  try {
    const { url: address, password } = passwordApart(url)
    await run(program, ['--format=custom', `--file=${file}`, `--dbname=${address}`], {
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, ...(password === undefined ? {} : { PGPASSWORD: password }) },
    })
    // Listing the contents would not notice half a dump; writing them out does.
    await run(program.replace(/pg_dump(?=[^/]*$)/, 'pg_restore'), ['--file=/dev/null', file])
  } catch (error) {
    throw new ToolError(`pg_dump failed: ${printedBy(error).split('\n').slice(-3).join(' ')}`, {
      fix: 'Correct the cause, or set PAYD_PG_DUMP=/nonexistent to make the backup without it.',
    })
  }
  return { file: FILE, tool: version, sha256: await fileHash(file) }
}

const major = (version: string): number => Number(/\b(\d+)(?:\.|\b)/.exec(version)?.[1] ?? 0)
