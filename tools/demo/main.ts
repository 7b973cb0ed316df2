/** `npm run demo`: people from a file, paid on a ledger, and the proof that the books are equal. */
import { enableCompileCache } from 'node:module'
import { compileCacheFolder } from '../lib/project.ts'
import { readArguments, USAGE, UsageError } from './arguments.ts'

enableCompileCache(compileCacheFolder())
process.exitCode = await main(process.argv.slice(2))

async function main(words: readonly string[]): Promise<number> {
  try {
    const wanted = readArguments(words)
    if (wanted.help) {
      process.stdout.write(USAGE)
      return 0
    }
    // Loaded only now, so that the modules come out of the cache, and a mistake is answered without them.
    const { demonstrate } = await import('./demonstrate.ts')
    return await demonstrate(wanted)
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n\n${USAGE}`)
      return 2
    }
    process.stderr.write(`\nThe demo failed. ${describe(error)}\n`)
    return 1
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const hint = 'hint' in error && typeof error.hint === 'string' ? ` ${error.hint}` : ''
  return `${error.message}${hint}`
}
