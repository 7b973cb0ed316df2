import { Asset, Operation } from '@stellar/stellar-sdk/base'
import { parseAmount } from '../../src/index.ts'
import { assetName, type Balance, type Horizon } from './horizon.ts'
import type { Company } from './people.ts'
import { inParallel } from './wait.ts'

/** Requests to the network at the same time. Every account waits for a ledger, so many wait together. */
export const PARALLEL = 250

/**
 * Opens the wallets of the company's people on the sandbox and lets them trust the asset they are paid in, as far as that
 * was not done by an earlier demo.
 */
export async function openWallets(horizon: Horizon, { issuer, people }: Company): Promise<void> {
  const issuing = openAccount(horizon, issuer.publicKey())
  await inParallel(people, PARALLEL, async ({ keypair, trusts, row }) => {
    const [balances] = await Promise.all([openAccount(horizon, keypair.publicKey()), issuing])
    if (!trusts || balances.has(assetName(row))) return
    const asset = new Asset(row.asset_code, row.asset_issuer)
    await horizon.submit(keypair, [Operation.changeTrust({ asset })])
  })
}

/** Creates the account if it does not exist, and returns what it holds: stroops by asset. */
export async function openAccount(horizon: Horizon, address: string): Promise<Map<string, bigint>> {
  let balances = await horizon.balances(address)
  if (balances === undefined) {
    await horizon.friendbot(address)
    balances = await horizon.balances(address)
  }
  return stroopsOf(balances ?? [])
}

/** Stroops by asset. */
export function stroopsOf(balances: readonly Balance[]): Map<string, bigint> {
  return new Map(balances.map(({ asset, balance }) => [asset, parseAmount(balance)]))
}
