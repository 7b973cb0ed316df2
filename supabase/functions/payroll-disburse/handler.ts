import { type DisbursePorts, disburse } from '../_shared/core/disburse.ts'
import { createWorker, type WorkerOptions } from '../_shared/core/worker.ts'

/** Answers a doorbell by paying what is due; the counts say how many accounts were worked on and how each step ended. */
export function createHandler(
  wiring: Pick<WorkerOptions, 'clock' | 'log' | 'authorize'> & { readonly open: () => DisbursePorts },
): (request: Request) => Promise<Response> {
  return createWorker({ ...wiring, name: 'payroll-disburse', run: async () => disburse(wiring.open()) })
}
