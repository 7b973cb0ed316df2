import { defineConfig } from 'vitest/config'

/**
 * One project for each kind of test, so that a run names the part that failed.
 * `database` and `integration` share one migrated PostgreSQL server, started once by their global set-up.
 */
export default defineConfig({
  test: {
    projects: [
      project('unit', ['test/functions/**/*.test.ts', 'test/sdk/**/*.test.ts'], ['test/**/*.integration.test.ts']),
      project('sandbox', ['test/sandbox/**/*.test.ts']),
      project('stack', ['test/stack/**/*.test.ts']),
      withCluster(project('database', ['test/database/**/*.test.ts'])),
      project('tools', ['test/db/**/*.test.ts', 'test/docs/**/*.test.ts']),
      project('integration', ['test/**/*.integration.test.ts', 'test/integration/**/*.test.ts']),
    ],
  },
})

function project(name: string, include: string[], exclude: string[] = []) {
  return {
    test: {
      name,
      include,
      exclude,
      // A hang must end; no promise is measured by these limits.
      testTimeout: 300_000,
      hookTimeout: 300_000,
      globalSetup: [] as string[],
    },
  }
}

function withCluster(configured: ReturnType<typeof project>) {
  return { test: { ...configured.test, globalSetup: ['test/setup/cluster.ts'] } }
}
