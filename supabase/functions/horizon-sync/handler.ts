import { syncTransactions } from '../_shared/core/sync-transactions.ts'
import { type SyncPorts, startTurn } from '../_shared/core/sync-turn.ts'
import { syncWallets } from '../_shared/core/sync-wallets.ts'
import { createWorker, type WorkerOptions } from '../_shared/core/worker.ts'

/** Answers a doorbell by reading from the ledger what is due: first what became of payments, then balances. */
export function createHandler(
  wiring: Pick<WorkerOptions, 'clock' | 'log' | 'authorize'> & { readonly open: () => SyncPorts },
): (request: Request) => Promise<Response> {
  const run = async () => {
    const ports = wiring.open()
    const turn = startTurn(ports)
    return { transactions: await syncTransactions(ports, turn), wallets: await syncWallets(ports, turn) }
  }
  return createWorker({ ...wiring, name: 'horizon-sync', run })
}
