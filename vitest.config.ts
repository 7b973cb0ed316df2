import { defineConfig } from 'vitest/config'

/**
 * One project for each kind of test, so that a run names the part that failed.
 * The files of `database` share one migrated PostgreSQL server, and those of `tools` share a blank one, started once by a global set-up.
 */
export default defineConfig({
  test: {
    // Left to itself vitest uses one less than there are processors, which is one where there are two; and tests wait a lot.
    maxWorkers: 2,
    projects: [
      shared(
        project(
          'unit',
          ['house', 'contract', 'stellar', 'workers', 'payment', 'ledger', 'webhooks', 'sdk'].map(
            (room) => `test/${room}/**/*.test.ts`,
          ),
          ['test/**/*.integration.test.ts'],
        ),
      ),
      shared(withSetup(project('package', ['test/package/**/*.test.ts']), 'test/package/build.ts')),
      shared(project('sandbox', ['test/sandbox/**/*.test.ts'])),
      shared(withSetup(project('console', ['test/console/**/*.test.ts']), 'test/console/setup.ts')),
      shared(project('python', ['test/python/**/*.test.ts'])),
      shared(project('stack', ['test/stack/**/*.test.ts'])),
      shared(withSetup(project('database', ['test/database/**/*.test.ts']), 'test/setup/cluster.ts')),
      withShortLivedCli(
        shared(withSetup(project('tools', ['test/db/**/*.test.ts', 'test/docs/**/*.test.ts']), 'test/db/server.ts')),
      ),
      shared(
        project('integration', [
          'test/**/*.integration.test.ts',
          'test/integration/**/*.test.ts',
          'test/attacks/**/*.test.ts',
          'test/faults/**/*.test.ts',
        ]),
      ),
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
      isolate: true,
    },
  }
}

function withSetup(configured: ReturnType<typeof project>, file: string) {
  return { test: { ...configured.test, globalSetup: [file] } }
}

/**
 * The files of one worker share its modules, because loading the Stellar SDK, the auth service and our own code anew for each
 * file takes longer than most files. A file must therefore put back what it changes in its process.
 */
function shared(configured: ReturnType<typeof project>) {
  return { test: { ...configured.test, isolate: false } }
}

/**
 * The Supabase CLI runs on Bun, whose optimising compiler costs a quarter of the processor time of a push and never pays for itself in
 * a program that ends after a second. Bun refuses a switch that it does not know, so a release without this one fails at once.
 */
function withShortLivedCli<Configured extends ReturnType<typeof project>>(configured: Configured) {
  return { test: { ...configured.test, env: { BUN_JSC_useDFGJIT: '0' } } }
}
