import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { plainEnvironment } from '../../../lib/plain-environment.ts'
import { ToolError } from '../../lib/errors.ts'
import type { Finding } from '../../lib/finding.ts'
import type { SqlFile } from '../../lib/migrations.ts'
import type { Project } from '../../lib/project.ts'

const Report = z.array(
  z.object({
    file: z.string(),
    line: z.number(),
    column: z.number(),
    level: z.string(),
    message: z.string(),
    help: z.string().nullish(),
    rule_name: z.string(),
  }),
)

/** What squawk says about forward files and rollbacks; each side has its own configuration, because a rollback may drop. */
export async function runSquawk(
  project: Project,
  forward: readonly SqlFile[],
  rollbacks: readonly SqlFile[],
): Promise<Finding[]> {
  const [up, down] = await Promise.all([
    squawk(project, '.squawk.toml', forward),
    squawk(project, 'squawk.down.toml', rollbacks),
  ])
  return [...up, ...down]
}

/** The installed version of squawk, for the lock file. */
export const squawkVersion = (): string => {
  const path = createRequire(import.meta.url).resolve('squawk-cli/package.json')
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(path, 'utf8'))).version
}

async function squawk(project: Project, config: string, files: readonly SqlFile[]): Promise<Finding[]> {
  if (files.length === 0) return []
  const args = ['--config', configPath(project, config), '--reporter', 'json', ...files.map((file) => file.path)]
  const { stdout, stderr, code } = await execute(squawkProgram(), args)
  if (code > 1 || !stdout.trim().startsWith('[')) {
    throw new ToolError(`squawk failed: ${stderr.trim() || stdout.trim()}`, {
      fix: `Check ${config} and that npm install ran.`,
    })
  }
  const shown = new Map(files.map((file) => [file.path, file.shown]))
  return Report.parse(JSON.parse(stdout)).map((entry) => ({
    check: `squawk/${entry.rule_name}`,
    severity: 'error',
    file: shown.get(entry.file) ?? entry.file,
    // squawk counts lines from 0 and columns from 0.
    line: entry.line + 1,
    column: entry.column + 1,
    what: sentence(entry.message),
    why: `https://squawkhq.com/docs/${entry.rule_name}`,
    fix: entry.help
      ? sentence(entry.help)
      : `Follow the rule, or write "-- db-ignore squawk/${entry.rule_name}: <reason>" directly above the statement.`,
  }))
}

// A project without its own configuration is held to PayD's.
function configPath(project: Project, name: string): string {
  const own = join(project.root, name)
  const checkout = join(import.meta.dirname, '..', '..', '..', '..', name)
  return [own, checkout].find((path) => existsSync(path)) ?? join(import.meta.dirname, '..', 'project', name)
}

function squawkProgram(): string {
  const shim = createRequire(import.meta.url).resolve('squawk-cli/package.json')
  const folder = dirname(createRequire(shim).resolve(`@squawk-cli/${platform()}-${arch()}/package.json`))
  return join(folder, 'bin', platform() === 'win32' ? 'squawk.exe' : 'squawk')
}

function execute(program: string, args: readonly string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  return new Promise((resolve) => {
    execFile(program, args, { maxBuffer: 64 * 1024 * 1024, env: plainEnvironment() }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 2) : 0
      resolve({ stdout, stderr: stderr || (error && code > 1 ? error.message : ''), code })
    })
  })
}

const sentence = (text: string): string => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`)
