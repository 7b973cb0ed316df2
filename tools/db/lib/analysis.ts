import { type ClassReason, changeClasses } from './change-class.ts'
import { type Effect, effectsOf } from './effects.ts'
import { type HeaderOutcome, readHeader } from './header.ts'
import type { Migration, SqlFile } from './migrations.ts'
import { type RollbackHeaderOutcome, readRollbackHeader } from './rollback-header.ts'
import { type ParsedSql, parseSql, type SqlSyntaxError } from './sql.ts'

/** A file with its statements and what they do; a broken file has no statements and an error. */
export type AnalysedFile = {
  readonly file: SqlFile
  readonly sql: ParsedSql | undefined
  readonly error: SqlSyntaxError | undefined
  readonly effects: readonly Effect[]
}

/** A migration with everything that can be known without a database. */
export type AnalysedMigration = {
  readonly migration: Migration
  readonly up: AnalysedFile
  readonly down: AnalysedFile | undefined
  readonly header: HeaderOutcome
  readonly rollbackHeader: RollbackHeaderOutcome | undefined
  readonly classes: readonly ClassReason[]
}

/** Parses a migration's files and headers once, for every check. */
export function analyse(migration: Migration): AnalysedMigration {
  const up = analyseFile(migration.up)
  const { sql } = up
  return {
    migration,
    up,
    down: migration.down && analyseFile(migration.down),
    header: readHeader(migration.up.text),
    rollbackHeader: migration.down && readRollbackHeader(migration.down.text),
    classes: sql ? once(classes, sql, () => changeClasses(sql.statements, up.effects)) : [],
  }
}

/** Parses one file. */
export function analyseFile(file: SqlFile): AnalysedFile {
  const parsed = parseSql(file.text)
  if (!parsed.ok) return { file, sql: undefined, error: parsed.error, effects: [] }
  return {
    file,
    sql: parsed.sql,
    error: undefined,
    effects: once(effects, parsed.sql, () => effectsOf(parsed.sql.statements)),
  }
}

// One command analyses the same text more than once, and what the parser returns for it is then the same object.
const effects = new WeakMap<ParsedSql, readonly Effect[]>()
const classes = new WeakMap<ParsedSql, readonly ClassReason[]>()

function once<Value>(known: WeakMap<ParsedSql, Value>, sql: ParsedSql, workOut: () => Value): Value {
  const found = known.get(sql) ?? workOut()
  known.set(sql, found)
  return found
}

/** Tables a file creates, alters, drops or writes to, sorted; what it says about functions, types and schemas is not among them. */
export function tablesOf(file: AnalysedFile): string[] {
  const views = new Set(file.effects.filter((effect) => effect.kind === 'view').map((effect) => effect.name))
  const tables = file.effects.flatMap((effect) => (effect.table && !views.has(effect.table) ? [effect.table] : []))
  return [...new Set(tables)].sort()
}
