import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandLine, type ProcessIdentity } from '../../tools/lib/process-identity.ts'
import { type Stack, type StackOptions, startStack } from '../../tools/stack/stack.ts'

/** A Supabase project with two tables and two functions. */
export const FIXTURE_PROJECT = join(import.meta.dirname, 'fixtures', 'project')

/** A stack on the fixture project, with neither sandbox nor scheduler unless asked for. */
export function startFixtureStack(options: StackOptions = {}): Promise<Stack> {
  return startStack({ projectFolder: FIXTURE_PROJECT, sandbox: false, scheduler: false, ...options })
}

/** The processes that belong to a running stack, by its own record. */
export function recordedProcesses(dataDir: string): ProcessIdentity[] {
  return JSON.parse(readFileSync(join(dataDir, 'children.json'), 'utf8')) as ProcessIdentity[]
}

/** Command lines of the running processes that mention a folder. */
export function processesNaming(folder: string): string[] {
  return runningPids()
    .filter((pid) => pid !== process.pid)
    .map((pid) => commandLine(pid))
    .filter((line) => line.includes(folder))
}

function runningPids(): number[] {
  const listed = execFileSync('ps', ['-A', '-o', 'pid='], { encoding: 'utf8' })
  return listed.split('\n').map(Number).filter(Boolean)
}

/** Numbers of the child processes whose command line mentions a word. */
export function childrenOf(pid: number, word: string): number[] {
  const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  return listed
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child = 0, parent]) => (parent === pid && commandLine(child).includes(word) ? [child] : []))
}
