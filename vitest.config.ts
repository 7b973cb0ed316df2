import { defineConfig } from 'vitest/config'

/**
 * One project for each kind of test, so that a run names the part that failed.
 * The files of `database` share one migrated PostgreSQL server, and those of `tools` share a blank one, started once by a global set-up.
 */
export default defineConfig({
  test: {
    projects: [
      project('unit', ['test/functions/**/*.test.ts', 'test/sdk/**/*.test.ts'], ['test/**/*.integration.test.ts']),
      project('sandbox', ['test/sandbox/**/*.test.ts']),
      project('stack', ['test/stack/**/*.test.ts']),
      withSetup(project('database', ['test/database/**/*.test.ts']), 'test/setup/cluster.ts'),
      twoAtATime(withSetup(project('tools', ['test/db/**/*.test.ts', 'test/docs/**/*.test.ts']), 'test/db/server.ts')),
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

function withSetup(configured: ReturnType<typeof project>, file: string) {
  return { test: { ...configured.test, globalSetup: [file] } }
}

// Most of these files wait for PostgreSQL, the Supabase CLI or a clock, so that a second one fills the processor.
function twoAtATime(configured: ReturnType<typeof withSetup>) {
  return { test: { ...configured.test, maxWorkers: 2 } }
}
