import type { TestProject } from 'vitest/node'
import { type Cluster, startCluster } from '../../tools/stack/cluster.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where test files find the server and clone its migrated database. */
    readonly cluster: { readonly adminUrl: string; readonly template: string }
  }
}

/** The database of the run that looks like a Supabase project without migrations. */
const BLANK = 'blank_project'

/** Starts one server for the whole run, with one migrated database, which every test file clones. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster: Cluster = await startCluster({ migrated: true })
  try {
    await cluster.createProject(BLANK, { privileges: 'strict' })
  } catch (error) {
    await cluster.stop()
    throw error
  }
  project.provide('cluster', { adminUrl: cluster.adminUrl, template: cluster.project })
  return () => cluster.stop()
}
