import {
  Asset,
  AuthClawbackEnabledFlag,
  AuthRequiredFlag,
  AuthRevocableFlag,
  type Claimant,
  Keypair,
  Operation,
} from '@stellar/stellar-sdk'
import { describe, expect, test } from 'vitest'
import { namesIn, type Op, one, startWorld, type World } from '../support.ts'

/** What a failing operation needs around it. */
export type Arranged = { readonly source: Keypair; readonly operations: Op[]; readonly signers?: readonly Keypair[] }

/** One way to fail: in words, Horizon's name, the SDK's name of the same code, and how to get there. */
export type Case = readonly [what: string, horizon: string, sdk: string, arrange: (world: World) => Promise<Arranged>]

/** Promises that each case fails with exactly its code, in Horizon's words and in the XDR as the SDK reads it. */
export function promiseCodes(group: string, cases: readonly Case[]): void {
  describe(group, () => {
    test.each(cases)('%s is %s', async (_, horizon, sdk, arrange) => {
      const world = await startWorld()
      const { source, operations, signers } = await arrange(world)
      const outcome = await world.run(source, operations, signers ? { signers } : {})

      expect(outcome.codes?.transaction).toBe('tx_failed')
      expect(outcome.codes?.operations?.at(-1)).toBe(horizon)
      const names = namesIn(outcome.result)
      expect(names.transaction).toBe('txFailed')
      expect(names.operations.at(-1)).toBe(sdk)
    })
  })
}

/** An address without an account. */
export const stranger = Keypair.random().publicKey()

/** A credit asset of this issuer. */
export const usd = (issuer: Keypair): Asset => new Asset('USD', issuer.publicKey())

/** An account whose native balance is as low as wanted. */
export async function poor(world: World, startingBalance: string): Promise<Keypair> {
  const rich = await world.person()
  const keypair = Keypair.random()
  await world.must(rich, [Operation.createAccount({ destination: keypair.publicKey(), startingBalance })])
  return keypair
}

/** An account created in an earlier ledger, so that it may merge. */
export async function old(world: World): Promise<Keypair> {
  const keypair = one(await world.people(1))
  world.sandbox.closeLedger(2)
  return keypair
}

/** Three accounts. */
export async function trio(world: World): Promise<[Keypair, Keypair, Keypair]> {
  const [first, second, third] = await world.people(3)
  if (!first || !second || !third) throw new Error('Three people were asked for.')
  return [first, second, third]
}

/** An issuer that must authorize, may revoke and claw back, and a holder it authorized. */
export async function controlled(
  world: World,
  amount = '100',
): Promise<{ issuer: Keypair; holder: Keypair; asset: Asset }> {
  const [issuer, holder] = await world.people(2)
  if (!issuer || !holder) throw new Error('Two people were asked for.')
  const asset = usd(issuer)
  const setFlags = AuthRequiredFlag | AuthRevocableFlag | AuthClawbackEnabledFlag
  await world.must(issuer, [Operation.setOptions({ setFlags: setFlags as 1 })])
  await world.must(holder, [Operation.changeTrust({ asset })])
  await world.must(issuer, [
    authorize(holder, asset, true),
    Operation.payment({ destination: holder.publicKey(), asset, amount }),
  ])
  return { issuer, holder, asset }
}

/** The issuer's operation that authorizes or freezes a holder. */
export function authorize(holder: Keypair, asset: Asset, authorized: boolean): Op {
  return Operation.setTrustLineFlags({ trustor: holder.publicKey(), asset, flags: { authorized } })
}

/** An operation that creates a claimable balance. */
export function setAside(amount: string, claimants: Claimant[], asset = Asset.native()): Op {
  return Operation.createClaimableBalance({ asset, amount, claimants })
}

/** A balance of the asset that `claimants` may claim, and its id. */
export async function balanceFor(
  world: World,
  source: Keypair,
  claimants: Claimant[],
  asset = Asset.native(),
): Promise<string> {
  const transaction = await world.build(source, [setAside('10', claimants, asset)])
  await world.send(transaction.toXdr())
  world.sandbox.closeLedger()
  return transaction.getClaimableBalanceId(0)
}
