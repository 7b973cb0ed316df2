/** A place in a text, both counted from 1; the column counts characters. */
export type Position = { readonly line: number; readonly column: number }

/** Turns offsets of a text into places; the parser counts bytes in trees and characters in error messages. */
export type PositionMap = {
  atByte(offset: number): Position
  atCharacter(offset: number): Position
}

/** The places of one text. */
export function positionsOf(text: string): PositionMap {
  // Most files are ASCII, where bytes, characters and code units are the same; only the others need a decoded prefix.
  const bytes = Buffer.from(text, 'utf8')
  const isAscii = bytes.length === text.length
  const characters = isAscii ? undefined : [...text]
  return {
    atByte: (offset) => place(isAscii ? text.slice(0, offset) : bytes.subarray(0, offset).toString('utf8')),
    atCharacter: (offset) => place(characters ? characters.slice(0, offset).join('') : text.slice(0, offset)),
  }
}

function place(prefix: string): Position {
  const lineStart = prefix.lastIndexOf('\n') + 1
  let line = 1
  for (let index = prefix.indexOf('\n'); index !== -1; index = prefix.indexOf('\n', index + 1)) line += 1
  return { line, column: [...prefix.slice(lineStart)].length + 1 }
}
