import { Keypair, Operation } from '@stellar/stellar-sdk'
import { describe, expect, test } from 'vitest'
import { type Op, startWorld } from './support.ts'

const data = (name: string): Op => Operation.manageData({ name, value: 'x' })

describe('headers and errors', () => {
  test('only state answers say which ledger they show', async () => {
    const world = await startWorld()
    const source = await world.person()
    const ledger = String(world.sandbox.closeLedger())
    const id = source.publicKey()
    for (const path of [`/accounts/${id}`, `/accounts?signer=${id}`, '/claimable_balances']) {
      expect((await world.get(path)).headers.get('latest-ledger')).toBe(ledger)
    }
    for (const path of ['/', `/accounts/${id}/payments`, '/transactions', '/ledgers', '/fee_stats']) {
      expect((await world.get(path)).headers.get('latest-ledger')).toBeNull()
    }
  })

  test('a missing account is missing at a ledger', async () => {
    const world = await startWorld()
    const { status, headers } = await world.get(`/accounts/${Keypair.random().publicKey()}`)
    expect([status, headers.get('latest-ledger')]).toEqual([404, String(world.sandbox.status().ledger)])
  })

  test.each([
    ['/operations?limit=0', 'limit'],
    ['/operations?limit=201', 'limit'],
    ['/operations?limit=x', 'limit'],
    ['/operations?cursor=x', 'cursor'],
    ['/operations?cursor=9223372036854775808', 'cursor'],
    ['/operations?order=up', 'order'],
    ['/operations?include_failed=1', 'include_failed'],
    ['/operations?join=effects', 'join'],
    [`/transactions/${'A'.repeat(64)}`, 'tx_id'],
    ['/ledgers/0', 'ledger_id'],
    ['/accounts/GABC', 'account_id'],
    ['/claimable_balances/00', 'id'],
    ['/claimable_balances?cursor=5', 'cursor'],
  ])('%s is 400 and names the field', async (path, field) => {
    const world = await startWorld()
    const { status, body, headers } = await world.get(path)
    expect(status).toBe(400)
    expect(body).toMatchObject({ status: 400, title: 'Bad Request', extras: { invalid_field: field } })
    expect(headers.get('content-type')).toContain('application/problem+json')
  })

  test.each([
    ['/nothing'],
    ['/accounts/a/b/c/d'],
    [`/accounts/${Keypair.random().publicKey()}`],
    [`/accounts/${Keypair.random().publicKey()}/payments`],
    [`/transactions/${'a'.repeat(64)}`],
    ['/ledgers/999'],
    ['/operations/4294967297'],
    [`/claimable_balances/00000000${'a'.repeat(64)}`],
  ])('%s is 404', async (path) => {
    const world = await startWorld()
    const { status, body } = await world.get(path)
    expect(status).toBe(404)
    expect(body).toMatchObject({ type: 'https://stellar.org/horizon-errors/not_found', title: 'Resource Missing' })
  })

  test('history beyond the retention is gone: ascending cursors clamp, descending ones say so', async () => {
    const world = await startWorld({ historyRetentionLedgers: 5 })
    const source = await world.person()
    const old = await world.run(source, [data('old')])
    const { body: record } = await world.get(`/transactions/${old.hash}`)
    world.sandbox.closeLedger(10)
    const latest = world.sandbox.closeLedger()
    await world.must(source, [data('new')])

    expect((await world.get('/')).body).toMatchObject({ history_elder_ledger: latest - 3 })
    expect((await world.get(`/transactions/${old.hash}`)).status).toBe(404)
    expect((await world.get(`/ledgers/${record.ledger}`)).status).toBe(410)
    const ascending = await world.get(`/transactions?cursor=${record.paging_token}`)
    expect(ascending.body._embedded.records).toHaveLength(1)
    expect((await world.get(`/transactions?cursor=${record.paging_token}&order=desc`)).status).toBe(410)
  })
})
