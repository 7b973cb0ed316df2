import { createWriteStream } from 'node:fs'
import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Sql } from '../lib/database.ts'

/**
 * Writes what a `copy … to stdout` sends into a file, through the given transformations. The driver's stream may stall for
 * ever when it is piped: it pauses its socket after the reader asked for more. Read piece by piece it does not.
 */
export async function copyToFile(
  sql: Sql,
  copy: string,
  path: string,
  transformations: readonly Transform[] = [],
): Promise<void> {
  const rows = await sql.unsafe(copy).readable()
  const pieces = async function* (): AsyncGenerator<Buffer> {
    for await (const piece of rows) yield piece as Buffer
  }
  await pipeline([Readable.from(pieces()), ...transformations, createWriteStream(path, { mode: 0o600 })])
  // When the last piece fills the stream's buffer, the driver pauses its socket, and after the end no reader goes on: the
  // session's next answer would never arrive.
  rows._read(0)
}
