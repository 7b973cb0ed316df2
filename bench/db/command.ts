import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { openProject, type Project } from '../../tools/db/lib/project.ts'
import { projectRoot } from '../../tools/lib/project.ts'

/** A copy of the project with what the commands read. */
export function copyOfPayd(root: string): Project {
  for (const part of ['supabase', '.squawk.toml', 'squawk.down.toml']) {
    cpSync(join(projectRoot(), part), join(root, part), { recursive: true })
  }
  return openProject(root)
}

/** Milliseconds of a whole command. Throws with its words when it does not end well. */
export async function commandMs(
  project: Project,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<number> {
  const started = performance.now()
  const child = spawn(process.execPath, [join(projectRoot(), 'tools', 'db', 'main.ts'), ...args], {
    cwd: project.root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  if (code !== 0) throw new Error(`npm run db -- ${args.join(' ')} ended with ${code}:\n${output}${errors}`)
  return performance.now() - started
}

/** A number that is the same in every round. */
export const constant = (value: number) => ({ min: value, median: value, max: value })
