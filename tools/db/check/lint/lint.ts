import { type AnalysedFile, type AnalysedMigration, analyse } from '../../lib/analysis.ts'
import type { Finding } from '../../lib/finding.ts'
import { findMigration, readMigrations } from '../../lib/migrations.ts'
import type { Project } from '../../lib/project.ts'
import { runsAlone } from '../../lib/units.ts'
import { checkSyntax } from '../validate/syntax.ts'
import { readIgnores } from './ignores.ts'
import { runRules } from './run-rules.ts'
import { runSquawk } from './squawk.ts'

/** What our own rules and squawk find in some migrations, or in all; files that cannot be parsed are one finding each. */
export async function lint(
  project: Project,
  wanted: readonly string[],
): Promise<{ findings: Finding[]; migrations: number }> {
  const { migrations } = readMigrations(project)
  const ours = migrations.filter((migration) => migration.original === undefined)
  const chosen = wanted.length === 0 ? ours : wanted.map((one) => findMigration(migrations, one))
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
  const files = new Map(
    analysed.flatMap(({ up, down }) => [up, ...(down ? [down] : [])]).map((one) => [one.file.shown, one]),
  )
  const others = (await squawk).filter(
    (finding) => !broken.has(finding.file) && !isExcused(finding, files.get(finding.file)),
  )
  return { findings: [...own, ...others], migrations: chosen.length }
}

const IN_TRANSACTION = 'squawk/ban-concurrent-index-creation-in-transaction'

// squawk takes every file for one transaction, and it does not know our exceptions.
function isExcused({ check, line }: Finding, file: AnalysedFile | undefined): boolean {
  const statements = file?.sql?.statements
  if (!file || !statements) return false
  if (check === IN_TRANSACTION && statements.some(runsAlone)) return true
  return readIgnores(file.file.text, statements).coversLine(check, line)
}
