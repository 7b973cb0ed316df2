import { join } from 'node:path'
import type { Sql, TransactionSql } from 'postgres'
import { projectRoot } from '../tools/lib/project.ts'
import { connect } from '../tools/lib/sql.ts'
import { startCluster } from '../tools/stack/cluster.ts'
import { assembleSqlFile } from '../tools/test/pgtap-include.ts'

/** An organization of four people who approve, in a migrated database with the builders of the pgTAP tests. */
export interface BenchWorld {
  readonly sql: Sql
  readonly left: Sql
  readonly right: Sql
  /** Runs a statement as a person of the organization, in a transaction of its own. */
  readonly actAs: (
    session: Sql,
    person: string,
    work: (transaction: TransactionSql) => Promise<unknown>,
  ) => Promise<unknown>
  readonly close: () => Promise<void>
}

export async function createWorld(): Promise<BenchWorld> {
  const cluster = await startCluster()
  try {
    await cluster.createDatabase('bench')
    await cluster.migrate('bench')
    const [sql, left, right] = [0, 1, 2].map(() => connect(cluster.urlFor('bench'))) as [Sql, Sql, Sql]
    const { text } = await assembleSqlFile(join(projectRoot(), 'supabase', 'tests', '_shared', 'setup.sql.raw'))
    await sql.unsafe(text).simple()
    await sql`select tests.create_organization_with('Acme', '{ada}', '{max,mia,moe}')`
    await sql`select tests.create_employees('Acme', 3)`
    return {
      sql,
      left,
      right,
      actAs: (session, person, work) =>
        session.begin(async (transaction) => {
          await transaction`select tests.act_as(${person}, 'Acme')`
          return await work(transaction)
        }),
      close: async () => {
        await Promise.all([sql, left, right].map((session) => session.end({ timeout: 5 })))
        await cluster.stop()
      },
    }
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

/** `ok`, or the stable code of the refusal. */
export async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'ok'
  } catch (error) {
    return (error as { detail?: string }).detail ?? String(error)
  }
}
