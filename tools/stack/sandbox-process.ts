/** Runs the Stellar sandbox alone. Prints "ready" when it answers; ends on SIGTERM, or when its starter is gone. */
import { createSandbox } from '../sandbox/index.ts'

const sandbox = await createSandbox(JSON.parse(process.argv[2] ?? '{}'))
let isEnding = false

async function end(): Promise<void> {
  if (isEnding) return
  isEnding = true
  await sandbox.close()
  process.exit(0)
}

process.on('SIGTERM', end)
process.stdin.on('end', end).on('error', end).resume()
console.log('ready')
