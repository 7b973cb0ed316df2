import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AnalysedMigration } from '../../lib/analysis.ts'
import type { Finding } from '../../lib/finding.ts'
import { tokensOf } from '../../lib/lexer.ts'
import type { Project } from '../../lib/project.ts'

/** Migrations whose objects no pgTAP test mentions and that have no test of their own. */
export function checkTests(project: Project, migrations: readonly AnalysedMigration[]): Finding[] {
  const mentioned = namesInTests(project.tests)
  return migrations.flatMap(({ migration, up }) => {
    const names = up.effects.filter((effect) => effect.verb !== 'comment').map((effect) => effect.name)
    const isTested = migration.test !== undefined || names.some((name) => mentioned.has(name.split('.').at(-1) ?? name))
    if (isTested || names.length === 0) return []
    return [
      {
        check: 'validate/missing-test',
        severity: 'error' as const,
        file: migration.up.shown,
        line: 1,
        column: 1,
        what: `No pgTAP test mentions anything that ${migration.id} makes.`,
        why: 'What no test describes can be taken away or opened by the next migration without anybody noticing.',
        fix: `Write supabase/tests/migrations/${migration.id}.test.sql, or a test of the object in supabase/tests.`,
      },
    ]
  })
}

// Tests name objects as `public.notes`, as 'public', 'notes', and inside strings of SQL.
function namesInTests(folder: string): Set<string> {
  const names = new Set<string>()
  if (!existsSync(folder)) return names
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.sql')) continue
    collect(readFileSync(join(entry.parentPath, entry.name), 'utf8'), names)
  }
  return names
}

function collect(text: string, names: Set<string>): void {
  for (const token of tokensOf(text)) {
    if (token.kind === 'word' || token.kind === 'quoted') names.add(token.value)
    if (token.kind !== 'string') continue
    names.add(token.value)
    if (/\s|\./.test(token.value)) for (const inner of tokensOf(token.value)) names.add(inner.value)
  }
}
