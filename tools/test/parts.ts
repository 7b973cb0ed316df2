import { spawnSync } from 'node:child_process'
import { typesFile } from '../lib/project.ts'
import { chromiumProgram } from './chromium.ts'
import { runPgtapPart } from './pgtap-part.ts'
import { hasPostgres15, runPostgres15Part } from './postgres15-part.ts'
import { type PartResult, runCommand, runVitest } from './run-part.ts'

export interface Part {
  readonly name: string
  /** What it proves, for `npm test -- --help`. */
  readonly proves: string
  readonly run: () => Promise<PartResult>
  /** What must be installed for it to run, where npm cannot bring it; CI always has it. */
  readonly needs?: { readonly what: string; readonly isThere: () => Promise<boolean> }
  /** Whether it runs when the others have ended, because it keeps two processors busy by itself. */
  readonly isAlone?: boolean
}

/** Everything that must pass: what costs seconds first, then the longest, so that the two lanes end together. */
export const PARTS: readonly Part[] = [
  {
    name: 'lint',
    proves: 'style and correctness rules (Biome)',
    run: () => runCommand('biome', ['check', '--error-on-warnings', '.']),
  },
  {
    name: 'types',
    proves: 'strict TypeScript',
    // What has not changed since the last run is not checked again; the compiler itself decides what that is.
    run: () => runCommand('tsc', ['--noEmit', '--incremental', '--tsBuildInfoFile', typesFile()]),
  },
  {
    name: 'console-types',
    proves: 'strict TypeScript of the console, on the public types of the package',
    run: () => runCommand('tsc', ['--noEmit', '-p', 'console']),
  },
  { name: 'tools', proves: 'migration tools and generated documents', run: () => runVitest('tools') },
  {
    name: 'integration',
    proves: 'SDK, API, functions and sandbox together, faults included',
    run: () => runVitest('integration'),
  },
  { name: 'stack', proves: 'the local stack and its bad days', run: () => runVitest('stack') },
  {
    name: 'console',
    proves: 'the web app in Chromium, from a spreadsheet to a receipt, on every page and on bad days',
    // One browser at a time: two leave a page waiting for the processor longer than a person would.
    run: () => runVitest('console', ['--no-file-parallelism']),
    isAlone: true,
    needs: {
      what: "Chromium: Debian's package chromium, or the variable CHROMIUM with the path of one",
      isThere: async () => (await chromiumProgram()) !== undefined,
    },
  },
  {
    name: 'database',
    proves: 'concurrency, rollbacks and properties on a real server',
    run: () => runVitest('database'),
  },
  { name: 'unit', proves: 'contract, core, Stellar logic and SDK without a server', run: () => runVitest('unit') },
  {
    name: 'python',
    proves: 'what the documents give to people who write Python',
    run: () => runVitest('python'),
    needs: { what: 'Python 3.9 or later as python3 on PATH', isThere: hasPython },
  },
  { name: 'pgtap', proves: 'tables, rights, rules and state machines in the database', run: runPgtapPart },
  {
    name: 'postgres15',
    proves: 'the same database on PostgreSQL 15, with pg_cron and plpgsql_check',
    run: runPostgres15Part,
    needs: {
      what: 'Debian packages postgresql-15, -cron, -pgtap and -plpgsql-check',
      isThere: hasPostgres15,
    },
  },
  {
    name: 'package',
    proves: 'what is published: its archive in real runtimes, its types',
    run: () => runVitest('package'),
  },
  { name: 'sandbox', proves: 'the Stellar sandbox against the Stellar SDK', run: () => runVitest('sandbox') },
  {
    name: 'demo',
    proves: 'the main job with 25 employees, to proven books',
    run: () => runCommand('node', ['tools/demo/main.ts', '--json', '--employees', '25', '--seed', '1']),
  },
]

async function hasPython(): Promise<boolean> {
  return spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).status === 0
}
