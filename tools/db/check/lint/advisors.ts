import { z } from 'zod'
import { trySupabaseCli } from '../../../lib/supabase-cli.ts'
import { applyFile } from '../../lib/apply.ts'
import { withDatabase } from '../../lib/database.ts'
import { ToolError } from '../../lib/errors.ts'
import type { Finding } from '../../lib/finding.ts'
import { readMigrations } from '../../lib/migrations.ts'
import type { Project } from '../../lib/project.ts'
import { openScratchServer, type ScratchOptions, scratchName } from '../../lib/scratch.ts'

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

/** What Supabase's own advisors say about a throw-away database with all migrations; they look at the objects and not at files. */
export async function adviceOf(project: Project, options: ScratchOptions): Promise<Finding[]> {
  const server = await openScratchServer(options)
  const name = scratchName('advisors')
  try {
    const url = await server.createDatabase(name)
    await withDatabase(url, async (sql) => {
      for (const migration of readMigrations(project).migrations) await applyFile(sql, migration.up, 'lint/apply')
    })
    return await runAdvisors(project, url)
  } finally {
    await server.dropDatabase(name)
    await server.stop()
  }
}

/** What the advisors say about a database, from level warn on. */
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
  const { ok, output, printed } = await trySupabaseCli(project.root, args)
  if (!ok) {
    throw new ToolError(`The Supabase advisors failed: ${printed}`, {
      fix: 'Check that npm install ran and the database is reachable.',
    })
  }
  return Report.parse(JSON.parse(output.slice(output.indexOf('{')))).results.map((result) => ({
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
