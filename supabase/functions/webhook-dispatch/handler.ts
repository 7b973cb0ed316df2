import { type DispatchPorts, dispatchWebhooks } from '../_shared/core/dispatch-webhooks.ts'
import { createWorker, type WorkerOptions } from '../_shared/core/worker.ts'

/** Answers a doorbell by sending the webhooks that are due; the counts say what became of them. */
export function createHandler(
  wiring: Pick<WorkerOptions, 'clock' | 'log' | 'authorize'> & { readonly open: () => DispatchPorts },
): (request: Request) => Promise<Response> {
  return createWorker({ ...wiring, name: 'webhook-dispatch', run: async () => dispatchWebhooks(wiring.open()) })
}
