import {
  Account,
  Asset,
  Claimant,
  Horizon,
  type Keypair,
  Memo,
  MuxedAccount,
  NotFoundError,
  Operation,
  TransactionBuilder,
} from '@stellar/stellar-sdk'
import { describe, expect, test } from 'vitest'
import { hex, holdAsset, type Op, one, pair, startWorld, type World } from './support.ts'

const data = (name: string): Op => Operation.manageData({ name, value: 'x' })
const pay = (to: Keypair, amount: string): Op =>
  Operation.payment({ destination: to.publicKey(), asset: Asset.native(), amount })

function server(world: World): Horizon.Server {
  return new Horizon.Server(world.url, { allowHttp: true })
}

describe('the SDK reads', () => {
  test('an account with its balances, signers and data', async () => {
    const world = await startWorld()
    const [issuer, holder] = await pair(world)
    const usd = new Asset('USD', issuer.publicKey())
    await holdAsset(world, issuer, holder, usd, '12.5')
    await world.must(holder, [Operation.manageData({ name: 'config.memo_required', value: '1' })])

    const account = await server(world).loadAccount(holder.publicKey())
    expect(account.balances).toMatchObject([
      {
        asset_type: 'credit_alphanum4',
        asset_code: 'USD',
        asset_issuer: issuer.publicKey(),
        balance: '12.5000000',
        limit: '922337203685.4775807',
        is_authorized: true,
        is_authorized_to_maintain_liabilities: true,
      },
      { asset_type: 'native', balance: '9999.9999800' },
    ])
    expect(one(account.balances)).not.toHaveProperty('is_clawback_enabled')
    expect(account.data_attr).toEqual({ 'config.memo_required': 'MQ==' })
    expect(account.signers).toEqual([{ key: holder.publicKey(), weight: 1, type: 'ed25519_public_key' }])
    expect(account.subentry_count).toBe(2)
  })

  test('a submitted transaction, its operations, effects and payments', async () => {
    const world = await startWorld({ ledgerIntervalMs: 20, submitTimeoutMs: 30_000 })
    const [source, to] = await pair(world)
    const horizon = server(world)
    const transaction = new TransactionBuilder(await horizon.loadAccount(source.publicKey()), {
      fee: '100',
      networkPassphrase: world.sandbox.networkPassphrase,
      timebounds: { minTime: 0, maxTime: world.now() + 60 },
      memo: Memo.text('PAY-2026-11'),
    })
      .addOperation(pay(to, '12.3456789'))
      .addOperation(data('a'))
      .build()
    transaction.sign(source)
    const submitted = await horizon.submitTransaction(transaction)
    const hash = hex(transaction.hash())

    expect(submitted).toMatchObject({ hash, successful: true })
    const read = await horizon.transactions().transaction(hash).call()
    expect(read).toMatchObject({
      memo: 'PAY-2026-11',
      memo_type: 'text',
      fee_charged: '200',
      operation_count: 2,
      envelope_xdr: transaction.toXdr(),
      source_account_sequence: transaction.sequence,
    })
    const operations = await horizon.operations().forTransaction(hash).call()
    expect(operations.records.map(({ type }) => type)).toEqual(['payment', 'manage_data'])
    const payments = await horizon.payments().forAccount(to.publicKey()).join('transactions').call()
    expect(payments.records.at(-1)).toMatchObject({ type: 'payment', amount: '12.3456789', from: source.publicKey() })
    const effects = await horizon.effects().forAccount(to.publicKey()).order('desc').limit(1).call()
    expect(effects.records).toMatchObject([{ type: 'account_credited', amount: '12.3456789', asset_type: 'native' }])
  })

  test('a claimable balance by the id the SDK computes, until it is claimed', async () => {
    const world = await startWorld()
    const [source, claimant] = await pair(world)
    const until = Claimant.predicateBeforeAbsoluteTime(String(world.now() + 600))
    const transaction = await world.build(source, [
      data('first'),
      Operation.createClaimableBalance({
        asset: Asset.native(),
        amount: '7',
        claimants: [
          new Claimant(claimant.publicKey(), until),
          new Claimant(source.publicKey(), Claimant.predicateNot(until)),
        ],
      }),
    ])
    await world.send(transaction.toXdr())
    world.sandbox.closeLedger()
    const id = transaction.getClaimableBalanceId(1)

    const balance = await server(world).claimableBalances().claimableBalance(id).call()
    const epoch = String(world.now() + 600)
    expect(balance).toMatchObject({
      id,
      amount: '7.0000000',
      asset: 'native',
      sponsor: source.publicKey(),
      claimants: [
        { destination: claimant.publicKey(), predicate: { abs_before_epoch: epoch } },
        { destination: source.publicKey(), predicate: { not: { abs_before_epoch: epoch } } },
      ],
    })
    const found = await server(world).claimableBalances().sponsor(source.publicKey()).call()
    expect(found.records.map((record) => record.id)).toEqual([id])
    expect((await world.account(source.publicKey())).num_sponsoring).toBe(2)

    await world.must(claimant, [Operation.claimClaimableBalance({ balanceId: id })])
    await expect(server(world).claimableBalances().claimableBalance(id).call()).rejects.toThrow(NotFoundError)
    expect((await world.account(source.publicKey())).num_sponsoring).toBe(0)
    const history = (await world.get(`/claimable_balances/${id}/operations?order=desc`)).body._embedded.records
    expect(history.map((record: { type: string }) => record.type)).toEqual([
      'claim_claimable_balance',
      'create_claimable_balance',
    ])
    // The sponsor's entry changed, so the claim is in the sponsor's transactions too, but not in its operations.
    const sponsored = (await world.get(`/accounts/${source.publicKey()}/transactions?order=desc&limit=1`)).body
    expect(one<{ source_account: string }>(sponsored._embedded.records).source_account).toBe(claimant.publicKey())
  })

  test('muxed addresses with their ids as texts', async () => {
    const world = await startWorld()
    const [source, to] = await pair(world)
    const muxed = new MuxedAccount(new Account(to.publicKey(), '0'), '18446744073709551615').accountId()
    await world.must(source, [Operation.payment({ destination: muxed, asset: Asset.native(), amount: '1' })])
    const records = (await world.get(`/accounts/${to.publicKey()}/payments?order=desc&limit=1`)).body._embedded.records
    expect(records).toMatchObject([{ to: to.publicKey(), to_muxed: muxed, to_muxed_id: '18446744073709551615' }])
  })
})
