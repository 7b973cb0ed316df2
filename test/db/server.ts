import type { TestProject } from 'vitest/node'
import { startCluster } from '../../tools/stack/cluster.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The server that the tests of the migration tools share, as the superuser. */
    readonly toolsServer: { readonly port: number; readonly adminUrl: string }
  }
}

/** Starts one server for all files that need no server of their own, because a start costs more than most of their tests. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startCluster()
  project.provide('toolsServer', { port: cluster.port, adminUrl: cluster.adminUrl })
  return () => cluster.stop()
}
