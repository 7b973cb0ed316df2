import { Asset, Claimant, Keypair, Operation, rpc, xdr } from '@stellar/stellar-sdk'
import { describe, expect, test } from 'vitest'
import { hex, holdAsset, type Json, pair, startWorld, type World } from './support.ts'

const data = (name: string) => Operation.manageData({ name, value: 'x' })
const server = (world: World): rpc.Server => new rpc.Server(`${world.url}/rpc`, { allowHttp: true })

async function call(world: World, method: string, params: unknown = {}): Promise<Json> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 7, method, params })
  return (await fetch(`${world.url}/`, { method: 'POST', body })).json()
}

function keyOf(wire: xdr.LedgerKeyWire): string {
  return Buffer.from(xdr.LedgerKey.schema.encode(wire)).toString('base64')
}

const accountId = (keypair: Keypair): xdr.PublicKeyWire => ({ type: 0, ed25519: keypair.rawPublicKey() })
const accountKey = (keypair: Keypair): string => keyOf({ type: 0, account: { accountId: accountId(keypair) } })

describe('RPC', () => {
  test('names the network, its health and its newest ledger', async () => {
    const world = await startWorld()
    const latest = world.sandbox.closeLedger(3)
    expect(await server(world).getNetwork()).toMatchObject({ passphrase: world.sandbox.networkPassphrase })
    expect(await server(world).getHealth()).toMatchObject({ status: 'healthy', latestLedger: latest, oldestLedger: 1 })
    const ledger = await server(world).getLatestLedger()
    const { body } = await world.get(`/ledgers/${latest}`)
    expect(ledger.id).toBe(body.hash)
    expect(ledger.headerXdr.ledgerSeq).toBe(latest)
    expect(ledger.headerXdr.toXdr('base64')).toBe(body.header_xdr)
  })

  test('sends a transaction and finds it once it is in a ledger', async () => {
    const world = await startWorld()
    const source = await world.person()
    const transaction = await world.build(source, [data('a')])
    const sent = await server(world).sendTransaction(transaction)
    expect(sent).toMatchObject({ status: 'PENDING', hash: hex(transaction.hash()) })
    expect((await server(world).sendTransaction(transaction)).status).toBe('DUPLICATE')
    expect((await server(world).getTransaction(sent.hash)).status).toBe('NOT_FOUND')
    const ledger = world.sandbox.closeLedger()
    const found = await server(world).getTransaction(sent.hash)
    if (found.status !== rpc.Api.GetTransactionStatus.SUCCESS) throw new Error(`The status is ${found.status}.`)
    expect(found).toMatchObject({ ledger, applicationOrder: 1, feeBump: false })
    expect(found.envelopeXdr.toXdr('base64')).toBe(transaction.toXdr())
    expect(found.resultXdr.result.type).toBe('txSuccess')

    const late = await server(world).sendTransaction(await world.build(source, [data('b')], { sequence: '1' }))
    expect(late.status).toBe('ERROR')
    expect(late.errorResult?.result.type).toBe('txBadSeq')
  })

  test('reads ledger entries as XDR in the order of the request, and leaves out what is not there', async () => {
    const world = await startWorld()
    const [issuer, holder] = await pair(world)
    const asset = new Asset('USD', issuer.publicKey())
    await holdAsset(world, issuer, holder, asset, '12.5')
    const transaction = await world.build(holder, [
      Operation.manageData({ name: 'config.memo_required', value: '1' }),
      Operation.createClaimableBalance({ asset, amount: '2', claimants: [new Claimant(issuer.publicKey())] }),
    ])
    await world.send(transaction.toXdr())
    const latest = world.sandbox.closeLedger()
    const balanceHash = Buffer.from(transaction.getClaimableBalanceId(1).slice(8), 'hex')
    const code = Buffer.from('USD\0')
    const keys = [
      keyOf({ type: 4, claimableBalance: { balanceId: { type: 0, v0: balanceHash } } }),
      accountKey(Keypair.random()),
      keyOf({
        type: 1,
        trustLine: {
          accountId: accountId(holder),
          asset: { type: 1, alphaNum4: { assetCode: code, issuer: accountId(issuer) } },
        },
      }),
      keyOf({
        type: 3,
        data: { accountId: accountId(holder), dataName: new xdr.XdrString('config.memo_required') },
      }),
      accountKey(holder),
    ]
    expect(keys.map(({ length }) => length)).toEqual([56, 56, 112, 88, 56])

    const { entries, latestLedger } = await server(world).getLedgerEntries(
      ...keys.map((key) => xdr.LedgerKey.fromXdr(key, 'base64')),
    )
    expect(latestLedger).toBe(latest)
    const [balance, line, memo, account] = entries.map(({ val }) => val)
    if (balance?.type !== 'claimableBalance' || line?.type !== 'trustline') throw new Error('The order is wrong.')
    if (memo?.type !== 'data' || account?.type !== 'account') throw new Error('The order is wrong.')
    expect(balance.claimableBalance.amount).toBe(20_000_000n)
    expect(line.trustLine).toMatchObject({ balance: 105_000_000n, flags: 1, limit: 9223372036854775807n })
    expect(Buffer.from(memo.data.dataValue.toXdrObject()).toString()).toBe('1')
    const horizon = await world.account(holder.publicKey())
    expect(account.account.seqNum).toBe(BigInt(horizon.sequence))
    expect(account.account.numSubEntries).toBe(2)
    expect(account.account.ext).toMatchObject({
      v1: { ext: { v2: { numSponsoring: 1, ext: { v3: { seqLedger: latest } } } } },
    })
    expect(entries.map(({ lastModifiedLedgerSeq }) => lastModifiedLedgerSeq)).toEqual([latest, latest, latest, latest])
  })

  test('reads two hundred keys and refuses one more', async () => {
    const world = await startWorld()
    const source = await world.person()
    const keys = Array.from({ length: 200 }, () => accountKey(source))
    expect((await call(world, 'getLedgerEntries', { keys })).result.entries).toHaveLength(200)
    const { error } = await call(world, 'getLedgerEntries', { keys: [...keys, accountKey(source)] })
    expect(error).toMatchObject({ code: -32602 })
    expect((await call(world, 'getLedgerEntries', { keys: ['AAAA'] })).error.code).toBe(-32602)
    expect((await call(world, 'getLedgerEntries', {})).error.code).toBe(-32602)
  })

  test('may miss a transaction in the newest ledger it names, when told to race as real servers do', async () => {
    const world = await startWorld()
    const source = await world.person()
    const { hash } = await world.must(source, [data('a')])
    world.sandbox.setRpcRace(true)
    const latest = (await world.get('/')).body.history_latest_ledger
    const missed = (await call(world, 'getTransaction', { hash })).result
    expect(missed).toMatchObject({ status: 'NOT_FOUND', latestLedger: latest })
    world.sandbox.closeLedger()
    expect((await call(world, 'getTransaction', { hash })).result.status).toBe('SUCCESS')
  })

  test('says what fees were paid', async () => {
    const world = await startWorld()
    const source = await world.person()
    world.sandbox.setSurge('300')
    await world.must(source, [data('a')], { fee: '400' })
    const stats = await server(world).getFeeStats()
    expect(stats.inclusionFee).toMatchObject({ max: '300', min: '100' })
  })

  test.each([
    ['not json', -32700],
    ['[]', -32700],
    ['{"jsonrpc":"2.0","id":1,"method":"getNothing"}', -32601],
    ['{"jsonrpc":"2.0","id":1,"method":"sendTransaction","params":{"transaction":"AAAA"}}', -32602],
    ['{"jsonrpc":"2.0","id":1,"method":"getTransaction","params":{"hash":"ab"}}', -32602],
  ])('answers %s with code %i', async (body, code) => {
    const world = await startWorld()
    const response = await fetch(`${world.url}/rpc`, { method: 'POST', body })
    expect(((await response.json()) as Json).error.code).toBe(code)
  })

  test('fails and lags like the rest when told to', async () => {
    const world = await startWorld()
    const latest = world.sandbox.closeLedger(5)
    world.sandbox.failReads({ count: 1, how: 503 })
    const failed = await fetch(`${world.url}/rpc`, {
      method: 'POST',
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getHealth' }),
    })
    expect(failed.status).toBe(503)
    world.sandbox.setLag({ ledgers: 2 })
    expect((await call(world, 'getHealth')).result.latestLedger).toBe(latest - 2)
  })
})
