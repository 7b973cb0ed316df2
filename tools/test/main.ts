import { parseArgs } from 'node:util'
import { PARTS, type Part } from './parts.ts'
import { printFailure, printPart, printSummary } from './report.ts'
import type { PartResult } from './run-part.ts'
import { useTemporaryFolder } from './temporary-folder.ts'

const HELP = `npm test [-- <part> …]

Runs everything that must pass, or only the parts named:

${PARTS.map((part) => `  ${part.name.padEnd(12)} ${part.proves}`).join('\n')}

The last line is "N passed, N failed". The exit status is 1 if anything failed.`

/**
 * Many parts wait for ledgers and processes rather than for the processor, so two run at a time. Those that keep both processors busy run
 * alone, at the end.
 */
const LANES = 2

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean', short: 'h' } },
})

if (values.help) {
  console.log(HELP)
} else {
  process.exitCode = await runTests(positionals)
}

async function runTests(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !PARTS.some((part) => part.name === name))
  if (unknown.length > 0) {
    console.error(`There is no part ${unknown.join(', ')}. The parts are ${PARTS.map((part) => part.name).join(', ')}.`)
    return 2
  }

  const chosen: readonly Part[] = names.length === 0 ? PARTS : PARTS.filter((part) => names.includes(part.name))
  const removeTemporaryFolder = await useTemporaryFolder()
  const results: PartResult[] = []
  try {
    await runInLanes(
      chosen.filter(({ isAlone }) => isAlone !== true),
      LANES,
      results,
    )
    await runInLanes(
      chosen.filter(({ isAlone }) => isAlone === true),
      1,
      results,
    )
  } finally {
    await removeTemporaryFolder()
  }

  printSummary(results)
  return results.some((result) => result.failed > 0) ? 1 : 0
}

async function runInLanes(parts: readonly Part[], lanes: number, results: PartResult[]): Promise<void> {
  const waiting = [...parts]
  const work = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      if (part.needs !== undefined && !(await part.needs.isThere())) {
        console.log(`absent  ${part.name.padEnd(12)} it needs ${part.needs.what}`)
        continue
      }
      const result = await part.run()
      results.push(result)
      printPart(part, result)
      if (result.failed > 0) printFailure(result)
    }
  }
  await Promise.all(Array.from({ length: lanes }, work))
}
