import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AnalysedMigration } from '../../lib/analysis.ts'
import { type Finding, validateError } from '../../lib/finding.ts'
import { tokensOf } from '../../lib/lexer.ts'
import { type Project, shownPath } from '../../lib/project.ts'

/** Migrations whose objects no pgTAP test mentions and that have no test of their own. */
export function checkTests(project: Project, migrations: readonly AnalysedMigration[]): Finding[] {
  const mentioned = new Set([...namesInTests(project).values()].flatMap((names) => [...names]))
  return migrations.flatMap((one) => {
    const { migration } = one
    const names = namesMade(one)
    const isTested = migration.test !== undefined || names.some((name) => mentioned.has(name))
    if (isTested || names.length === 0) return []
    return [
      validateError('missing-test', migration.up.shown, [
        `No pgTAP test mentions anything that ${migration.id} makes.`,
        'What no test describes can be taken away or opened by the next migration without anybody noticing.',
        `Write supabase/tests/migrations/${migration.id}.test.sql, or a test of the object in supabase/tests.`,
      ]),
    ]
  })
}

/** The pgTAP files of a migration: its own, or those that mention what it makes. */
export function testFilesOf(project: Project, one: AnalysedMigration): string[] {
  if (one.migration.test) return [one.migration.test.shown]
  const made = namesMade(one)
  return [...namesInTests(project)].flatMap(([path, names]) =>
    made.some((name) => names.has(name)) ? [shownPath(project, path)] : [],
  )
}

const namesMade = ({ up }: AnalysedMigration): string[] =>
  up.effects.filter((effect) => effect.verb !== 'comment').map(({ name }) => name.split('.').at(-1) ?? name)

// Tests name objects as `public.notes`, as 'public', 'notes', and inside strings of SQL.
function namesInTests({ tests }: Project): Map<string, ReadonlySet<string>> {
  if (!existsSync(tests)) return new Map()
  const files = readdirSync(tests, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.sql'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  return new Map(
    files.map((path) => {
      const names = new Set<string>()
      collect(readFileSync(path, 'utf8'), names)
      return [path, names]
    }),
  )
}

function collect(text: string, names: Set<string>): void {
  for (const token of tokensOf(text)) {
    if (token.kind === 'word' || token.kind === 'quoted') names.add(token.value)
    if (token.kind !== 'string') continue
    names.add(token.value)
    if (/\s|\./.test(token.value)) for (const inner of tokensOf(token.value)) names.add(inner.value)
  }
}
