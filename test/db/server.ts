import type { TestProject } from 'vitest/node'
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
    await cluster.createProject('blank_project', { privileges: 'strict' })
  } catch (error) {
    await cluster.stop()
    throw error
  }
  const { port, adminUrl } = cluster
  project.provide('toolsServer', { port, adminUrl, migrated: cluster.project })
  return () => cluster.stop()
}
