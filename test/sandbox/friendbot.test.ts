import { Horizon, Keypair, Operation } from '@stellar/stellar-sdk'
import { describe, expect, test } from 'vitest'
import { createSandbox } from '../../tools/sandbox/index.ts'
import { nativeOf, startWorld } from './support.ts'

const addresses = (count: number): string[] => Array.from({ length: count }, () => Keypair.random().publicKey())

describe('friendbot', () => {
  test('creates an account with 10,000 XLM by a real transaction, once', async () => {
    const world = await startWorld({ ledgerIntervalMs: 20 })
    const [address = ''] = addresses(1)
    const funded = await new Horizon.Server(world.url, { allowHttp: true }).friendbot(address).call()
    expect(funded).toMatchObject({ successful: true })
    expect(nativeOf(await world.account(address))).toBe('10000.0000000')

    const again = await world.get(`/friendbot?addr=${address}`)
    expect(again.status).toBe(400)
    expect(again.body.detail).toContain('already funded')
  })

  test('two requests for one address at once create one account', async () => {
    const world = await startWorld({ ledgerIntervalMs: 20 })
    const [address = ''] = addresses(1)
    const answers = await Promise.all([1, 2].map(() => world.get(`/friendbot?addr=${address}`)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
  })

  test('funds hundreds of accounts in one ledger, at most a hundred in one transaction', async () => {
    const world = await startWorld()
    const many = addresses(250)
    await world.sandbox.fund(many)
    const { body } = await world.get('/ledgers?order=desc&limit=1')
    expect(body._embedded.records).toMatchObject([{ operation_count: 250, successful_transaction_count: 3 }])
    for (const address of [many[0], many[100], many[249]]) {
      expect(nativeOf(await world.account(address ?? ''))).toBe('10000.0000000')
    }
  })

  test('an address that somebody else creates in the same ledger does not spoil the others', async () => {
    const world = await startWorld()
    const source = await world.person()
    const [taken = '', free = ''] = addresses(2)
    const create = Operation.createAccount({ destination: taken, startingBalance: '5' })
    await world.send((await world.build(source, [create])).toXdr())
    await world.sandbox.fund([taken, free])
    expect(nativeOf(await world.account(taken))).toBe('5.0000000')
    expect(nativeOf(await world.account(free))).toBe('10000.0000000')
  })

  test('refuses what is no address', async () => {
    const world = await startWorld()
    for (const query of ['', '?addr=', '?addr=GABC', `?addr=${Keypair.random().secret()}`]) {
      const { status, body } = await world.get(`/friendbot${query}`)
      expect(status).toBe(400)
      expect(body.extras.invalid_field).toBe('addr')
    }
    await expect(world.sandbox.fund(['GABC'])).rejects.toThrow('not a G… address')
  })

  test('gives no other network the same account: another seed is another network with another root', async () => {
    const [one, two] = [await createSandbox({ seed: 'one' }), await createSandbox({ seed: 'two' })]
    try {
      expect(one.networkPassphrase).toBe('PayD Sandbox ; one')
      expect(two.networkPassphrase).toBe('PayD Sandbox ; two')
      const ledgers = [one.status(), two.status()].map(({ ledger_hash }) => ledger_hash)
      expect(ledgers[0]).not.toBe(ledgers[1])
    } finally {
      await Promise.all([one.close(), two.close()])
    }
  })
})
