import { createHash } from 'node:crypto'
import {
  Address,
  Contract,
  nativeToScVal,
  Operation,
  rpc,
  scValToNative,
  TransactionBuilder,
  type xdr,
} from '@stellar/stellar-sdk'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import { syncContracts } from '../../supabase/functions/horizon-sync/contracts.ts'
import { syncDatabase } from '../../supabase/functions/horizon-sync/database.ts'
import { type SyncPorts, startTurn } from '../../supabase/functions/horizon-sync/turn.ts'
import { createSandbox, type Sandbox } from '../../tools/sandbox/index.ts'
import { testClock } from '../support/clock.ts'
import { address, keypair } from '../support/plans.ts'
import { sqlRpc } from '../support/sql-rpc.ts'
import { createWorld, type World } from './support/world.ts'

const FIRST = Buffer.from('0061736d01000000', 'hex')
const SECOND = Buffer.from('0061736d0100000001', 'hex')
const hashOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()
const deployer = keypair(7)

let world: World
let sandbox: Sandbox

beforeEach(async () => {
  world = await createWorld()
  await world.sql`select tests.create_organization_with('Acme', '{ada}')`
  sandbox = await createSandbox({ ledgerIntervalMs: 'manual', seed: 'contracts' })
  await sandbox.fund([deployer.publicKey(), address(30)])
  await world.sql`select private.configure_network(${sandbox.networkPassphrase}, ${sandbox.url}, ${`${sandbox.url}/rpc`})`
  await world.sql`select public.enroll_source_account(tests.organization_id('Acme'), ${address(30)})`
})
afterEach(async () => {
  await sandbox.close()
  await world.close()
})

describe('contracts', () => {
  test('are read event by event, once each, and compared with their code on the ledger', async () => {
    const contract = await deployed()
    await world.sql`select public.register_contract('Escrow', ${contract}, ${hashOf(FIRST).toString('hex')})`
    const big = nativeToScVal(9007199254740993n, { type: 'i128' })
    await call(new Contract(contract).call('released', new Address(address(30)).toScVal(), big))
    await call(new Contract(contract).call('paused'))
    await sync()
    await sync()
    expect(await rowsOf('select event_type from public.contract_events order by id')).toEqual(['released', 'paused'])
    // A number beyond 2^53 is an exact text.
    const exact = `select data::text like '%"9007199254740993"%' from public.contract_events order by id limit 1`
    expect(await rowsOf(exact)).toEqual(['true'])
    // The event that names the account of Acme is Acme's; the other one is everybody's.
    expect(await rowsOf('select organization_id is not null from public.contract_events order by id')).toEqual([
      'true',
      'false',
    ])
    expect(await rowsOf(`select count(*) from public.events where type = 'contract.event'`)).toEqual(['1'])
    expect(await rowsOf('select deployment from private.contract_walks')).toEqual(['matches'])
  })

  test('that are upgraded are upgraded by what the ledger shows; other code is named', async () => {
    const contract = await deployed()
    await world.sql`select public.register_contract('Escrow', ${contract}, ${hashOf(FIRST).toString('hex')})`
    const second = hashOf(SECOND).toString('hex')
    await world.sql`select public.start_contract_upgrade(${contract}, ${second}, ${deployer.publicKey()})`
    const advance = (status: string) => world.sql`
      select public.record_contract_upgrade(id, ${status}, '{}', ${'a'.repeat(64)}) from public.contract_upgrade_logs`
    for (const status of ['simulated', 'confirmed', 'executing']) await advance(status)
    await sync()
    expect(await rowsOf('select status from public.contract_upgrade_logs')).toEqual(['executing'])

    await call(Operation.uploadContractWasm({ wasm: SECOND }))
    await call(new Contract(contract).call('upgrade', nativeToScVal(hashOf(SECOND), { type: 'bytes' })))
    await sync()
    expect(await rowsOf('select status from public.contract_upgrade_logs')).toEqual(['completed'])
    expect(await rowsOf('select current_wasm_hash from public.contract_registry')).toEqual([second])

    await call(new Contract(contract).call('upgrade', nativeToScVal(hashOf(FIRST), { type: 'bytes' })))
    await sync()
    expect(await rowsOf('select deployment from private.contract_walks')).toEqual(['differs'])
    expect(await rowsOf(`select kind from private.check_contracts(null)`)).toEqual(['contract_code_differs'])
  })

  test('whose upgrade fails on the ledger are not upgraded, with the reason that the ledger gives', async () => {
    const contract = await deployed()
    await world.sql`select public.register_contract('Escrow', ${contract}, ${hashOf(FIRST).toString('hex')})`
    // The code was never uploaded when the transaction reaches the ledger.
    const upgrade = new Contract(contract).call('upgrade', nativeToScVal(hashOf(SECOND), { type: 'bytes' }))
    const failed = await signedAlthoughItFails(upgrade, contract)
    await world.sql`
      select public.start_contract_upgrade(${contract}, ${hashOf(SECOND).toString('hex')}, ${deployer.publicKey()})`
    for (const status of ['simulated', 'confirmed', 'executing']) {
      await world.sql`
        select public.record_contract_upgrade(id, ${status}, '{}', ${failed.hash}) from public.contract_upgrade_logs`
    }
    // Until the ledger shows the transaction, nothing is known of it.
    await sync()
    expect(await rowsOf('select status from public.contract_upgrade_logs')).toEqual(['executing'])

    await failed.send()
    await sync()
    await sync()
    const log = `select concat_ws(' | ', status, error_message, completed_at is not null) from public.contract_upgrade_logs`
    expect(await rowsOf(log)).toEqual(['failed | The transaction failed on the ledger: op_trapped. | t'])
    expect(await rowsOf('select current_wasm_hash from public.contract_registry')).toEqual([
      hashOf(FIRST).toString('hex'),
    ])
    expect(await rowsOf('select deployment from private.contract_walks')).toEqual(['matches'])
    // The contract is free for the next upgrade.
    await world.sql`
      select public.start_contract_upgrade(${contract}, ${hashOf(SECOND).toString('hex')}, ${deployer.publicKey()})`
  })

  test('whose events the server no longer keeps have a gap with its ledgers', async () => {
    const contract = await deployed()
    await world.sql`select public.register_contract('Escrow', ${contract}, ${hashOf(FIRST).toString('hex')})`
    await sync()
    const elder = sandbox.closeLedger(30)
    sandbox.addFault({ kind: 'reaped', elder })
    await call(new Contract(contract).call('paused'))
    await sync()
    await sync()
    expect(await rowsOf('select to_ledger from private.contract_gaps')).toEqual([String(elder - 1)])
    expect(await rowsOf('select event_type from public.contract_events')).toEqual(['paused'])
  })
})

/** Time passes until every contract is due, and the worker is rung once. */
async function sync(): Promise<void> {
  await world.sql`update private.contract_walks set next_read_at = now(), lease_token = null, leased_until = null`
  const clock = testClock(Date.now())
  const database = syncDatabase(sqlRpc(world.sql))
  const ports: SyncPorts = { clock, fetch: systemFetch, log: () => undefined, database }
  expect(await syncContracts(ports, startTurn(ports))).toMatchObject({ claimed: 1, failed: 0 })
}

async function deployed(): Promise<string> {
  await call(Operation.uploadContractWasm({ wasm: FIRST }))
  const created = await call(
    Operation.createCustomContract({
      address: new Address(deployer.publicKey()),
      wasmHash: hashOf(FIRST),
      salt: Buffer.alloc(32, 7),
    }),
  )
  if (created.status !== 'SUCCESS' || !created.returnValue) throw new Error('The contract was not created.')
  return String(scValToNative(created.returnValue))
}

async function call(operation: xdr.Operation): Promise<rpc.Api.GetTransactionResponse> {
  const server = new rpc.Server(`${sandbox.url}/rpc`, { allowHttp: true })
  const source = await server.getAccount(deployer.publicKey())
  const draft = new TransactionBuilder(source, { fee: '100', networkPassphrase: sandbox.networkPassphrase })
    .addOperation(operation)
    .setTimeout(0)
    .build()
  const prepared = await server.prepareTransaction(draft)
  prepared.sign(deployer)
  const sent = await server.sendTransaction(prepared)
  sandbox.closeLedger()
  return server.getTransaction(sent.hash)
}

/** A call that a simulation of today would refuse: what it touches is taken from a call that is good. */
async function signedAlthoughItFails(operation: xdr.Operation, contract: string) {
  const server = new rpc.Server(`${sandbox.url}/rpc`, { allowHttp: true })
  const draftOf = async (call: xdr.Operation) => {
    const source = await server.getAccount(deployer.publicKey())
    return new TransactionBuilder(source, { fee: '100', networkPassphrase: sandbox.networkPassphrase })
      .addOperation(call)
      .setTimeout(0)
      .build()
  }
  const good = new Contract(contract).call('upgrade', nativeToScVal(hashOf(FIRST), { type: 'bytes' }))
  const simulation = await server.simulateTransaction(await draftOf(good))
  const transaction = rpc.assembleTransaction(await draftOf(operation), simulation).build()
  transaction.sign(deployer)
  return {
    hash: Buffer.from(transaction.hash()).toString('hex'),
    send: async () => {
      await server.sendTransaction(transaction)
      sandbox.closeLedger()
    },
  }
}

/** The first column of a query, as text. */
async function rowsOf(query: string): Promise<readonly string[]> {
  const rows = await world.sql.unsafe<Record<string, unknown>[]>(query)
  return rows.map((row) => String(Object.values(row)[0]))
}
