import { syncTransactions } from '../_shared/core/sync-transactions.ts'
import { type SyncPorts, syncWallets } from '../_shared/core/sync-wallets.ts'
import { createWorker, type WorkerOptions } from '../_shared/core/worker.ts'

/** Answers a doorbell by reading from the ledger what is due: first what became of payments, then balances. */
export function createHandler(
  wiring: Pick<WorkerOptions, 'clock' | 'log' | 'authorize'> & { readonly open: () => SyncPorts },
): (request: Request) => Promise<Response> {
  const run = async () => {
    const ports = wiring.open()
    return { transactions: await syncTransactions(ports), wallets: await syncWallets(ports) }
  }
  return createWorker({ ...wiring, name: 'horizon-sync', run })
}
