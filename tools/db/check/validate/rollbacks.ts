import type { AnalysedMigration } from '../../lib/analysis.ts'
import type { Effect } from '../../lib/effects.ts'
import { type Finding, validateError } from '../../lib/finding.ts'
import { isArchive } from '../../lib/rollback-header.ts'

/** Rollbacks whose header is missing, names another migration, or promises to keep what the file throws away. */
export function checkRollbacks(
  migrations: readonly AnalysedMigration[],
  referenceTables: readonly string[],
): Finding[] {
  return migrations.flatMap((one) => {
    const { down, rollbackHeader } = one
    if (!down || !rollbackHeader) return []
    const finding = (check: string, line: number, ...words: [what: string, why: string, fix: string]): Finding =>
      validateError(check, down.file.shown, words, { line })
    const { header, problems, lines } = rollbackHeader
    if (!header) {
      const why = 'Before a rollback a person must know what it will lose.'
      return problems.map((problem) => finding('rollback-header', problem.line, problem.what, why, problem.fix))
    }
    const findings: Finding[] = []
    if (header.rollbackOf !== one.migration.id) {
      const why = 'A rollback that was copied from another migration undoes the wrong thing.'
      const fix = `Write "-- rollback-of: ${one.migration.id}" and read the file again.`
      findings.push(
        finding('rollback-of', lines['rollback-of'] ?? 1, `It says it undoes ${header.rollbackOf}.`, why, fix),
      )
    }
    if (header.loss.kind === 'lossless') {
      for (const effect of down.effects.filter((entry) => throwsAway(entry, one, referenceTables))) {
        const what = `The header says "lossless", but this statement throws away ${effect.command?.name ?? ''}${effect.command ? ' of ' : ''}${effect.name}.`
        const why = 'Rows that people wrote after the migration would be gone without a warning.'
        const fix = `Write "-- rollback: lossy ${effect.command ? `column ${effect.name}.${effect.command.name}` : `table ${effect.name}`}", or keep the rows in private.archive_<version>_… and write "archived".`
        findings.push({
          ...finding('rollback-loss', effect.statement.position.line, what, why, fix),
          column: effect.statement.position.column,
        })
      }
    }
    return findings
  })
}

// A table or column that the rollback drops loses what people wrote into it, unless only migrations ever write there.
function throwsAway(effect: Effect, one: AnalysedMigration, referenceTables: readonly string[]): boolean {
  if (effect.kind !== 'table' || referenceTables.includes(effect.name) || isArchive(effect.name)) return false
  const isArchived = one.up.effects.some((other) => isArchive(other.name))
  if (isArchived) return false
  return (
    (effect.verb === 'drop' && effect.statement.kind === 'DropStmt' && /^drop\s+table/i.test(effect.statement.text)) ||
    effect.command?.subtype === 'AT_DropColumn'
  )
}
