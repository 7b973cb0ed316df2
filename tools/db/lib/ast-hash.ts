import { createHash } from 'node:crypto'
import { ToolError } from './errors.ts'
import { remembering } from './remember.ts'
import { parseSql } from './sql.ts'

/** Places in a text; they change when a comment or a blank changes, so they are no part of the meaning. */
const PLACES = new Set([
  'location',
  'stmt_location',
  'stmt_len',
  'rexpr_list_start',
  'rexpr_list_end',
  'list_start',
  'list_end',
])

/**
 * SHA-256 of what the statements of a text mean: comments and white space do not count, every constant does, those in
 * function bodies included. (The parser's own `fingerprint()` ignores constants, so it cannot find an edited number.)
 * Throws a ToolError when the text is no SQL.
 */
export const astHash: (text: string) => string = remembering(hashOf)

function hashOf(text: string): string {
  const parsed = parseSql(text)
  if (!parsed.ok) {
    const { line, column } = parsed.error.position
    throw new ToolError(`This SQL cannot be parsed: ${parsed.error.message} (line ${line}, column ${column}).`, {
      fix: 'Correct the statement at that place.',
    })
  }
  const meaning = canonical(parsed.sql.statements.map((statement) => statement.node))
  return createHash('sha256').update(meaning).digest('hex')
}

/** JSON with sorted keys and without places, so that equal meaning gives equal text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (key, entry: unknown) => {
    if (PLACES.has(key)) return undefined
    if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) return entry
    return Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
  })
}
