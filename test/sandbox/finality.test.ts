import { Operation } from '@stellar/stellar-sdk'
import { describe, expect, test } from 'vitest'
import { hex, startWorld, type World } from './support.ts'

const data = (name: string) => Operation.manageData({ name, value: 'x' })

/** One state answer: the ledger it shows and the sequence of the account in it. */
async function stateOf(world: World, id: string): Promise<{ ledger: number; sequence: bigint }> {
  const { body, headers } = await world.get(`/accounts/${id}`)
  return { ledger: Number(headers.get('latest-ledger')), sequence: BigInt(body.sequence) }
}

describe('what became of an envelope can be proven', () => {
  test('P1: it is in a ledger, found by its hash', async () => {
    const world = await startWorld()
    const source = await world.person()
    const { hash } = await world.must(source, [data('a')])
    expect((await world.get(`/transactions/${hash}`)).body.successful).toBe(true)
  })

  test('P2: one answer past its last ledger with its sequence unused means never, and nothing revives it', async () => {
    const world = await startWorld()
    const source = await world.person()
    const maxLedger = world.sandbox.closeLedger() + 3
    const transaction = await world.build(source, [data('a')], { maxLedger })
    world.sandbox.setSurge('500')
    await world.send(transaction.toXdr())
    // It waits in the pool below the price until its bound has passed.
    for (;;) {
      const { ledger, sequence } = await stateOf(world, source.publicKey())
      expect(sequence).toBeLessThan(BigInt(transaction.sequence))
      if (ledger >= maxLedger) break
      world.sandbox.closeLedger()
    }
    world.sandbox.setSurge(null)
    world.sandbox.closeLedger(20)
    expect((await world.post(transaction.toXdr())).body.extras.result_codes).toEqual({ transaction: 'tx_too_late' })
    expect((await world.get(`/transactions/${hex(transaction.hash())}`)).status).toBe(404)
  })

  test('a 404 alone proves nothing: the envelope may still be waiting', async () => {
    const world = await startWorld()
    const source = await world.person()
    const transaction = await world.build(source, [data('a')])
    await world.send(transaction.toXdr())
    expect((await world.get(`/transactions/${hex(transaction.hash())}`)).status).toBe(404)
    world.sandbox.closeLedger()
    expect((await world.get(`/transactions/${hex(transaction.hash())}`)).status).toBe(200)
  })

  test('a lagging server answers 404 for an applied transaction, but never shows its bound as passed', async () => {
    const world = await startWorld()
    const source = await world.person()
    const maxLedger = world.sandbox.closeLedger(5) + 2
    const transaction = await world.build(source, [data('a')], { maxLedger })
    await world.send(transaction.toXdr())
    world.sandbox.closeLedger()
    world.sandbox.setLag({ ledgers: 4 })

    for (let closed = 0; closed < 8; closed += 1) {
      const found = (await world.get(`/transactions/${hex(transaction.hash())}`)).status === 200
      const { ledger, sequence } = await stateOf(world, source.publicKey())
      const claimsNeverApplied = ledger >= maxLedger && sequence < BigInt(transaction.sequence)
      expect(claimsNeverApplied).toBe(false)
      expect(found).toBe(sequence >= BigInt(transaction.sequence))
      world.sandbox.closeLedger()
    }
  })

  test('P3: another transaction holds the sequence', async () => {
    const world = await startWorld()
    const source = await world.person()
    const lost = await world.build(source, [data('a')])
    const winner = await world.must(source, [data('b')])
    const { body } = await world.get(`/accounts/${source.publicKey()}/transactions?order=desc&include_failed=true`)
    const holder = body._embedded.records.find(
      (record: { source_account_sequence: string }) => record.source_account_sequence === lost.sequence,
    )
    expect(holder.hash).toBe(winner.hash)
    expect((await world.post(lost.toXdr())).body.extras.result_codes).toEqual({ transaction: 'tx_bad_seq' })
  })

  test('a failed transaction uses its sequence too, so an unused sequence means it was in no ledger', async () => {
    const world = await startWorld()
    const source = await world.person()
    const before = await stateOf(world, source.publicKey())
    await world.run(source, [Operation.manageData({ name: 'none', value: null })])
    expect((await stateOf(world, source.publicKey())).sequence).toBe(before.sequence + 1n)
  })
})

describe('submitting again', () => {
  test('gives the stored result of an applied envelope, however old', async () => {
    const world = await startWorld()
    const source = await world.person()
    const transaction = await world.build(source, [data('a')])
    await world.send(transaction.toXdr())
    world.sandbox.closeLedger(30)
    // Core itself would say tx_too_late by now; history is asked first.
    world.pass(7200)
    world.sandbox.closeLedger()
    const again = await world.post(transaction.toXdr())
    expect(again).toMatchObject({ status: 200, body: { hash: hex(transaction.hash()), successful: true } })
  })

  test('of what core postponed ends in 504, and the envelope is in no mempool', async () => {
    const world = await startWorld({ submitTimeoutMs: 20 })
    const source = await world.person()
    await world.send((await world.build(source, [data('a')])).toXdr())
    const second = await world.build(source, [data('b')])
    const { status, body } = await world.post(second.toXdr())
    expect(status).toBe(504)
    expect(body).toMatchObject({
      type: 'https://stellar.org/horizon-errors/transaction_submission_timeout',
      extras: { hash: hex(second.hash()), envelope_xdr: second.toXdr() },
    })
    world.sandbox.closeLedger(2)
    expect((await world.get(`/transactions/${hex(second.hash())}`)).status).toBe(404)
  })

  test('behind a lagging server waits for ingestion and then shows the own success, not tx_bad_seq', async () => {
    const world = await startWorld({ submitTimeoutMs: 30_000 })
    const source = await world.person()
    const transaction = await world.build(source, [data('a')])
    await world.send(transaction.toXdr())
    world.sandbox.closeLedger(11)
    world.sandbox.setLag({ ledgers: 12 })
    const waiting = world.post(transaction.toXdr())
    // Whether the request arrives before or after these ledgers, the answer must be the success.
    await world.get('/')
    world.sandbox.closeLedger(3)
    expect(await waiting).toMatchObject({ status: 200, body: { successful: true } })
  })
})
