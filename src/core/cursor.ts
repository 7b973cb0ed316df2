import { PaydError } from './error.ts'

/** A value that a list is ordered by. */
export type CursorValue = string | number

/**
 * An opaque cursor: the values of the last row, and a mark of the list they belong to. Times stay text, because a Date would lose the
 * microseconds.
 */
export function formatCursor(listKey: string, values: readonly CursorValue[]): string {
  return encode(JSON.stringify([mark(listKey), ...values]))
}

/**
 * The values that a cursor stands for. Throws `invalid_cursor` for one of another list, filter, order or organization, and for
 * anything that is none.
 */
export function parseCursor(listKey: string, length: number, things: string, cursor: unknown): CursorValue[] {
  try {
    const [belongsTo, ...values]: unknown[] = JSON.parse(decode(cursor as string))
    if (belongsTo === mark(listKey) && values.length === length && values.every(isValue)) return values as CursorValue[]
  } catch {
    // Falls through: what cannot be decoded is reported like everything else that is no cursor.
  }
  throw new PaydError(`This is not a cursor of the list of ${things}.`, {
    kind: 'validation_failed',
    code: 'invalid_cursor',
    hint: 'Pass nextCursor of the page before, unchanged, to the same list with the same filter.',
    field: 'after',
  })
}

function isValue(value: unknown): boolean {
  return typeof value === 'number' ? Number.isSafeInteger(value) : typeof value === 'string' && value.length <= 300
}

/** A short hash (FNV-1a): enough to tell lists apart, and no protection, which the row level security is. */
function mark(text: string): string {
  let hash = 2_166_136_261
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619)
  return (hash >>> 0).toString(36)
}

/** base64url of the text's UTF-8, because names are in cursors too. */
function encode(text: string): string {
  const bytes = new TextEncoder().encode(text)
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}

function decode(cursor: string): string {
  const bytes = Uint8Array.from(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
    character.charCodeAt(0),
  )
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}
