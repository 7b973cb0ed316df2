import type { Statement } from './sql.ts'

/** What reaches the server as one transaction. */
export type ExecutionUnit = { readonly statements: readonly Statement[]; readonly isTransactional: boolean }

// The statements that the Supabase CLI takes out of its pipeline and runs alone, because PostgreSQL refuses them inside
// a transaction block. The expression is the CLI's own.
const ALONE =
  /\b(create|drop)\s+(unique\s+)?index\s+concurrently\b|\breindex\b[^;]*\bconcurrently\b|^\s*(vacuum|alter\s+system|cluster)\b/i

/** Whether the Supabase CLI runs this statement outside the transaction of its file. */
export const runsAlone = (statement: Pick<Statement, 'text'>): boolean => ALONE.test(statement.text)

/**
 * The units in which the Supabase CLI executes a file: one transaction for the whole file, cut at every statement that
 * must run alone. A crash between two units leaves the first one done and no history row.
 */
export function executionUnits(statements: readonly Statement[]): ExecutionUnit[] {
  const units: ExecutionUnit[] = []
  let batch: Statement[] = []
  const close = (): void => {
    if (batch.length > 0) units.push({ statements: batch, isTransactional: true })
    batch = []
  }
  for (const statement of statements) {
    if (runsAlone(statement)) {
      close()
      units.push({ statements: [statement], isTransactional: false })
    } else {
      batch.push(statement)
    }
  }
  close()
  return units
}
