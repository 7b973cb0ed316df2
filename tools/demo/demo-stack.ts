import { join } from 'node:path'
import { Keypair } from '@stellar/stellar-sdk/base'
import { loadKeys } from '../stack/keys.ts'
import { readRunning } from '../stack/running.ts'
import { startStack } from '../stack/stack.ts'
import type { StackNetwork, StackOptions } from '../stack/stack-options.ts'

/** What the demo needs of a running stack. */
export interface DemoStack {
  /** Origin of the gateway. */
  readonly url: string
  readonly publishableKey: string
  /** For the one step that an operator does: enrolling the treasury. */
  readonly secretKey: string
  readonly treasury: Keypair
  readonly horizonUrl: string
  /** Whether the network is a sandbox of this machine, where a crowd may open wallets. */
  readonly hasSandbox: boolean
}

/** The stack that runs on a data folder, or undefined when none does. */
export async function findRunningStack(dataFolder: string): Promise<DemoStack | undefined> {
  const running = await readRunning(dataFolder)
  if (running === undefined) return undefined
  const { url, horizonUrl, hasSandbox = false } = running
  const isAlive = await fetch(`${url}/health`).then(
    (response) => response.ok,
    () => false,
  )
  if (!isAlive) return undefined
  if (horizonUrl === undefined) throw new Error('The running stack has no Stellar network to pay on.')
  return await describe(dataFolder, { url, horizonUrl, hasSandbox })
}

/** A stack of the demo's own. */
export interface PrivateStack {
  readonly stack: DemoStack
  /** Where the mails of the auth service lie. */
  readonly mailFile: string
  /** The database as its superuser, for what time alone would bring. */
  readonly adminUrl: string
  stop(): Promise<void>
}

/**
 * Starts a stack in a temporary folder, which is removed with it, on a network of others or on a sandbox, where a ledger closes every
 * second unless said otherwise.
 */
export async function startPrivateStack(
  ledgerIntervalMs = 1_000,
  network?: StackNetwork,
  options: StackOptions = {},
): Promise<PrivateStack> {
  const stack = await startStack({
    ...options,
    ...(network === undefined ? { sandbox: { ledgerIntervalMs } } : { network }),
  })
  if (stack.network === undefined) throw new Error('The stack started without a Stellar network.')
  const { dataDir, url } = stack
  const described = await describe(dataDir, { url, ...stack.network, hasSandbox: stack.sandbox !== undefined })
  const mailFile = join(stack.logFolder, 'mail.log')
  return { stack: described, mailFile, adminUrl: stack.adminUrl, stop: () => stack.stop() }
}

async function describe(
  dataFolder: string,
  { url, horizonUrl, hasSandbox }: Pick<DemoStack, 'url' | 'horizonUrl' | 'hasSandbox'>,
): Promise<DemoStack> {
  const keys = await loadKeys(dataFolder)
  const treasury = Keypair.fromSecret(keys.treasury.secretKey)
  return { url, publishableKey: keys.publishable, secretKey: keys.secret, treasury, horizonUrl, hasSandbox }
}
