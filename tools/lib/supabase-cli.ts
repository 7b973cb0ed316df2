import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { readAddress } from './address.ts'
import { supabaseCliBinary } from './binaries.ts'
import { plainEnvironment } from './plain-environment.ts'
import { withoutPassword } from './sql.ts'

/** How a run of the Supabase CLI ended. */
export type CliRun = {
  readonly ok: boolean
  readonly exitCode: number | null
  /** Everything it printed, without passwords. */
  readonly printed: string
  /** What it printed on standard output alone, as it stands. */
  readonly output: string
}

/**
 * Runs the Supabase CLI that npm installed in a project folder, without telemetry. A run that takes longer than
 * `timeoutMs` is ended. Throws only when the program cannot be started.
 */
export async function trySupabaseCli(
  folder: string,
  args: readonly string[],
  options: { readonly timeoutMs?: number } = {},
): Promise<CliRun> {
  const child = spawn(supabaseCliBinary(), args, {
    cwd: folder,
    env: plainEnvironment({ DO_NOT_TRACK: '1', SUPABASE_TELEMETRY_DISABLED: '1' }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let isLate = false
  const { timeoutMs } = options
  const end = (): void => {
    isLate = true
    child.kill('SIGKILL')
  }
  const timer = timeoutMs === undefined ? undefined : setTimeout(end, timeoutMs)
  try {
    const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
    const late = `The Supabase CLI gave no answer within ${Math.round((timeoutMs ?? 0) / 1000)} s and was ended.`
    const printed = [output.trim(), errors.trim(), isLate ? late : ''].filter(Boolean).join('\n')
    return { ok: code === 0, exitCode: code, printed: withoutPassword(printed), output }
  } finally {
    clearTimeout(timer)
  }
}

/** Runs the Supabase CLI in a project folder and returns what it printed. Throws with its words when it fails. */
export async function runSupabaseCli(folder: string, args: readonly string[]): Promise<string> {
  const { ok, exitCode, printed } = await trySupabaseCli(folder, args)
  if (ok) return printed
  const command = withoutPassword(`supabase ${args.join(' ')}`)
  throw new Error(`"${command}" failed in ${folder} (exit code ${exitCode}):\n${printed}`)
}

/** The address as the CLI gets it: with the encryption that every other reader of it takes for meant. */
export const cliAddress = (databaseUrl: string): URL => new URL(readAddress(databaseUrl).url)
