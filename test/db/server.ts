import type { TestProject } from 'vitest/node'
import { withConnection } from '../../tools/lib/sql.ts'
import { startCluster } from '../../tools/stack/cluster.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The server that the tests of the migration tools share, as the superuser, and its database with PayD's migrations. */
    readonly toolsServer: { readonly port: number; readonly adminUrl: string; readonly migrated: string }
  }
}

/** Starts one server for all files that need no server of their own, because a start costs more than most of their tests. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startCluster({ migrated: true })
  try {
    // A role belongs to the whole server, so one that came and went would look to a proof beside it like a change.
    await withConnection(cluster.adminUrl, (sql) => sql.unsafe(ROLE_THAT_RLS_STOPS))
    await cluster.createProject('blank_project', { privileges: 'strict' })
    for (const name of ['blank_project', cluster.project])
      await analyseCatalogues(cluster.urlFor(name, 'supabase_admin'))
  } catch (error) {
    await cluster.stop()
    throw error
  }
  const { port, adminUrl } = cluster
  project.provide('toolsServer', { port, adminUrl, migrated: cluster.project })
  return () => cluster.stop()
}

const ROLE_THAT_RLS_STOPS = `create role stopped login nobypassrls password 'stopped' in role postgres`

/**
 * Lets the planner know how large the catalogues are. Clones inherit it, and reading the catalogue, which most of these tests
 * do several times, takes two thirds of the time.
 */
async function analyseCatalogues(url: string): Promise<void> {
  await withConnection(url, async (sql) => {
    const tables = await sql<{ name: string }[]>`
      select format('%I.%I', 'pg_catalog', relname) as name from pg_class
      where relnamespace = 'pg_catalog'::regnamespace and relkind = 'r' and not relisshared`
    await sql.unsafe(`analyze ${tables.map(({ name }) => name).join(', ')}`)
  })
}
