import { type AnalysedMigration, analyse } from '../../lib/analysis.ts'
import type { Finding } from '../../lib/finding.ts'
import { findMigration, readMigrations } from '../../lib/migrations.ts'
import type { Project } from '../../lib/project.ts'
import { checkSyntax } from '../validate/syntax.ts'
import { runRules } from './run-rules.ts'
import { runSquawk } from './squawk.ts'

/** What our own rules and squawk find in some migrations, or in all; files that cannot be parsed are one finding each. */
export async function lint(
  project: Project,
  wanted: readonly string[],
): Promise<{ findings: Finding[]; migrations: number }> {
  const { migrations } = readMigrations(project)
  const chosen = wanted.length === 0 ? migrations : wanted.map((one) => findMigration(migrations, one))
  const versions = new Set(chosen.map((migration) => migration.version))
  const rollbacks = chosen.flatMap((migration) => migration.down ?? [])
  // squawk works in its own process while the rules run in this one.
  const squawk = runSquawk(
    project,
    chosen.map((migration) => migration.up),
    rollbacks,
  )
  const analysed = migrations.map(analyse)
  const isChosen = ({ migration }: AnalysedMigration): boolean => versions.has(migration.version)
  const own = [...checkSyntax(analysed.filter(isChosen)), ...runRules(analysed, versions)]
  const broken = new Set(own.filter((finding) => finding.check === 'validate/syntax').map((finding) => finding.file))
  // On a broken file squawk only repeats, less exactly, what PostgreSQL's own parser says.
  const others = (await squawk).filter((finding) => !broken.has(finding.file))
  return { findings: [...own, ...others], migrations: chosen.length }
}
