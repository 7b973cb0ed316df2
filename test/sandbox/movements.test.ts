import { Asset, AuthClawbackEnabledFlag, AuthRevocableFlag, Claimant, Keypair, Operation } from '@stellar/stellar-sdk'
import { describe, expect, test } from 'vitest'
import { holdAsset, nativeOf, type Op, one, pair, startWorld, type World } from './support.ts'

async function creditOf(world: World, holder: Keypair): Promise<string | undefined> {
  const { balances } = await world.account(holder.publicKey())
  return balances.find(({ asset_type }: { asset_type: string }) => asset_type !== 'native')?.balance
}

const pay = (to: Keypair, asset: Asset, amount: string): Op =>
  Operation.payment({ destination: to.publicKey(), asset, amount })

describe('credit', () => {
  test('comes into being when its issuer pays and ends when the issuer is paid', async () => {
    const world = await startWorld()
    const [issuer, holder] = await pair(world)
    const asset = new Asset('PAYROLLUSD', issuer.publicKey())
    await holdAsset(world, issuer, holder, asset, '922337203685.4775807')
    expect(await creditOf(world, holder)).toBe('922337203685.4775807')
    await world.must(holder, [pay(issuer, asset, '922337203685.4775806')])
    expect(await creditOf(world, holder)).toBe('0.0000001')
  })

  test('goes back to its issuer even when the issuer no longer exists', async () => {
    const world = await startWorld()
    const [issuer, holder] = await pair(world)
    const asset = new Asset('USD', issuer.publicKey())
    await holdAsset(world, issuer, holder, asset, '5')
    await world.must(issuer, [Operation.accountMerge({ destination: holder.publicKey() })])
    expect((await world.get(`/accounts/${issuer.publicKey()}`)).status).toBe(404)
    await world.must(holder, [pay(issuer, asset, '5')])
    expect(await creditOf(world, holder)).toBe('0.0000000')
  })

  test('a payment of credit to oneself needs the credit, a payment of lumens to oneself needs nothing', async () => {
    const world = await startWorld()
    const [issuer, holder] = await pair(world)
    const asset = new Asset('USD', issuer.publicKey())
    await holdAsset(world, issuer, holder, asset, '5')
    await world.must(holder, [pay(holder, asset, '5'), pay(holder, Asset.native(), '999999')])
    expect(await creditOf(world, holder)).toBe('5.0000000')
  })

  test('is taken back by an issuer with clawback, from accounts and from claimable balances', async () => {
    const world = await startWorld()
    const [issuer, holder] = await pair(world)
    const asset = new Asset('USD', issuer.publicKey())
    await world.must(issuer, [
      Operation.setOptions({ setFlags: (AuthRevocableFlag | AuthClawbackEnabledFlag) as typeof AuthRevocableFlag }),
    ])
    await holdAsset(world, issuer, holder, asset, '10')
    const transaction = await world.build(holder, [
      Operation.createClaimableBalance({ asset, amount: '4', claimants: [new Claimant(issuer.publicKey())] }),
    ])
    await world.send(transaction.toXdr())
    world.sandbox.closeLedger()
    const balanceId = transaction.getClaimableBalanceId(0)
    const { body } = await world.get(`/claimable_balances/${balanceId}`)
    expect(body.flags).toEqual({ clawback_enabled: true })

    await world.must(issuer, [
      Operation.clawback({ asset, from: holder.publicKey(), amount: '6' }),
      Operation.clawbackClaimableBalance({ balanceId }),
    ])
    expect(await creditOf(world, holder)).toBe('0.0000000')
    expect((await world.get(`/claimable_balances/${balanceId}`)).status).toBe(404)
    expect((await world.account(holder.publicKey())).num_sponsoring).toBe(0)
  })
})

describe('lumens', () => {
  test('are spendable exactly down to the reserve', async () => {
    const world = await startWorld()
    const [source, to] = await pair(world)
    // 10,000 XLM less two reserves of 0.5 XLM and the fee of 100 stroops.
    await world.must(source, [pay(to, Asset.native(), '9998.99999')])
    expect(nativeOf(await world.account(source.publicKey()))).toBe('1.0000000')
    const refused = await world.run(source, [pay(to, Asset.native(), '0.0000001')])
    expect(refused.codes).toEqual({ transaction: 'tx_insufficient_balance' })
  })

  test('of a merged account go to the destination, and its name can be created again', async () => {
    const world = await startWorld()
    const [source, to] = await pair(world)
    world.sandbox.closeLedger()
    const { sequence } = await world.account(source.publicKey())
    await world.must(source, [Operation.accountMerge({ destination: to.publicKey() })])
    expect(nativeOf(await world.account(to.publicKey()))).toBe('19999.9999900')
    const { body } = await world.get(`/accounts/${source.publicKey()}/effects?order=desc&limit=1`)
    expect(body._embedded.records).toMatchObject([{ type: 'account_removed' }])

    await world.must(to, [Operation.createAccount({ destination: source.publicKey(), startingBalance: '1' })])
    expect(BigInt((await world.account(source.publicKey())).sequence)).toBeGreaterThan(BigInt(sequence))
  })

  test('set aside lock one reserve per claimant until they are claimed', async () => {
    const world = await startWorld()
    const [source, claimant] = await pair(world)
    const transaction = await world.build(source, [
      Operation.createClaimableBalance({
        asset: Asset.native(),
        amount: '9996.99998',
        claimants: [new Claimant(claimant.publicKey()), new Claimant(source.publicKey())],
      }),
    ])
    await world.send(transaction.toXdr())
    world.sandbox.closeLedger()
    expect((await world.run(source, [pay(claimant, Asset.native(), '1')])).successful).toBe(true)
    expect((await world.run(source, [pay(claimant, Asset.native(), '0.0000001')])).successful).toBe(false)
    const balanceId = transaction.getClaimableBalanceId(0)
    await world.must(claimant, [Operation.claimClaimableBalance({ balanceId })])
    expect((await world.run(source, [pay(claimant, Asset.native(), '0.9')])).successful).toBe(true)
  })
})

describe('a claimant', () => {
  test.each([
    ['before the time', 0, true, false],
    ['in the last second', 59, true, false],
    ['at the time', 60, false, true],
  ])('%s: the employee %s, the organization %s', async (_, waited, employeeMay, organizationMay) => {
    const results: boolean[] = []
    for (const who of ['employee', 'organization'] as const) {
      const world = await startWorld()
      const [organization, employee] = await pair(world)
      const until = Claimant.predicateBeforeAbsoluteTime(String(world.now() + 60))
      const transaction = await world.build(organization, [
        Operation.createClaimableBalance({
          asset: Asset.native(),
          amount: '5',
          claimants: [
            new Claimant(employee.publicKey(), until),
            new Claimant(organization.publicKey(), Claimant.predicateNot(until)),
          ],
        }),
      ])
      await world.send(transaction.toXdr())
      world.sandbox.closeLedger()
      world.pass(waited)
      const claim = Operation.claimClaimableBalance({ balanceId: transaction.getClaimableBalanceId(0) })
      results.push((await world.run(who === 'employee' ? employee : organization, [claim])).successful)
    }
    expect(results).toEqual([employeeMay, organizationMay])
  })

  test('with a combined predicate may claim only while all of it holds', async () => {
    const world = await startWorld()
    const [source, claimant] = await pair(world)
    const time = (seconds: number) => Claimant.predicateBeforeAbsoluteTime(String(world.now() + seconds))
    const between = Claimant.predicateAnd(Claimant.predicateNot(time(10)), time(20))
    const either = Claimant.predicateOr(between, Claimant.predicateNot(time(30)))
    const allowed: boolean[] = []
    for (const waited of [5, 15, 25, 35]) {
      const transaction = await world.build(source, [
        Operation.createClaimableBalance({
          asset: Asset.native(),
          amount: '1',
          claimants: [new Claimant(claimant.publicKey(), either)],
        }),
      ])
      await world.send(transaction.toXdr())
      world.sandbox.closeLedger()
      world.pass(waited - (allowed.length === 0 ? 0 : (allowed.length - 1) * 10 + 5))
      const balanceId = transaction.getClaimableBalanceId(0)
      allowed.push((await world.run(claimant, [Operation.claimClaimableBalance({ balanceId })])).successful)
    }
    expect(allowed).toEqual([false, true, false, true])
  })

  test('of a relative time sees an absolute one in the ledger', async () => {
    const world = await startWorld()
    const source = await world.person()
    const claimants = [new Claimant(Keypair.random().publicKey(), Claimant.predicateBeforeRelativeTime('90'))]
    await world.must(source, [Operation.createClaimableBalance({ asset: Asset.native(), amount: '1', claimants })])
    const stored = (await world.get(`/claimable_balances?sponsor=${source.publicKey()}`)).body._embedded.records
    expect(one<{ claimants: unknown }>(stored).claimants).toMatchObject([
      { predicate: { abs_before_epoch: String(world.now() + 90) } },
    ])
    const written = (await world.get(`/accounts/${source.publicKey()}/operations?order=desc&limit=1`)).body
    expect(one<{ claimants: unknown }>(written._embedded.records).claimants).toMatchObject([
      { predicate: { rel_before: '90' } },
    ])
  })
})
