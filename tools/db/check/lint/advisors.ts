import { execFile } from 'node:child_process'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { printedBy } from '../../lib/environments.ts'
import { ToolError } from '../../lib/errors.ts'
import type { Finding } from '../../lib/finding.ts'
import type { Project } from '../../lib/project.ts'

const run = promisify(execFile)

const Report = z.object({
  results: z.array(
    z.object({
      name: z.string(),
      level: z.string(),
      detail: z.string(),
      description: z.string().optional(),
      remediation: z.string().optional(),
      cacheKey: z.string().optional(),
    }),
  ),
})

/** What Supabase's own advisors say about a migrated database, from level warn on; they look at the objects and not at files. */
export async function runAdvisors(project: Project, databaseUrl: string): Promise<Finding[]> {
  const args = [
    'db',
    'advisors',
    `--remote=${databaseUrl}`,
    '--level',
    'warn',
    '--fail-on',
    'none',
    '--output-format',
    'json',
  ]
  const { stdout } = await run(process.execPath, [supabaseScript(), ...args], {
    cwd: project.root,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NODE_OPTIONS: '', DO_NOT_TRACK: '1', SUPABASE_TELEMETRY_DISABLED: '1', NO_COLOR: '1' },
  }).catch((cause: unknown) => {
    // The error of the process repeats its arguments, and with them the password of the database.
    throw new ToolError(`The Supabase advisors failed: ${printedBy(cause)}`, {
      fix: 'Check that npm install ran and the database is reachable.',
    })
  })
  return Report.parse(JSON.parse(stdout.slice(stdout.indexOf('{')))).results.map((result) => ({
    check: `advisor/${result.name}`,
    severity: result.level.toLowerCase() === 'error' ? 'error' : 'warning',
    file: 'supabase/migrations',
    line: 1,
    column: 1,
    what: result.detail.replaceAll('\\`', ''),
    why: result.description ?? 'Supabase shows this in the dashboard of every project.',
    fix: result.remediation ?? `https://supabase.com/docs/guides/database/database-linter?lint=${result.name}`,
  }))
}

function supabaseScript(): string {
  const found = findPackageJSON('supabase', import.meta.url)
  if (!found) throw new ToolError('The Supabase CLI is not installed.', { fix: 'Run npm install.' })
  return join(dirname(found), 'dist', 'supabase.js')
}
