import { join, relative } from 'node:path'
import { styleText } from 'node:util'
import { errorText } from '../lib/error-text.ts'
import { freePort, PortTakenError } from '../lib/ports.ts'
import { FolderInUseError } from '../stack/lock.ts'
import { readRunning } from '../stack/running.ts'
import type { Progress, Stack } from '../stack/stack-options.ts'
import type { StartArguments } from './arguments.ts'

const NAME_WIDTH = 66

/** Prints one finished step of the start. */
export function printStep({ name, durationMs }: Progress): void {
  const stream = process.stdout
  const seconds = styleText('dim', `${(durationMs / 1000).toFixed(2)} s`.padStart(8), { stream })
  stream.write(`  ${styleText('green', '✓', { stream })} ${name.padEnd(NAME_WIDTH)} ${seconds}\n`)
}

/** Prints addresses and keys, as `supabase status` does. */
export function printReport(stack: Stack, durationMs: number): void {
  const lines: [string, string][] = [
    ['Console', `${stack.url}/console/`],
    ['API URL', stack.url],
    ['DB URL', stack.databaseUrl],
    [stack.sandbox ? 'Stellar sandbox URL' : 'Horizon URL', stack.network?.horizonUrl ?? 'none'],
    ['Network passphrase', stack.network?.passphrase ?? 'none'],
    ['Publishable key', stack.keys.publishable],
    ['Secret key', stack.keys.secret],
    ['Secret key "cron"', stack.keys.cron],
    ['JWT secret', stack.keys.jwtSecret],
    ['Treasury', stack.treasury.publicKey],
    ['Mails', relative(process.cwd(), join(stack.logFolder, 'mail.log'))],
    ['Logs', relative(process.cwd(), stack.logFolder) || stack.logFolder],
  ]
  const report = lines.map(([name, value]) => `  ${name.padStart(19)}: ${value}`).join('\n')
  process.stdout.write(`\nReady after ${(durationMs / 1000).toFixed(1)} s.\n\n${report}\n`)
}

/** Says who can open the console: the people of the demo, or the person who makes an account. */
export function printSignIns(stack: Stack, people: readonly string[], password: string): void {
  const lines =
    people.length === 0
      ? ['Open it in a browser and create an account there: any e-mail address will do on this machine.']
      : [...people.map((person) => `${person}`), `Password of each: ${password}`]
  process.stdout.write(`\nThe console: ${stack.url}/console/\n${lines.map((line) => `  ${line}\n`).join('')}`)
}

/** Says why the start failed and what to do about it. */
export async function explainFailure(error: unknown, wanted: StartArguments): Promise<string> {
  if (error instanceof FolderInUseError) return explainRunning(error, wanted)
  if (error instanceof PortTakenError) {
    const other = wanted.port === 54_400 ? await freePort() : 54_400
    return `Port ${error.port} is in use by another program. Choose another one:\n  npm start -- --port ${other}`
  }
  const sentence = `PayD did not start. ${errorText(error)}`
  if (!sentence.includes('supabase db push')) return sentence
  return `${sentence}\n\nIf the folder holds data of other migrations than these, forget it: npm start -- --fresh`
}

async function explainRunning(error: FolderInUseError, wanted: StartArguments): Promise<string> {
  const running = await readRunning(wanted.dataFolder)
  const { pid } = error.holder
  const where = running?.pid === pid ? `at ${running.url}` : 'and is still starting or stopping'
  return [
    `PayD runs already ${where} (process ${pid}).`,
    `Stop it with Ctrl-C in its terminal, or from here:\n  kill ${pid}`,
    `Or start a second one with its own data beside it:\n  npm start -- --port 54400 --data .payd-2`,
  ].join('\n')
}
