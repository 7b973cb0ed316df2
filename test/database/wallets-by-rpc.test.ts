import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import type { Fetch } from '../../supabase/functions/_shared/worker/ports.ts'
import { createSandbox, type Fault, type Sandbox } from '../../tools/sandbox/index.ts'
import { keypair } from '../support/plans.ts'
import { type WalkedLedger, walkedLedger } from '../support/walked-ledger.ts'
import { createWorld, type World } from './support/world.ts'

const EMPLOYEES = 150

let world: World
let sandbox: Sandbox
let ledger: WalkedLedger

beforeAll(async () => {
  world = await createWorld()
  sandbox = await createSandbox({ ledgerIntervalMs: 'manual', seed: 'wallets' })
  await world.sql`select tests.create_organization_with('Acme', '{ada}')`
  const addresses = Array.from({ length: EMPLOYEES }, (_, index) => keypair(1_000 + index).publicKey())
  await world.sql`
    select tests.create_employee('Acme', 'person' || place, wallet_address => address)
    from unnest(${addresses}::text[]) with ordinality as given (address, place)`
  // One of them has no account.
  await sandbox.fund([keypair(100).publicKey(), ...addresses.slice(1)])
  ledger = await walkedLedger(world.sql, sandbox, keypair(100))
  await world.sql`select private.configure_network(${sandbox.networkPassphrase}, ${sandbox.url}, ${`${sandbox.url}/rpc`})`
})
afterAll(async () => {
  await sandbox.close()
  await world.close()
})

test('an RPC server reads a hundred wallets a request, and an unchanged wallet is only stamped', async () => {
  const asked: string[] = []
  const counted: Fetch = (url, init) => {
    asked.push(`${new URL(url).pathname} ${/"method":"(\w+)"/.exec(init.body ?? '')?.[1] ?? ''}`.trim())
    return systemFetch(url, init)
  }
  expect(await ledger.readWallets(counted)).toMatchObject({ claimed: EMPLOYEES + 1, updated: EMPLOYEES + 1 })
  expect(asked.filter((request) => request.endsWith('getLedgerEntries'))).toHaveLength(2)
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

test('an RPC server is judged as a Horizon server is: named and told once, and not believed where it lies', async () => {
  const address = `${sandbox.url}/rpc`
  const state = async () => {
    const [known] = await world.sql`select state from private.provider_states where provider = ${address}`
    return known?.state
  }
  const faulty = async (fault: Fault, turns = 1) => {
    const id = sandbox.addFault({ ...fault, count: 'forever' })
    let { read } = await ledger.readWallets()
    for (let turn = 1; turn < turns; turn++) read = (await ledger.readWallets()).read
    sandbox.removeFault(id)
    return { read, state: await state() }
  }
  await ledger.readWallets()
  expect(await state()).toBe('well')

  const sequence = { kind: 'replace', route: 'rpc:getLatestLedger', path: '/result/sequence' } as const
  // The account of the organization itself is read from Horizon, which is well.
  expect(await faulty({ ...sequence, value: 4_294_967_295 })).toEqual({ read: 1, state: 'lying' })
  const passphrase = { kind: 'replace', route: 'rpc:getNetwork', path: '/result/passphrase' } as const
  expect(await faulty({ ...passphrase, value: 'Another ; network' })).toEqual({ read: 1, state: 'wrong_network' })
  const closed = String(Math.floor(Date.now() / 1000) - 90)
  const time = { kind: 'replace', route: 'rpc:getLatestLedger', path: '/result/closeTime', value: closed } as const
  expect(await faulty(time)).toMatchObject({ state: 'lagging' })
  await ledger.readWallets()
  // Where RPC says nothing Horizon is asked instead.
  const silent = { kind: 'status', status: 503, route: 'rpc' } as const
  expect(await faulty(silent, 3)).toEqual({ read: EMPLOYEES + 1, state: 'unreachable' })
  await ledger.readWallets()
  expect(await state()).toBe('well')
  const told = await world.sql`
    select type from public.events where resource_type = 'provider' and resource_id = ${address} order by id`
  expect(told.map(({ type }) => type)).toEqual([
    'provider.lying',
    'provider.wrong_network',
    'provider.lagging',
    'provider.recovered',
    'provider.unreachable',
    'provider.recovered',
  ])
})
