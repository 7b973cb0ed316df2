import type { HorizonAnswer } from './horizon.ts'
import type { NetworkRoot } from './horizon-records.ts'

/** Whether a provider serves the network that the database means. */
export type NetworkCheck =
  | { readonly kind: 'same'; readonly root: NetworkRoot }
  | { readonly kind: 'other' }
  | { readonly kind: 'unknown'; readonly retryAfterSeconds: number | null }

/**
 * Compares what the provider says with what the database expects. Nothing is signed and nothing is believed before: on another
 * network the same account may exist with a lower sequence number, which would look like proof that a payment never happened.
 */
export function checkNetwork(answer: HorizonAnswer<NetworkRoot>, expectedPassphrase: string): NetworkCheck {
  if (answer.kind !== 'answered') return { kind: 'unknown', retryAfterSeconds: retryAfterOf(answer) }
  if (answer.value.network_passphrase !== expectedPassphrase) return { kind: 'other' }
  return { kind: 'same', root: answer.value }
}

/** How long a provider asked to be left alone, or null when it did not. */
export function retryAfterOf(answer: HorizonAnswer<unknown>): number | null {
  return answer.kind === 'refused' ? answer.retryAfterSeconds : null
}
