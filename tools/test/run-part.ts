import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

export interface PartResult {
  readonly passed: number
  readonly failed: number
  readonly durationMs: number
  /** What a person needs in order to mend the failure; shown only if something failed. */
  readonly output: string
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
export async function runVitest(project: string): Promise<PartResult> {
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
    ])
    const counts = await readCounts(report)
    const failed = counts.failed + (status !== 0 && counts.failed === 0 ? 1 : 0) + (counts.passed === 0 ? 1 : 0)
    return { passed: counts.passed, failed, durationMs: performance.now() - started, output }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function readCounts(report: string): Promise<{ passed: number; failed: number }> {
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(await readFile(report, 'utf8')) as {
      numPassedTests: number
      numFailedTests: number
      numFailedTestSuites: number
    }
    // A file that could not be loaded has no failed test of its own.
    return { passed: numPassedTests, failed: numFailedTests === 0 && numFailedTestSuites > 0 ? 1 : numFailedTests }
  } catch {
    return { passed: 0, failed: 0 }
  }
}

function execute(command: string, args: readonly string[]): Promise<{ status: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FORCE_COLOR: '0', CI: 'true' },
    })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ status: code ?? 1, output: Buffer.concat(chunks).toString('utf8') }))
  })
}
