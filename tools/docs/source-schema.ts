import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { withConnection } from '../lib/sql.ts'
import type { Cluster } from '../stack/cluster.ts'
import { readShapes, type Shape } from './shape.ts'

/** The schema that was asked for, as a catalogue: the server itself reads what the document says. */
export async function readSourceSchema(cluster: Pick<Cluster, 'createDatabase' | 'dropDatabase'>): Promise<Shape[]> {
  const name = 'payd_source_document'
  const asked = await readFile(path.join(import.meta.dirname, 'source-schema.sql'), 'utf8')
  try {
    return await withConnection(await cluster.createDatabase(name), async (sql) => {
      await sql.unsafe(asked).simple()
      return readShapes(sql)
    })
  } finally {
    await cluster.dropDatabase(name)
  }
}
