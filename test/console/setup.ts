import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient } from '@supabase/supabase-js'
import { build } from 'vite'
import type { TestProject } from 'vitest/node'
import { startPrivateStack } from '../../tools/demo/demo-stack.ts'
import { openHorizon } from '../../tools/demo/horizon.ts'
import { keypairOf } from '../../tools/demo/people.ts'
import { assembleTeam, DEMO_PASSWORD } from '../../tools/demo/team.ts'
import { openAccount } from '../../tools/demo/wallets.ts'
import { type Colleague, furnish, peopleOf } from './support/company.ts'
import { FAILED } from './support/failed-folder.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The stack that all tests of the console share, and a company that has something on every page. */
    readonly console: {
      readonly url: string
      readonly secretKey: string
      /** Accounts whose keys the worker of the stack holds; each pays for one company. */
      readonly treasury: string
      readonly secondTreasury: string
      readonly organization: number
      readonly password: string
      readonly newcomers: readonly Colleague[]
      /** Where the mails of the auth service lie. */
      readonly mailFile: string
      readonly horizonUrl: string
      /** The database as its superuser. */
      readonly adminUrl: string
    }
  }
}

/**
 * Builds the console as it stands in the sources, and starts one stack for all files. It is built into a folder of its own: an `npm install` in the
 * checkout, which the tests of the stack run too, builds the console anew, and for that moment its files are gone.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const root = fileURLToPath(new URL('../../console', import.meta.url))
  // Vitest says "test", and React would be built for its developers.
  process.env.NODE_ENV = 'production'
  await rm(FAILED, { recursive: true, force: true })
  const consoleFolder = await mkdtemp(join(tmpdir(), 'payd-console-'))
  const outDir = { outDir: consoleFolder, emptyOutDir: true }
  const treasuries = [keypairOf('console', 'treasury'), keypairOf('console', 'second treasury')] as const
  const secrets = { PAYD_SIGNING_KEYS: JSON.stringify(treasuries.map((keypair) => keypair.secret())) }
  const [, { stack, mailFile, adminUrl, stop: stopStack }] = await Promise.all([
    build({ root, logLevel: 'error', build: outDir }),
    startPrivateStack(200, undefined, { consoleFolder, secrets }),
  ])
  const stop = async () => {
    await stopStack()
    await rm(consoleFolder, { recursive: true, force: true })
  }
  try {
    const horizon = await openHorizon(stack.horizonUrl)
    const newcomers = peopleOf('newcomers')
    const [treasury, secondTreasury] = [treasuries[0].publicKey(), treasuries[1].publicKey()]
    const unsigned = keypairOf('furnished', 'treasury').publicKey()
    const [team] = await Promise.all([
      assembleTeam(stack, 'Acme'),
      ...[treasury, secondTreasury, unsigned, ...newcomers.map(({ wallet }) => wallet)].map((address) =>
        openAccount(horizon, address),
      ),
    ])
    const operator = createClient(stack.url, stack.secretKey, { auth: { persistSession: false } })
    const about = { organization_id: team.organization.id, account_id: unsigned }
    const { error } = await operator.rpc('enroll_source_account', about)
    if (error !== null) throw new Error(`The treasury could not be enrolled: ${error.message}`)
    await furnish(team, unsigned)
    project.provide('console', {
      url: `${stack.url}/console`,
      secretKey: stack.secretKey,
      treasury,
      secondTreasury,
      organization: team.organization.id,
      password: DEMO_PASSWORD,
      newcomers,
      mailFile,
      horizonUrl: stack.horizonUrl,
      adminUrl,
    })
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}
