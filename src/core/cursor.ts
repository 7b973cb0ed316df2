import { refusal } from './error.ts'

/** A value that a list is ordered by. */
export type CursorValue = string | number

/**
 * An opaque cursor: the values of the last row, and a mark of the list they belong to. Times stay text, because a Date would lose the
 * microseconds.
 */
export function formatCursor(listKey: string, values: readonly CursorValue[]): string {
  // Names are in cursors too, and base64 knows bytes only. Of what is left a tilde alone would make a character that URLs escape.
  const text = encodeURIComponent(JSON.stringify([mark(listKey), ...values])).replaceAll('~', '%7E')
  return btoa(text).replace(/=+$/, '')
}

/**
 * The values that a cursor stands for. Throws `invalid_cursor` for one of another list, filter, order or organization, and for
 * anything that is none.
 */
export function parseCursor(listKey: string, length: number, cursor: unknown): CursorValue[] {
  try {
    const [belongsTo, ...values] = JSON.parse(decodeURIComponent(atob(cursor as string)))
    if (belongsTo === mark(listKey) && values.length === length) return values
  } catch {
    // Falls through: what cannot be decoded is reported like everything else that is no cursor.
  }
  throw refusal(
    'invalid_cursor',
    'This is no cursor of this list.',
    'Pass nextCursor to the same list and filter.',
    'after',
  )
}

/** A short hash: enough to tell lists apart, and no protection, which the row level security is. */
function mark(text: string): number {
  let hash = 0
  for (const character of text) hash = (hash * 31 + character.charCodeAt(0)) | 0
  return hash
}
