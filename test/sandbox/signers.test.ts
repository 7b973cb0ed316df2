import { Keypair, Operation } from '@stellar/stellar-sdk'
import { describe, expect, test } from 'vitest'
import { type Op, pair, startWorld } from './support.ts'

const data = (name: string): Op => Operation.manageData({ name, value: 'x' })

describe('signers and thresholds', () => {
  test('weights add up to the threshold of the operation', async () => {
    const world = await startWorld()
    const source = await world.person()
    const [second, third] = [Keypair.random(), Keypair.random()]
    await world.must(source, [
      Operation.setOptions({ signer: { ed25519PublicKey: second.publicKey(), weight: 1 } }),
      Operation.setOptions({ signer: { ed25519PublicKey: third.publicKey(), weight: 1 } }),
      Operation.setOptions({ masterWeight: 1, lowThreshold: 1, medThreshold: 2, highThreshold: 3 }),
    ])
    const high = Operation.setOptions({ lowThreshold: 1 })

    const alone = await world.run(source, [data('a')])
    expect(alone.codes).toEqual({ transaction: 'tx_failed', operations: ['op_bad_auth'] })
    expect((await world.run(source, [data('a')], { signers: [second, third] })).successful).toBe(true)
    const two = await world.run(source, [high], { signers: [second, third] })
    expect(two.codes).toEqual({ transaction: 'tx_failed', operations: ['op_bad_auth'] })
    expect((await world.run(source, [high], { signers: [second, third, source] })).successful).toBe(true)
  })

  test('a master key without weight signs nothing', async () => {
    const world = await startWorld()
    const source = await world.person()
    const second = Keypair.random()
    await world.must(source, [
      Operation.setOptions({ signer: { ed25519PublicKey: second.publicKey(), weight: 1 }, masterWeight: 0 }),
    ])
    expect((await world.run(source, [data('a')])).codes).toEqual({ transaction: 'tx_bad_auth' })
    expect((await world.run(source, [data('a')], { signers: [second] })).successful).toBe(true)
  })

  test('a signature that became worthless in the same ledger fails there and uses up the sequence', async () => {
    const world = await startWorld()
    const [victim, other] = await pair(world)
    const locking = await world.build(other, [Operation.setOptions({ source: victim.publicKey(), masterWeight: 0 })], {
      signers: [other, victim],
    })
    // Both are valid now; whichever has the lower place applies first, so look for an envelope that comes second.
    const parent = (await world.get('/ledgers?order=desc&limit=1')).body._embedded.records[0].hash
    const place = (hash: string): bigint => BigInt(`0x${hash}`) ^ BigInt(`0x${parent}`)
    const lockingPlace = place(Buffer.from(locking.hash()).toString('hex'))
    let spending = await world.build(victim, [data('a')])
    for (let extra = 1; place(Buffer.from(spending.hash()).toString('hex')) < lockingPlace; extra += 1) {
      spending = await world.build(victim, [data('a')], { maxTime: world.now() + 3600 + extra })
    }
    expect((await world.send(locking.toXdr())).status).toBe(201)
    expect((await world.send(spending.toXdr())).status).toBe(201)
    world.sandbox.closeLedger()

    const { status, body } = await world.post(spending.toXdr())
    expect(status).toBe(400)
    expect(body.extras.result_codes).toEqual({ transaction: 'tx_bad_auth' })
    const { sequence } = await world.account(victim.publicKey())
    expect(sequence).toBe(spending.sequence)
  })
})
