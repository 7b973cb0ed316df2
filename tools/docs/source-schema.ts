import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { withConnection } from '../lib/sql.ts'
import { readShapes, type Shape } from './shape.ts'

/** A server on which a blank project can be made and dropped. */
type Server = {
  createDatabase(name: string): Promise<string>
  dropDatabase(name: string): Promise<void>
}

/** The schema that was asked for, as a catalogue: the server itself reads what the document says. */
export async function readSourceSchema(server: Server): Promise<Shape[]> {
  const name = 'payd_source_document'
  const asked = await readFile(path.join(import.meta.dirname, 'source-schema.sql'), 'utf8')
  try {
    return await withConnection(await server.createDatabase(name), async (sql) => {
      await sql.unsafe(asked).simple()
      return readShapes(sql)
    })
  } finally {
    await server.dropDatabase(name)
  }
}
