import { hasSqlDetails, loadModule, type Node, type ParseResult, parseSync } from 'libpg-query'
import { type Position, type PositionMap, positionsOf } from './positions.ts'
import { remembering } from './remember.ts'

/** One statement of a file with its syntax tree and its place. */
export type Statement = {
  /** Node type, such as `CreateStmt`. */
  readonly kind: string
  readonly node: Node
  /** The text without leading comments and without the semicolon. */
  readonly text: string
  /** Byte offset of the text in the file, which tree locations are relative to as well. */
  readonly startByte: number
  readonly position: Position
}

/** A file that PostgreSQL's own parser understood. */
export type ParsedSql = {
  readonly text: string
  readonly statements: readonly Statement[]
  readonly positions: PositionMap
}

/** Why and where PostgreSQL's parser gave up. */
export type SqlSyntaxError = { readonly message: string; readonly position: Position }

export type ParseOutcome =
  | { readonly ok: true; readonly sql: ParsedSql }
  | { readonly ok: false; readonly error: SqlSyntaxError }

await loadModule()

/** Parses a whole file with PostgreSQL's own grammar; never throws for wrong SQL. Callers must not change what it returns. */
export const parseSql: (text: string) => ParseOutcome = remembering(parse)

function parse(text: string): ParseOutcome {
  const positions = positionsOf(text)
  // The parser raises for a text in which there is nothing at all, such as a file that "supabase migration new" has just made.
  if (text.trim() === '') return { ok: true, sql: { text, statements: [], positions } }
  try {
    const tree: ParseResult = parseSync(text)
    const bytes = Buffer.from(text, 'utf8')
    const statements = (tree.stmts ?? []).flatMap((raw) => {
      if (!raw.stmt) return []
      const from = raw.stmt_location ?? 0
      const to = raw.stmt_len ? from + raw.stmt_len : bytes.length
      return [toStatement(raw.stmt, bytes, from, to, positions)]
    })
    return { ok: true, sql: { text, statements, positions } }
  } catch (error) {
    if (error instanceof Error && hasSqlDetails(error)) {
      const position = positions.atCharacter(Math.max(0, error.sqlDetails.cursorPosition))
      return { ok: false, error: { message: error.message, position } }
    }
    throw error
  }
}

/** The node type of a tree, such as `CreateStmt`. */
export const kindOf = (node: Node): string => Object.keys(node)[0] ?? ''

function toStatement(node: Node, bytes: Buffer, from: number, to: number, positions: PositionMap): Statement {
  const raw = bytes.subarray(from, to).toString('utf8')
  const leading = leadingBlankLength(raw)
  const startByte = from + Buffer.byteLength(raw.slice(0, leading), 'utf8')
  return {
    kind: kindOf(node),
    node,
    text: raw.slice(leading).replace(/[\s;]+$/, ''),
    startByte,
    position: positions.atByte(startByte),
  }
}

function leadingBlankLength(text: string): number {
  const blank = /(?:\s|--[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*\*\/)*/y
  blank.test(text)
  return blank.lastIndex
}
