import type { TestProject } from 'vitest/node'
import { type Cluster, startCluster } from '../../tools/stack/cluster.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where test files find the server and clone its migrated database. */
    readonly cluster: { readonly adminUrl: string; readonly template: string }
  }
}

const TEMPLATE = 'payd_migrated'

/** Starts one server for the whole run and migrates one database, which every test file clones. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster: Cluster = await startCluster()
  try {
    await cluster.createDatabase(TEMPLATE)
    await cluster.migrate(TEMPLATE)
  } catch (error) {
    await cluster.stop()
    throw error
  }
  project.provide('cluster', { adminUrl: cluster.adminUrl, template: TEMPLATE })
  return () => cluster.stop()
}
