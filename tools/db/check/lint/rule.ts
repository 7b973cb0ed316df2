import type { AnalysedFile } from '../../lib/analysis.ts'
import type { Header } from '../../lib/header.ts'
import type { SchemaModel } from '../../lib/schema-model.ts'
import type { ParsedSql, Statement } from '../../lib/sql.ts'

/** A file as rules see it. */
export type LintFile = AnalysedFile & {
  readonly side: 'forward' | 'rollback'
  readonly sql: ParsedSql
  /** The header of the forward file, when it is readable. */
  readonly header: Header | undefined
  /** The schema after the forward file; a rollback starts from it. */
  readonly model: SchemaModel
  /** The schema after the last migration: a table's policies may follow in a later file. */
  readonly finalModel: SchemaModel
  /** Functions and views that existed before the forward file. */
  readonly codeBefore: ReadonlySet<string>
}

/** One place a rule does not accept. */
export type Hit = {
  readonly statement: Statement
  /** Byte offset in the file when the place is not the start of the statement. */
  readonly at?: number
  readonly what: string
  /** What to do now, when it differs from the rule's general advice. */
  readonly fix?: string
}

/** A rule is data: what it demands, why, an example of each kind, and how it is checked. */
export type LintRule = {
  readonly id: string
  readonly appliesTo: 'forward' | 'rollback' | 'both'
  readonly severity: 'error' | 'warning'
  readonly why: string
  readonly fix: string
  /** Statements of an earlier migration that both examples need. */
  readonly before?: string
  /** A forward file (or a rollback, if the rule is only for those) that breaks the rule; it runs as a test. */
  readonly bad: string
  /** The same intention, done right. */
  readonly good: string
  readonly check: (file: LintFile) => Hit[]
}

/** The hits of every statement of one type. */
export function onStatements<Value>(
  kind: string,
  check: (value: Value, statement: Statement, file: LintFile) => readonly Hit[] | Hit | undefined,
): (file: LintFile) => Hit[] {
  return (file) =>
    file.sql.statements.flatMap((statement) => {
      if (statement.kind !== kind) return []
      const found = check((statement.node as Record<string, unknown>)[kind] as Value, statement, file)
      return found === undefined ? [] : (found as Hit[] | Hit)
    })
}

/** The tables that the file itself creates. */
export const tablesCreatedIn = (file: LintFile): ReadonlySet<string> =>
  new Set(
    file.effects.filter((effect) => effect.verb === 'create' && effect.kind === 'table').map((effect) => effect.name),
  )

/** Whether the Data API serves this schema. */
export const isExposed = (name: string): boolean => name.startsWith('public.')

/** Where a hit points when the tree gives an offset; trees count bytes from the start of the file. */
export const at = (location: unknown): { at?: number } =>
  typeof location === 'number' && location >= 0 ? { at: location } : {}
