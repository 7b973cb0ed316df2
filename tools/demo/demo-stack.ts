import { Keypair } from '@stellar/stellar-sdk/base'
import { loadKeys } from '../stack/keys.ts'
import { readRunning } from '../stack/running.ts'
import { startStack } from '../stack/stack.ts'

/** What the demo needs of a running stack. */
export interface DemoStack {
  /** Origin of the gateway. */
  readonly url: string
  readonly publishableKey: string
  /** For the one step that an operator does: enrolling the treasury. */
  readonly secretKey: string
  readonly treasury: Keypair
  readonly horizonUrl: string
}

/** The stack that runs on a data folder, or undefined when none does. */
export async function findRunningStack(dataFolder: string): Promise<DemoStack | undefined> {
  const running = await readRunning(dataFolder)
  if (running === undefined) return undefined
  const { url, sandboxUrl } = running
  const isAlive = await fetch(`${url}/health`).then(
    (response) => response.ok,
    () => false,
  )
  if (!isAlive) return undefined
  if (sandboxUrl === undefined) throw new Error('The running stack has no Stellar sandbox to pay on.')
  return await describe(dataFolder, url, sandboxUrl)
}

/** A stack of the demo's own. */
export interface PrivateStack {
  readonly stack: DemoStack
  stop(): Promise<void>
}

/** Starts a stack in a temporary folder, which is removed with it. A ledger closes every second unless said otherwise. */
export async function startPrivateStack(ledgerIntervalMs = 1_000): Promise<PrivateStack> {
  const stack = await startStack({ sandbox: { ledgerIntervalMs } })
  if (stack.sandbox === undefined) throw new Error('The stack started without a Stellar sandbox.')
  return { stack: await describe(stack.dataDir, stack.url, stack.sandbox.url), stop: () => stack.stop() }
}

async function describe(dataFolder: string, url: string, horizonUrl: string): Promise<DemoStack> {
  const keys = await loadKeys(dataFolder)
  const treasury = Keypair.fromSecret(keys.treasury.secretKey)
  return { url, publishableKey: keys.publishable, secretKey: keys.secret, treasury, horizonUrl }
}
