import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** A SQL file with everything it includes, and where each line comes from. */
export type AssembledSql = {
  readonly text: string
  /** `<path>:<line>` of a position in the text (1 = its first character), as PostgreSQL counts positions. */
  placeOf(position: number): string
}

const INCLUDE = /^\\(?:ir|include_relative)\s+(?:'([^']+)'|(\S+))\s*;?\s*$/

/**
 * The file with every `\ir path` replaced by that file, as psql does it. Throws when an included file is missing or
 * includes itself.
 */
export async function assembleSqlFile(path: string): Promise<AssembledSql> {
  const lines = await readLines(path, [])
  const text = lines.map((line) => line.text).join('\n')
  return {
    text,
    placeOf: (position) => {
      // PostgreSQL counts characters, JavaScript counts UTF-16 units.
      const index = [...text].slice(0, position - 1).filter((character) => character === '\n').length
      const line = lines[index]
      return line ? `${line.path}:${line.number}` : path
    },
  }
}

type Line = { readonly text: string; readonly path: string; readonly number: number }

async function readLines(path: string, includedBy: readonly string[]): Promise<Line[]> {
  if (includedBy.includes(path)) throw new Error(`${path} includes itself: ${[...includedBy, path].join(' -> ')}.`)
  const content = await readFile(path, 'utf8').catch((cause: unknown) => {
    const from = includedBy.at(-1)
    throw new Error(`The file ${path} cannot be read${from ? `; ${from} includes it with \\ir` : ''}.`, { cause })
  })
  const lines: Line[] = []
  for (const [index, text] of content.split('\n').entries()) {
    const match = INCLUDE.exec(text)
    const target = match?.[1] ?? match?.[2]
    if (target === undefined) lines.push({ text, path, number: index + 1 })
    else lines.push(...(await readLines(resolve(dirname(path), target), [...includedBy, path])))
  }
  return lines
}
