import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { plainEnvironment } from '../lib/plain-environment.ts'

export interface PartResult {
  readonly passed: number
  readonly failed: number
  readonly durationMs: number
  /** What a person needs in order to mend the failure; shown only if something failed. */
  readonly output: string
  /** The names of the tests that failed, `file: test`, where the runner knows them. */
  readonly failures?: readonly string[]
}

/** Runs a command that passes or fails as a whole: one test. */
export async function runCommand(command: string, args: readonly string[]): Promise<PartResult> {
  const started = performance.now()
  const { status, output } = await execute(command, args)
  return {
    passed: status === 0 ? 1 : 0,
    failed: status === 0 ? 0 : 1,
    durationMs: performance.now() - started,
    output,
  }
}

/** Runs one project of vitest and counts its tests. A run without a single test is a failure, because it proves nothing. */
export async function runVitest(project: string, options: readonly string[] = []): Promise<PartResult> {
  const started = performance.now()
  const folder = await mkdtemp(path.join(tmpdir(), 'payd-test-'))
  try {
    const report = path.join(folder, 'report.json')
    const { status, output } = await execute('vitest', [
      'run',
      `--project=${project}`,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...options,
    ])
    const counts = await readCounts(report)
    const failed = counts.failed + (status !== 0 && counts.failed === 0 ? 1 : 0) + (counts.passed === 0 ? 1 : 0)
    const durationMs = performance.now() - started
    return { passed: counts.passed, failed, durationMs, output, failures: counts.failures }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Counts {
  readonly passed: number
  readonly failed: number
  readonly failures: readonly string[]
}

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numFailedTestSuites: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

async function readCounts(file: string): Promise<Counts> {
  try {
    const report = JSON.parse(await readFile(file, 'utf8')) as Report
    const { numPassedTests: passed, numFailedTests, numFailedTestSuites } = report
    // A file that could not be loaded has no failed test of its own.
    const failed = numFailedTests === 0 && numFailedTestSuites > 0 ? 1 : numFailedTests
    return { passed, failed, failures: report.testResults.flatMap(failuresOf) }
  } catch {
    return { passed: 0, failed: 0, failures: [] }
  }
}

function failuresOf(result: Report['testResults'][number]): string[] {
  const file = path.relative(process.cwd(), result.name)
  const failed = result.assertionResults.filter((test) => test.status === 'failed')
  if (failed.length === 0 && result.status === 'failed') return [`${file}: the file itself`]
  return failed.map((test) => `${file}: ${test.fullName}`)
}

function execute(command: string, args: readonly string[]): Promise<{ status: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: plainEnvironment({ CI: 'true' }),
    })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ status: code ?? 1, output: Buffer.concat(chunks).toString('utf8') }))
  })
}
