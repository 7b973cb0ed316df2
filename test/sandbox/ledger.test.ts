import { createHash } from 'node:crypto'
import { xdr } from '@stellar/stellar-sdk'
import { expect, test } from 'vitest'
import { sealLedger } from '../../tools/sandbox/core/ledger.ts'
import { newAccount } from '../../tools/sandbox/core/operations/create-account.ts'
import { createStore } from '../../tools/sandbox/core/state.ts'
import { startWorld } from './support.ts'

function hashWithBalance(balance: bigint): string {
  const store = createStore()
  store.begin(2)
  store.set('a|somebody', newAccount('somebody', balance, 0n))
  const parent = { hash: '00'.repeat(32), stateHash: '11'.repeat(32) }
  const totals = { feePool: 0n, totalCoins: 5n, baseFee: 100n, maxOperations: 1000 }
  return sealLedger({ ledger: 2, closedAt: 1, parent, transactions: [], store, ...totals }).record.hash
}

test('the hash of a ledger commits to every balance in it', () => {
  expect(hashWithBalance(1n)).toBe(hashWithBalance(1n))
  expect(hashWithBalance(1n)).not.toBe(hashWithBalance(2n))
})

test('each ledger is a genuine header whose hash is its own and the next one names', async () => {
  const world = await startWorld()
  await world.person()
  world.sandbox.closeLedger(3)
  const { records } = (await world.get('/ledgers?limit=200')).body._embedded
  expect(records).toHaveLength(5)
  for (const [index, record] of records.entries()) {
    const bytes = Buffer.from(record.header_xdr, 'base64')
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(record.hash)
    const header = xdr.LedgerHeader.fromXdr(record.header_xdr, 'base64')
    expect(header.ledgerSeq).toBe(record.sequence)
    if (index > 0) expect(record.prev_hash).toBe(records[index - 1].hash)
  }
})
