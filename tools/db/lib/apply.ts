import { type DatabaseError, databaseError, runScript, type Sql } from './database.ts'
import { ToolError } from './errors.ts'
import type { Finding } from './finding.ts'
import type { SqlFile } from './migrations.ts'
import { type Position, positionsOf } from './positions.ts'
import { parseSql, type Statement } from './sql.ts'
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
  const end = last.startByte + Buffer.byteLength(last.text, 'utf8')
  const text = Buffer.from(file.text, 'utf8').subarray(first.startByte, end).toString('utf8')
  try {
    await runScript(sql, text)
  } catch (error) {
    const refusal = databaseError(error)
    if (!refusal) throw error
    const culprit = refusal.offset === undefined ? await findCulprit(sql, unit) : undefined
    const position = placeOf(file, culprit?.statement ?? first, culprit?.offset ?? refusal.offset)
    throw new RefusedFileError(refusedFinding(file, position, refusal, check), error)
  }
}

// Most refusals say no place. Nothing of the unit is left, so it is tried again, one statement after the other.
async function findCulprit(
  sql: Sql,
  unit: ExecutionUnit,
): Promise<{ statement: Statement; offset: number | undefined } | undefined> {
  if (!unit.isTransactional) return undefined
  await sql.unsafe('begin')
  try {
    for (const statement of unit.statements) {
      try {
        await sql.unsafe(statement.text).simple()
      } catch (error) {
        return { statement, offset: databaseError(error)?.offset }
      }
    }
    return undefined
  } finally {
    await sql.unsafe('rollback')
  }
}

function placeOf(file: SqlFile, statement: Statement, offset: number | undefined): Position {
  if (offset === undefined) return statement.position
  const before = [...Buffer.from(file.text, 'utf8').subarray(0, statement.startByte).toString('utf8')].length
  return positionsOf(file.text).atCharacter(before + offset)
}

function refusedFinding(file: SqlFile, position: Position, refusal: DatabaseError, check: string): Finding {
  const details = [refusal.detail, refusal.hint].filter(Boolean).join(' ')
  const message = refusal.message.replace(/\.$/, '')
  return {
    check,
    severity: 'error',
    file: file.shown,
    ...position,
    what: `PostgreSQL refuses it: ${message} (SQLSTATE ${refusal.sqlState}).`,
    why: details || 'A file that does not run cannot be deployed.',
    fix: 'Correct the statement and run the command again.',
  }
}
