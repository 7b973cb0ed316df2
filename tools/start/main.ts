/** `npm start`: the whole of PayD on this machine, and a payroll as proof, until Ctrl-C. */
import { enableCompileCache } from 'node:module'
import { compileCacheFolder } from '../lib/project.ts'
import type { Stack } from '../stack/stack-options.ts'
import { readStartArguments, type StartArguments, StartUsageError, USAGE } from './arguments.ts'
import { payFirstPayroll } from './first-payroll.ts'
import type { WebhookPage } from './webhook-page.ts'

// A terminal that was closed must not keep the stack from ending in good order.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
// The demo may still wait for something when it is interrupted, so the process does not end by itself.
process.exit(await main(process.argv.slice(2)))

async function main(words: readonly string[]): Promise<number> {
  let wanted: StartArguments
  try {
    wanted = readStartArguments(words)
  } catch (error) {
    if (!(error instanceof StartUsageError)) throw error
    process.stderr.write(`${error.message}\n"npm start -- --help" shows what there is.\n`)
    return 2
  }
  if (wanted.help) {
    process.stdout.write(USAGE)
    return 0
  }
  return run(wanted)
}

async function run(wanted: StartArguments): Promise<number> {
  const asked = stopRequest()
  const begin = performance.now()
  process.stdout.write('\nPayD starts on this machine.\n\n')
  enableCompileCache(compileCacheFolder())
  // Loaded only now, so that the modules come out of the cache.
  const [{ startStack }, { explainFailure, printReport, printStep }, { startWebhookPage }] = await Promise.all([
    import('../stack/stack.ts'),
    import('./report.ts'),
    import('./webhook-page.ts'),
  ])
  try {
    const stack = await startStack({
      dataDir: wanted.dataFolder,
      port: wanted.port,
      databasePort: wanted.port + 9,
      sandboxPort: wanted.port + 10,
      fresh: wanted.fresh,
      ...(wanted.network && { network: wanted.network }),
      onProgress: printStep,
    })
    const page = await startWebhookPage(wanted.port + 8)
    try {
      printReport(stack, performance.now() - begin)
      process.stdout.write(`  ${'Webhooks arrive at'.padStart(19)}: ${page.url}\n`)
      return await untilEnd(stack, asked, wanted, page)
    } finally {
      await page.close()
      await stack.stop()
    }
  } catch (error) {
    process.stderr.write(`\n${await explainFailure(error, wanted)}\n`)
    return 1
  }
}

async function untilEnd(stack: Stack, asked: StopRequest, wanted: StartArguments, page: WebhookPage): Promise<number> {
  const ended = Promise.race([asked.promise, stack.failed])
  const outcome =
    wanted.demo && !asked.isMade() ? await Promise.race([ended, payFirstPayroll(stack.dataDir, page)]) : {}
  if (typeof outcome === 'object') {
    if (outcome.failure) process.stderr.write(`\nThe demo failed, but PayD itself runs. ${outcome.failure}\n`)
    await sayWhoSignsIn(stack, wanted.demo)
    process.stdout.write('\nPayD runs. Stop it with Ctrl-C.\n')
  }
  const reason = await ended
  if (reason === 'stop') {
    process.stdout.write('\nStopping. Press Ctrl-C again to stop at once.\n')
    return 0
  }
  process.stderr.write(`\n${reason}\nPayD cannot go on without it and stops. Logs: ${stack.logFolder}\n`)
  return 1
}

async function sayWhoSignsIn(stack: Stack, hasDemo: boolean): Promise<void> {
  const [{ printSignIns }, { DEMO_PASSWORD, DEMO_PEOPLE }] = await Promise.all([
    import('./report.ts'),
    import('../demo/team.ts'),
  ])
  printSignIns(stack, hasDemo ? DEMO_PEOPLE : [], DEMO_PASSWORD)
}

type StopRequest = { readonly promise: Promise<'stop'>; isMade(): boolean }

/** Fulfilled by the first signal to stop. On the second the process ends at once, and its keeper ends the parts. */
function stopRequest(): StopRequest {
  let isMade = false
  const promise = new Promise<'stop'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (isMade) process.exit(130)
        isMade = true
        resolve('stop')
      })
    }
  })
  return { promise, isMade: () => isMade }
}
