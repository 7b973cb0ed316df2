import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Cluster } from '../stack/cluster.ts'
import { connect } from '../stack/sql.ts'
import { readShapes, type Shape } from './shape.ts'

/** The schema that was asked for, as a catalogue: the server itself reads what the document says. */
export async function readSourceSchema(cluster: Pick<Cluster, 'createDatabase' | 'dropDatabase'>): Promise<Shape[]> {
  const name = 'payd_source_document'
  const sql = connect(await cluster.createDatabase(name))
  try {
    await sql.unsafe(await readFile(path.join(import.meta.dirname, 'source-schema.sql'), 'utf8')).simple()
    return await readShapes(sql)
  } finally {
    await sql.end()
    await cluster.dropDatabase(name)
  }
}
