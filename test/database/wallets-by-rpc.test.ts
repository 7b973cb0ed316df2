import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import type { Fetch } from '../../supabase/functions/_shared/worker/ports.ts'
import { createSandbox, type Sandbox } from '../../tools/sandbox/index.ts'
import { keypair } from '../support/plans.ts'
import { walkedLedger } from '../support/walked-ledger.ts'
import { createWorld, type World } from './support/world.ts'

const EMPLOYEES = 150

let world: World
let sandbox: Sandbox

beforeAll(async () => {
  world = await createWorld()
  sandbox = await createSandbox({ ledgerIntervalMs: 'manual', seed: 'wallets' })
  await world.sql`select tests.create_organization_with('Acme', '{ada}')`
  const addresses = Array.from({ length: EMPLOYEES }, (_, index) => keypair(1_000 + index).publicKey())
  await world.sql`
    select tests.create_employee('Acme', 'person' || place, wallet_address => address)
    from unnest(${addresses}::text[]) with ordinality as given (address, place)`
})
afterAll(async () => {
  await sandbox.close()
  await world.close()
})

test('an RPC server reads a hundred wallets a request, and an unchanged wallet is only stamped', async () => {
  const addresses = await world.sql<{ address: string }[]>`select wallet_address as address from public.wallets`
  await sandbox.fund([keypair(100).publicKey(), ...addresses.slice(1).map(({ address }) => address)])
  const ledger = await walkedLedger(world.sql, sandbox, keypair(100))
  await world.sql`select private.configure_network(${sandbox.networkPassphrase}, ${sandbox.url}, ${`${sandbox.url}/rpc`})`
  const asked: string[] = []
  const counted: Fetch = (url, init) => {
    asked.push(`${new URL(url).pathname} ${/"method":"(\w+)"/.exec(init.body ?? '')?.[1] ?? ''}`.trim())
    return systemFetch(url, init)
  }
  expect(await ledger.readWallets(counted)).toMatchObject({ claimed: EMPLOYEES + 1, updated: EMPLOYEES + 1 })
  // The first batch is small, because the worker learns from it that there is an RPC server.
  expect(asked.filter((request) => request.endsWith('getLedgerEntries'))).toHaveLength(3)
  expect(asked.filter((request) => request.startsWith('/accounts/'))).toHaveLength(1)

  const [gone] =
    await world.sql`select count(*) from public.wallets where account_state = 'missing' and gone_since_ledger is null`
  expect(gone?.count).toBe('1')
  const changes = () => world.sql`select max(updated_at) as last from public.wallets`
  const before = await changes()
  sandbox.closeLedger()
  expect(await ledger.readWallets(counted)).toMatchObject({ updated: 0, unchanged: EMPLOYEES + 1 })
  expect(await changes()).toEqual(before)
})
