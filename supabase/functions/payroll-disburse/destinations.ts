import { checkNetwork } from '../_shared/stellar/network.ts'
import { type AccountToRead, readByHorizon, readByRpc, type WalletState } from '../_shared/stellar/wallet-states.ts'
import type { StepContext } from './step.ts'

/** How often the payees next in line are looked at before a transaction is planned: those who cannot be paid make room for others. */
const MAX_ROUNDS = 6

/** Accounts that Horizon is asked about before one transaction. RPC answers for all of them at once and has no such limit. */
const MAX_HORIZON_READS = 200
const CONCURRENCY = 8

/**
 * Reads the accounts that the next transaction would pay, as far as too little is known of them, and gives what was read to the
 * database, which fails what the ledger is known to refuse. What cannot be read is paid as planned: the network decides.
 */
export async function checkDestinations(context: StepContext): Promise<void> {
  const { claim, database } = context
  const { payroll_run_id, lease_token } = claim
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const accounts = await database.accountsToCheck({ payroll_run_id, lease_token })
    if (accounts.length === 0) return
    const states = await readAccounts(context, accounts)
    if (states.length === 0) return
    await database.applyWalletStates({ states: states.map((state) => ({ ...state, lease_token })) })
  }
}

/** What the provider of the claim says about the accounts; nothing where it serves another network or sent us away. */
async function readAccounts(
  { claim, openRpc, openReader }: StepContext,
  accounts: readonly AccountToRead[],
): Promise<readonly WalletState[]> {
  if (claim.rpc_url !== null) {
    const rpc = openRpc(claim.rpc_url)
    const network = await rpc.passphrase()
    if (network.kind === 'answered' && network.value === claim.network_passphrase) {
      return (await readByRpc(rpc, accounts)).states
    }
  }
  const horizon = openReader(claim.horizon_url)
  if (checkNetwork(await horizon.root(), claim.network_passphrase).kind !== 'same') return []
  return (await readByHorizon(horizon, accounts.slice(0, MAX_HORIZON_READS), CONCURRENCY)).states
}
