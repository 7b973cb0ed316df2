import { resolve } from 'node:path'
import { projectRoot } from '../lib/project.ts'
import type { DemoArguments } from './arguments.ts'
import { type DemoStack, findRunningStack, startPrivateStack } from './demo-stack.ts'
import { formatReceipt, isProven } from './receipt.ts'
import { runDemo, stopwatch } from './run.ts'
import { madeUp, peopleFor } from './source.ts'
import { tellSteps } from './steps.ts'
import { formatSummary } from './summary.ts'

type Wanted = Extract<DemoArguments, { help: false }>

/** Runs the demo that was asked for and prints its receipt. Returns the exit code: 0 when everything is proven. */
export async function demonstrate(wanted: Wanted): Promise<number> {
  const total = stopwatch()
  const output = wanted.json ? process.stderr : process.stdout
  const step = tellSteps(output)
  output.write('\n')
  const { stack, stop, isPrivate } = await step(() => openStack(wanted), describeStack)
  const stackSeconds = isPrivate ? total() : 0
  try {
    const { employees, seed } = wanted
    const source = employees === undefined ? await peopleFor(stack) : madeUp(seed, employees)
    const result = await runDemo({ stack, step, ...source })
    output.write(formatReceipt(result, output))
    if (wanted.json) process.stdout.write(`${formatSummary(result, { stack: stackSeconds, total: total() })}\n`)
    return isProven(result) ? 0 : 1
  } finally {
    await stop()
  }
}

interface OpenStack {
  readonly stack: DemoStack
  readonly isPrivate: boolean
  stop(): Promise<void>
}

/** The stack of `npm start` for the plain demo, if there is one; made-up people and measurements get a stack of their own. */
async function openStack({ json, employees, network, data }: Wanted): Promise<OpenStack> {
  const running = json || employees !== undefined ? undefined : await findRunningStack(resolve(projectRoot(), data))
  if (running !== undefined) return { stack: running, isPrivate: false, stop: async () => undefined }
  return { ...(await startPrivateStack(undefined, network)), isPrivate: true }
}

function describeStack({ stack, isPrivate }: OpenStack): string {
  return isPrivate ? `Started a stack of its own at ${stack.url}` : `Found the running stack at ${stack.url}`
}
