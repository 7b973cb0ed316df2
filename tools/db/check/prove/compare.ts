import type { AnalysedFile, AnalysedMigration } from '../../lib/analysis.ts'
import { type Catalog, catalogDifferences, printDifference } from '../../lib/catalog.ts'
import { errorText } from '../../lib/errors.ts'
import type { Finding } from '../../lib/finding.ts'
import type { DatabaseData } from '../../lib/table-data.ts'
import type { LossEntry } from './proof.ts'

const SHOWN = 8

/** A finding about a pair, at the statement that names the subject, or at the first that does something. */
export function pairFinding(
  file: AnalysedFile,
  check: string,
  subject: string,
  what: string,
  why: string,
  fix: string,
): Finding {
  return {
    check: `prove/${check}`,
    severity: 'error',
    file: file.file.shown,
    ...placeOf(file, subject),
    what,
    why,
    fix,
  }
}

/** What differs between a catalogue and what it should be, one finding for all differences together. */
export async function catalogFinding(
  file: AnalysedFile,
  check: string,
  what: string,
  expected: Catalog,
  found: Catalog,
  why: string,
  mend: () => Promise<readonly string[]>,
): Promise<Finding[]> {
  const differences = catalogDifferences(expected, found)
  const first = differences[0]
  if (!first) return []
  const shown = differences.slice(0, SHOWN).map(printDifference)
  const more = differences.length > SHOWN ? `, and ${differences.length - SHOWN} more` : ''
  const fix = `Make it so: ${await mending(mend)}`
  return [pairFinding(file, check, first.subject, `${what}: ${shown.join('; ')}${more}.`, why, fix)]
}

/**
 * Tables and sequences whose content is not what it was, sorted by name. A table that has lost columns is left to the
 * comparison of the catalogues, and a number that an identity column skipped is no loss.
 */
export function changedData(expected: DatabaseData, found: DatabaseData): { tables: string[]; sequences: string[] } {
  const tables = [...expected.tables].filter(([name, data]) => {
    const now = found.tables.get(name)
    if (now && now.columns.length < data.columns.length) return false
    return now?.hash !== data.hash || now.rows !== data.rows
  })
  const sequences = [...expected.sequences].filter(([name, position]) => {
    const now = found.sequences.get(name)
    if (now?.value === position.value) return false
    return !position.isOwnedByColumn || Number(now?.value ?? 0) < Number(position.value)
  })
  return { tables: tables.map(([name]) => name), sequences: sequences.map(([name]) => name) }
}

/** What is gone or different after a rollback and a second forward run. */
export function losses(
  before: DatabaseData,
  after: DatabaseData,
  newColumns: ReadonlyMap<string, readonly string[]>,
): LossEntry[] {
  return changedData(before, after).tables.map((table) => ({
    table,
    rows: Math.max(0, (before.tables.get(table)?.rows ?? 0) - (after.tables.get(table)?.rows ?? 0)),
    columns: newColumns.get(table) ?? [],
  }))
}

/** A loss in words, such as `3 rows of public.notes`. */
export const printLoss = (loss: LossEntry): string =>
  loss.rows > 0
    ? `${loss.rows} rows of ${loss.table}`
    : `the content of ${loss.table}${loss.columns.length > 0 ? ` (${loss.columns.join(', ')})` : ''}`

/** The side of a pair that has to be corrected. */
export const rollbackOf = (one: AnalysedMigration): AnalysedFile => one.down ?? one.up

async function mending(mend: () => Promise<readonly string[]>): Promise<string> {
  try {
    const sql = (await mend()).join('\n')
    const statements = sql.split('\n').filter((line) => line.trim() && !line.startsWith('--'))
    return statements.length > 0
      ? statements.slice(0, 12).join(' ')
      : 'nothing in the catalogue engine covers it; create the object the way it was, in the same order.'
  } catch (error) {
    return `no SQL could be worked out (${errorText(error).split('\n')[0]}).`
  }
}

function placeOf(file: AnalysedFile, subject: string): { line: number; column: number } {
  const words = [...subject.matchAll(/[A-Za-z_][\w ']*\w|\w+/g)].map((match) => match[0]).reverse()
  const statements = file.sql?.statements ?? []
  for (const word of words) {
    const found = statements.find((statement) => statement.kind !== 'VariableSetStmt' && statement.text.includes(word))
    if (found && word.length > 3 && !GENERIC.has(word)) return found.position
  }
  // What is missing stands nowhere, so the first statement that does something is the place to look at.
  const first = statements.find((statement) => statement.kind !== 'VariableSetStmt')
  return first?.position ?? { line: 1, column: 1 }
}

const GENERIC = new Set([
  'table',
  'column',
  'public',
  'private',
  'index',
  'function',
  'policy',
  'trigger',
  'constraint',
  'comment',
  'default',
  'sequence',
  'authenticated',
  'anon',
  'service_role',
  'schema',
  'postgres',
  'type',
])
