import { databaseError, runScript, type Sql } from './database.ts'
import { ToolError } from './errors.ts'
import type { Finding } from './finding.ts'
import type { SqlFile } from './migrations.ts'
import { positionsOf } from './positions.ts'
import { parseSql } from './sql.ts'
import { type ExecutionUnit, executionUnits } from './units.ts'

/** A file that a server refused, with the place in the file. */
export class RefusedFileError extends ToolError {
  readonly finding: Finding
  /** What the server answered; undefined when the parser gave up before anything was sent. */
  readonly sqlState: string | undefined
  constructor(finding: Finding, cause: unknown) {
    super(`${finding.file}:${finding.line}:${finding.column} ${finding.what}`, {
      fix: finding.fix,
      why: finding.why,
      cause,
    })
    this.finding = finding
    this.sqlState = databaseError(cause)?.sqlState
  }
}

/**
 * Runs a file as the Supabase CLI would: every unit as one transaction, the statements that must run alone by themselves.
 * Throws a RefusedFileError that points at the line.
 */
export async function applyFile(sql: Sql, file: SqlFile, check: string): Promise<void> {
  for (const unit of unitsOf(file)) await applyUnit(sql, file, unit, check)
}

/** The execution units of a file. Throws a RefusedFileError when it is no SQL. */
export function unitsOf(file: SqlFile): ExecutionUnit[] {
  const parsed = parseSql(file.text)
  if (parsed.ok) return executionUnits(parsed.sql.statements)
  const { message, position } = parsed.error
  throw new RefusedFileError(
    {
      check: 'syntax',
      severity: 'error',
      file: file.shown,
      ...position,
      what: `${message}.`,
      why: 'PostgreSQL cannot read the file, so nothing in it would run.',
      fix: 'Correct the statement at that place.',
    },
    undefined,
  )
}

/** Runs one unit. Throws a RefusedFileError that points at the line. */
export async function applyUnit(sql: Sql, file: SqlFile, unit: ExecutionUnit, check: string): Promise<void> {
  const first = unit.statements[0]
  const last = unit.statements.at(-1)
  if (!first || !last) return
  const bytes = Buffer.from(file.text, 'utf8')
  const end = last.startByte + Buffer.byteLength(last.text, 'utf8')
  const text = bytes.subarray(first.startByte, end).toString('utf8')
  try {
    await runScript(sql, text)
  } catch (error) {
    const refusal = databaseError(error)
    if (!refusal) throw error
    const skipped = [...bytes.subarray(0, first.startByte).toString('utf8')].length
    const position =
      refusal.offset === undefined ? first.position : positionsOf(file.text).atCharacter(skipped + refusal.offset)
    const details = [refusal.detail, refusal.hint].filter(Boolean).join(' ')
    throw new RefusedFileError(
      {
        check,
        severity: 'error',
        file: file.shown,
        ...position,
        what: `PostgreSQL refuses it: ${refusal.message} (SQLSTATE ${refusal.sqlState}).`,
        why: details || 'A file that does not run cannot be deployed.',
        fix: 'Correct the statement and run the command again.',
      },
      error,
    )
  }
}
