import { Asset, Claimant, Operation } from '@stellar/stellar-sdk/base'
import { expect, test } from 'vitest'
import { compareBooks } from '../../../tools/demo/books.ts'
import { type Horizon, openHorizon } from '../../../tools/demo/horizon.ts'
import type { TeamMember } from '../../../tools/demo/team.ts'
import { createSandbox } from '../../../tools/sandbox/index.ts'
import { submitOutside } from '../../support/outsider.ts'
import { address, keypair } from '../../support/plans.ts'

const treasury = keypair(100)
const own = treasury.publicKey()
const issuer = keypair(101)
const usdc = new Asset('USDC', issuer.publicKey())

test('the books count a claimable balance as a payment, also when it is claimed, taken back or clawed back', async () => {
  await using sandbox = await createSandbox({ ledgerIntervalMs: 'manual' })
  await sandbox.fund([own, address(1), issuer.publicKey()])
  await submitOutside(sandbox, issuer, [Operation.setOptions({ setFlags: 10 as never })])
  await submitOutside(sandbox, treasury, [Operation.changeTrust({ asset: usdc })])
  await submitOutside(sandbox, keypair(1), [Operation.changeTrust({ asset: usdc })])
  await submitOutside(sandbox, issuer, [Operation.payment({ destination: own, asset: usdc, amount: '100' })])
  const claimants = [new Claimant(address(1)), new Claimant(own)]
  await submitOutside(
    sandbox,
    treasury,
    ['7.5', '8', '9'].map((amount) => Operation.createClaimableBalance({ asset: usdc, amount, claimants })),
  )
  const horizon = await openHorizon(sandbox.url)
  const hashes: string[] = []
  for await (const { type, transaction_hash } of horizon.operations(own)) {
    if (type === 'create_claimable_balance') hashes.push(transaction_hash)
  }
  const [hash = ''] = hashes
  const paid = ['7.5000000', '8.0000000', '9.0000000']
  const differences = async (amounts = paid) =>
    (await compareBooks(bookkeeper(hash, amounts), horizon, own)).differences
  expect(await differences()).toEqual([])

  const [claimed = '', back = '', clawed = ''] = await balancesOf(horizon)
  await submitOutside(sandbox, keypair(1), [Operation.claimClaimableBalance({ balanceId: claimed })])
  await submitOutside(sandbox, treasury, [Operation.claimClaimableBalance({ balanceId: back })])
  await submitOutside(sandbox, issuer, [Operation.clawbackClaimableBalance({ balanceId: clawed })])
  expect(await differences()).toEqual([])

  // A balance that PayD does not know, or knows with another amount, is named.
  expect(await differences(paid.slice(1))).toEqual([
    `The ledger paid 75000000 stroops of USDC:${issuer.publicKey()} to ${address(1)} in ${hash}, and PayD knows 1 less of it.`,
  ])
  expect(await differences([...paid.slice(1), '7.4999999'])).toHaveLength(2)
})

async function balancesOf({ url }: Horizon): Promise<readonly string[]> {
  const response = await fetch(`${url}/claimable_balances?sponsor=${own}`)
  const body = (await response.json()) as { _embedded: { records: { id: string }[] } }
  return body._embedded.records.map(({ id }) => id)
}

/** Somebody whose project paid one employee for each amount, in one transaction. */
function bookkeeper(tx_hash: string, amounts: readonly string[]): TeamMember {
  const run = { id: 1, source_account: own, asset_code: 'USDC', asset_issuer: issuer.publicKey() }
  const items = amounts.map((amount, index) => ({
    id: index,
    employee_id: index,
    tx_hash,
    destination: address(1),
    amount,
  }))
  const payrollRuns = { iterate: () => eachOf([run]), iterateItems: () => eachOf(items) }
  return { payd: { payrollRuns } } as unknown as TeamMember
}

async function* eachOf<Row>(rows: readonly Row[]): AsyncGenerator<Row> {
  yield* rows
}
