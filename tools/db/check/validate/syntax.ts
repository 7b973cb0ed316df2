import type { AnalysedFile, AnalysedMigration } from '../../lib/analysis.ts'
import type { Finding } from '../../lib/finding.ts'

/** Files that PostgreSQL cannot read, and files in which nothing stands. */
export function checkSyntax(migrations: readonly AnalysedMigration[]): Finding[] {
  return migrations.flatMap(({ up, down }) => [...checkFile(up), ...(down ? checkFile(down) : [])])
}

function checkFile({ file, sql, error }: AnalysedFile): Finding[] {
  if (error) {
    return [
      {
        check: 'validate/syntax',
        severity: 'error',
        file: file.shown,
        ...error.position,
        what: `${error.message}.`,
        why: 'PostgreSQL cannot read the file, so nothing in it would run.',
        fix: 'Correct the statement at that place.',
      },
    ]
  }
  const isEmpty = sql?.statements.every((statement) => statement.kind === 'VariableSetStmt') ?? true
  if (!isEmpty) return []
  return [
    {
      check: 'validate/empty-file',
      severity: 'error',
      file: file.shown,
      line: 1,
      column: 1,
      what: 'The file has no statement.',
      why: 'The history would say that something was done.',
      fix: 'Write the statements, or delete the pair.',
    },
  ]
}
