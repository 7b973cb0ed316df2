import { Asset, Claimant, Keypair, Operation } from '@stellar/stellar-sdk'
import { expect, test } from 'vitest'
import type { DumpPage } from '../../tools/sandbox/index.ts'
import { hex, pair, startWorld, type World } from './support.ts'

async function read(world: World, query: string): Promise<DumpPage> {
  return (await world.get(`/_sandbox/ledger-dump?${query}`)).body
}

test('the dump tells every operation of an account, what it moved, and the fees it paid', async () => {
  const world = await startWorld()
  const [source, other] = await pair(world)
  world.sandbox.closeLedger()
  const paying = await world.build(source, [
    Operation.payment({ destination: other.publicKey(), asset: Asset.native(), amount: '12.5' }),
    Operation.createClaimableBalance({
      asset: Asset.native(),
      amount: '3',
      claimants: [new Claimant(other.publicKey())],
    }),
  ])
  await world.send(paying.toXdr())
  world.sandbox.closeLedger()
  const balanceId = paying.getClaimableBalanceId(1)
  await world.must(other, [Operation.claimClaimableBalance({ balanceId })])
  const failed = await world.run(source, [
    Operation.payment({ destination: Keypair.random().publicKey(), asset: Asset.native(), amount: '1' }),
  ])
  await world.must(source, [Operation.accountMerge({ destination: other.publicKey() })])

  const { operations, fees, next_cursor } = await read(world, `account=${source.publicKey()}`)
  expect(next_cursor).toBeNull()
  const brief = operations.map(({ type, successful, amount, destination, result_code }) => [
    type,
    successful,
    amount,
    destination === other.publicKey(),
    result_code,
  ])
  // The claim is the other's own operation: it is in that account's dump.
  expect(brief).toEqual([
    ['create_account', true, '10000.0000000', false, 'op_success'],
    ['payment', true, '12.5000000', true, 'op_success'],
    ['create_claimable_balance', true, '3.0000000', false, 'op_success'],
    ['payment', false, '1.0000000', false, 'op_no_destination'],
    ['account_merge', true, '9984.4999600', true, 'op_success'],
  ])
  expect(fees.map(({ fee_charged }) => fee_charged)).toEqual(['200', '100', '100'])
  expect(fees[1]?.hash).toBe(failed.hash)
  expect(operations[1]).toMatchObject({
    hash: hex(paying.hash()),
    inner_hash: hex(paying.hash()),
    op_index: 0,
    asset: 'native',
    source: source.publicKey(),
  })

  const claimed = (await read(world, `account=${other.publicKey()}`)).operations.find(({ type }) =>
    type.startsWith('claim'),
  )
  expect(claimed).toMatchObject({ amount: '3.0000000', balance_id: balanceId, asset: 'native' })
})

test('the pages of the dump follow each other and are the same in process', async () => {
  const world = await startWorld()
  const source = await world.person()
  for (const name of ['a', 'b', 'c', 'd']) await world.must(source, [Operation.manageData({ name, value: 'x' })])
  const walked: string[] = []
  let query = 'limit=2'
  for (;;) {
    const page = await read(world, query)
    walked.push(...page.operations.map(({ id }) => id))
    if (page.next_cursor === null) break
    query = `limit=2&cursor=${page.next_cursor}`
  }
  expect(walked).toEqual(world.sandbox.dump().operations.map(({ id }) => id))
  expect(walked).toHaveLength(5)
})
