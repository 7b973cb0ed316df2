import { Asset, Horizon, type Keypair, Operation } from '@stellar/stellar-sdk'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exchange } from '../../../tools/sandbox/core/exchange.ts'
import { holdAsset, type Json, nativeOf, type Op, startWorld, type World } from '../support.ts'
import { type Case, promiseCodes, trio, usd } from './cases.ts'

const XLM = Asset.native()
const INT64_MAX = 9223372036854775807n

/** A maker with 100 USD, a taker with XLM only that trusts USD, and the issuer. */
async function market(world: World): Promise<{ maker: Keypair; taker: Keypair; issuer: Keypair; asset: Asset }> {
  const [maker, taker, issuer] = await trio(world)
  const asset = usd(issuer)
  await holdAsset(world, issuer, maker, asset, '100')
  await holdAsset(world, issuer, taker, asset, '0')
  return { maker, taker, issuer, asset }
}

const sell = (
  selling: Asset,
  buying: Asset,
  amount: string,
  price: string | { n: number; d: number },
  offerId = '0',
): Op => Operation.manageSellOffer({ selling, buying, amount, price, offerId })

const credit = (account: Json): Json => account.balances.find((line: Json) => line.asset_code === 'USD')
const native = (account: Json): Json => account.balances.at(-1)
const offersOf = async (world: World, account: Keypair): Promise<Json[]> =>
  (await world.get(`/accounts/${account.publicKey()}/offers`)).body._embedded.records

describe('an offer', () => {
  test('stands in the book and reserves what it promises', async () => {
    const world = await startWorld()
    const { maker, asset } = await market(world)
    await world.must(maker, [sell(asset, XLM, '40', '2.5')])
    const [offer] = await offersOf(world, maker)
    expect(offer).toMatchObject({ id: '1', amount: '40.0000000', price: '2.5000000', price_r: { n: 5, d: 2 } })
    const account = await world.account(maker.publicKey())
    expect(credit(account).selling_liabilities).toBe('40.0000000')
    expect(native(account).buying_liabilities).toBe('100.0000000')
    expect(account.subentry_count).toBe(2)
    expect((await world.get('/offers/1')).body.seller).toBe(maker.publicKey())
    const spend = await world.run(maker, [
      Operation.payment({ destination: asset.getIssuer() ?? '', asset, amount: '60.0000001' }),
    ])
    expect(spend.codes?.operations).toEqual(['op_underfunded'])
  })

  test('is taken in part: amounts, liabilities, trades and effects agree', async () => {
    const world = await startWorld()
    const { maker, taker, asset } = await market(world)
    await world.must(maker, [sell(asset, XLM, '40', '2.5')])
    const { hash, result } = await world.must(taker, [sell(XLM, asset, '25', { n: 2, d: 5 })])
    expect(credit(await world.account(taker.publicKey())).balance).toBe('10.0000000')
    expect(nativeOf(await world.account(maker.publicKey()))).toBe('10024.9999800')
    const [offer] = await offersOf(world, maker)
    expect(offer.amount).toBe('30.0000000')
    expect(credit(await world.account(maker.publicKey())).selling_liabilities).toBe('30.0000000')
    expect(await offersOf(world, taker)).toEqual([])
    const effects = (await world.get(`/transactions/${hash}/effects`)).body._embedded.records
    expect(effects.map(({ type, account }: Json) => [type, account])).toEqual([
      ['trade', taker.publicKey()],
      ['trade', maker.publicKey()],
    ])
    expect(effects[0]).toMatchObject({
      seller: maker.publicKey(),
      sold_amount: '25.0000000',
      bought_amount: '10.0000000',
    })
    expect(JSON.stringify(result)).toBeDefined()
  })

  test('that is better than another is taken first, and what is left stands in the book', async () => {
    const world = await startWorld()
    const { maker, taker, asset } = await market(world)
    await world.must(maker, [sell(asset, XLM, '10', '3'), sell(asset, XLM, '10', '2')])
    await world.must(taker, [
      Operation.manageBuyOffer({ selling: XLM, buying: asset, buyAmount: '15', price: '2.5', offerId: '0' }),
    ])
    expect(credit(await world.account(taker.publicKey())).balance).toBe('10.0000000')
    const [bid] = await offersOf(world, taker)
    expect(bid).toMatchObject({ amount: '12.5000000', price: '0.4000000' })
    const book = (await world.get(`/order_book?selling=USD:${asset.getIssuer()}&buying=native`)).body
    expect(book.asks).toEqual([{ price_r: { n: 3, d: 1 }, price: '3.0000000', amount: '10.0000000' }])
    expect(book.bids).toEqual([{ price_r: { n: 5, d: 2 }, price: '2.5000000', amount: '12.5000000' }])
  })

  test('is changed and taken back by its number', async () => {
    const world = await startWorld()
    const { maker, asset } = await market(world)
    await world.must(maker, [sell(asset, XLM, '40', '2')])
    await world.must(maker, [sell(asset, XLM, '20', '4', '1')])
    expect((await offersOf(world, maker))[0]).toMatchObject({ id: '1', amount: '20.0000000', price: '4.0000000' })
    await world.must(maker, [sell(asset, XLM, '0', '4', '1')])
    expect(await offersOf(world, maker)).toEqual([])
    const account = await world.account(maker.publicKey())
    expect([credit(account).selling_liabilities, native(account).buying_liabilities]).toEqual([
      '0.0000000',
      '0.0000000',
    ])
    expect(account.subentry_count).toBe(1)
  })

  test('that is passive lets an offer of its own price stand', async () => {
    const world = await startWorld()
    const { maker, taker, asset } = await market(world)
    await world.must(maker, [sell(asset, XLM, '10', '2')])
    const passive = (price: string): Op =>
      Operation.createPassiveSellOffer({ selling: XLM, buying: asset, amount: '10', price })
    await world.must(taker, [passive('0.5')])
    expect(await offersOf(world, maker)).toHaveLength(1)
    await world.must(taker, [passive('0.4')])
    expect((await offersOf(world, maker))[0].amount).toBe('5.0000000')
  })

  test('of a frozen holder is removed from the book', async () => {
    const world = await startWorld()
    const { maker, issuer, asset } = await market(world)
    await world.must(maker, [sell(asset, XLM, '40', '2')])
    await world.must(issuer, [
      Operation.setOptions({ setFlags: 2 as never }),
      Operation.setTrustLineFlags({ trustor: maker.publicKey(), asset, flags: { authorized: false } }),
    ])
    expect(await offersOf(world, maker)).toEqual([])
    const account = await world.account(maker.publicKey())
    expect([credit(account).selling_liabilities, native(account).buying_liabilities]).toEqual([
      '0.0000000',
      '0.0000000',
    ])
  })
})

describe('path payments', () => {
  test('give exactly what was asked for, and say what it cost', async () => {
    const world = await startWorld()
    const { maker, taker, issuer, asset } = await market(world)
    await world.must(maker, [sell(asset, XLM, '40', '2.5')])
    const { hash } = await world.must(taker, [
      Operation.pathPaymentStrictReceive({
        sendAsset: XLM,
        sendMax: '30',
        destination: issuer.publicKey(),
        destAsset: asset,
        destAmount: '10',
        path: [],
      }),
    ])
    const [operation] = (await world.get(`/transactions/${hash}/operations`)).body._embedded.records
    expect(operation).toMatchObject({
      type: 'path_payment_strict_receive',
      amount: '10.0000000',
      source_amount: '25.0000000',
      source_max: '30.0000000',
      source_asset_type: 'native',
      asset_code: 'USD',
    })
    expect(nativeOf(await world.account(taker.publicKey()))).toBe('9974.9999800')
    const payments = (await world.get(`/accounts/${taker.publicKey()}/payments`)).body._embedded.records
    expect(payments.at(-1).type).toBe('path_payment_strict_receive')
  })

  test('send exactly what was given, through an asset in between', async () => {
    const world = await startWorld()
    const { maker, taker, issuer, asset } = await market(world)
    const euro = new Asset('EUR', issuer.publicKey())
    await world.must(maker, [Operation.changeTrust({ asset: euro })])
    await world.must(taker, [Operation.changeTrust({ asset: euro })])
    await world.must(issuer, [Operation.payment({ destination: maker.publicKey(), asset: euro, amount: '50' })])
    await world.must(maker, [sell(asset, XLM, '40', '2'), sell(euro, asset, '40', '1.25')])
    const sdk = new Horizon.Server(world.url, { allowHttp: true })
    const found = await sdk.strictSendPaths(XLM, '25', [euro]).call()
    expect(found.records[0]).toMatchObject({ source_amount: '25.0000000', destination_amount: '10.0000000' })
    expect(found.records[0]?.path.map(({ asset_code }) => asset_code)).toEqual(['USD'])
    const back = await sdk.strictReceivePaths([XLM], euro, '10').call()
    expect(back.records[0]).toMatchObject({ source_amount: '25.0000000', destination_amount: '10.0000000' })
    const { hash } = await world.must(taker, [
      Operation.pathPaymentStrictSend({
        sendAsset: XLM,
        sendAmount: '25',
        destination: taker.publicKey(),
        destAsset: euro,
        destMin: '9',
        path: [asset],
      }),
    ])
    const [operation] = (await world.get(`/transactions/${hash}/operations`)).body._embedded.records
    expect(operation).toMatchObject({ amount: '10.0000000', source_amount: '25.0000000', destination_min: '9.0000000' })
    expect(world.sandbox.dump().operations.find((one) => one.hash === hash)).toMatchObject({
      type: 'path_payment_strict_send',
      amount: '10.0000000',
      asset: `EUR:${issuer.publicKey()}`,
      destination: taker.publicKey(),
    })
  })
})

const strictSend = (destMin: string) => async (world: World) => {
  const { maker, taker, issuer, asset } = await market(world)
  await world.must(maker, [sell(asset, XLM, '40', '2')])
  const operation = Operation.pathPaymentStrictSend({
    sendAsset: XLM,
    sendAmount: destMin === '999' ? '900' : '10',
    destination: issuer.publicKey(),
    destAsset: asset,
    destMin,
    path: [],
  })
  return { source: taker, operations: [operation] }
}

const cases: Case[] = [
  [
    'to sell what it does not trust',
    'op_sell_no_trust',
    'manageSellOfferSellNoTrust',
    async (world) => {
      const [source, issuer] = await trio(world)
      return { source, operations: [sell(usd(issuer), XLM, '1', '1')] }
    },
  ],
  [
    'to buy what it does not trust',
    'op_buy_no_trust',
    'manageSellOfferBuyNoTrust',
    async (world) => {
      const [source, issuer] = await trio(world)
      return { source, operations: [sell(XLM, usd(issuer), '1', '1')] }
    },
  ],
  [
    'of more than it has',
    'op_underfunded',
    'manageSellOfferUnderfunded',
    async (world) => {
      const { maker, asset } = await market(world)
      return { source: maker, operations: [sell(asset, XLM, '100.0000001', '1')] }
    },
  ],
  [
    'that crosses its own',
    'op_cross_self',
    'manageSellOfferCrossSelf',
    async (world) => {
      const { maker, asset } = await market(world)
      return { source: maker, operations: [sell(asset, XLM, '10', '1'), sell(XLM, asset, '10', '1')] }
    },
  ],
  [
    'with an unknown number',
    'op_offer_not_found',
    'manageSellOfferNotFound',
    async (world) => {
      const { maker, asset } = await market(world)
      return { source: maker, operations: [sell(asset, XLM, '10', '1', '77')] }
    },
  ],
  [
    'of an asset for itself',
    'op_malformed',
    'manageSellOfferMalformed',
    async (world) => {
      const { maker, asset } = await market(world)
      return { source: maker, operations: [sell(asset, asset, '10', '1')] }
    },
  ],
  [
    'of a path that gives too little',
    'op_under_dest_min',
    'pathPaymentStrictSendUnderDestmin',
    strictSend('5.0000001'),
  ],
  ['of a path without enough offers', 'op_too_few_offers', 'pathPaymentStrictSendTooFewOffers', strictSend('999')],
  [
    'of a path that costs too much',
    'op_over_source_max',
    'pathPaymentStrictReceiveOverSendmax',
    async (world) => {
      const { maker, taker, issuer, asset } = await market(world)
      await world.must(maker, [sell(asset, XLM, '40', '2')])
      const operation = Operation.pathPaymentStrictReceive({
        sendAsset: XLM,
        sendMax: '19.9999999',
        destination: issuer.publicKey(),
        destAsset: asset,
        destAmount: '10',
        path: [],
      })
      return { source: taker, operations: [operation] }
    },
  ],
]

promiseCodes('an offer or path', cases)

describe('the exchange', () => {
  test('never gives more than either side has, and never moves the price by more than one percent', () => {
    const amount = fc.bigInt({ min: 1n, max: 10n ** 15n })
    const part = fc.integer({ min: 1, max: 2 ** 31 - 1 })
    fc.assert(
      fc.property(part, part, amount, amount, (n, d, wheatSend, sheepSend) => {
        const limits = { wheatSend, wheatReceive: INT64_MAX, sheepSend, sheepReceive: INT64_MAX }
        const { wheat, sheep } = exchange({ n, d }, limits, 'offer')
        expect(wheat <= wheatSend && sheep <= sheepSend && wheat >= 0n && sheep >= 0n).toBe(true)
        expect(wheat === 0n).toBe(sheep === 0n)
        const value = wheat * BigInt(n)
        const paid = sheep * BigInt(d)
        const gap = value > paid ? value - paid : paid - value
        expect(100n * gap <= value).toBe(true)
      }),
    )
  })
})

describe('assets', () => {
  test('are listed with who holds how much', async () => {
    const world = await startWorld()
    const { issuer, asset } = await market(world)
    const sdk = new Horizon.Server(world.url, { allowHttp: true })
    const { records } = await sdk.assets().forIssuer(issuer.publicKey()).call()
    expect(records).toHaveLength(1)
    expect(records[0]).toMatchObject({
      asset_code: asset.getCode(),
      accounts: { authorized: 2, unauthorized: 0 },
      balances: { authorized: '100.0000000' },
    })
  })
})
