import type { Part } from './parts.ts'
import type { PartResult } from './run-part.ts'

export function printPart(part: Part, result: PartResult): void {
  const verdict = result.failed === 0 ? 'ok    ' : 'FAILED'
  const seconds = `${(result.durationMs / 1000).toFixed(1)} s`
  console.log(
    `${verdict}  ${part.name.padEnd(12)} ${String(result.passed).padStart(5)} passed ${String(result.failed).padStart(3)} failed  ${seconds.padStart(8)}`,
  )
}

export function printFailure(result: PartResult): void {
  console.log(`\n${result.output.trimEnd()}\n`)
}

/** Names every test that failed, because the output of a part can be thousands of lines above, and counts all. */
export function printSummary(results: readonly PartResult[]): void {
  for (const failure of results.flatMap((result) => result.failures ?? [])) console.log(`failed: ${failure}`)
  const passed = results.reduce((sum, result) => sum + result.passed, 0)
  const failed = results.reduce((sum, result) => sum + result.failed, 0)
  console.log(`${passed} passed, ${failed} failed`)
}
