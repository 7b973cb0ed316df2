import { failureFields } from './failure.ts'
import type { Clock, Deadline, Log } from './ports.ts'

/** A lease that is held: somebody extends it until this ends. */
export type KeptLease = { end(): void }

/**
 * Extends a lease again and again while its holder is at work, so that leases can be short: of a worker that is killed nothing is
 * left that anybody has to wait for. A failed extension is no failure of the work: the database decides who holds what.
 */
export function keepExtending(
  ports: { readonly clock: Clock; readonly log: Log },
  lease: {
    readonly leaseSeconds: number
    readonly extend: () => Promise<unknown>
    /** How a failed extension is told. */
    readonly event: string
    readonly details?: Readonly<Record<string, number>>
  },
): KeptLease {
  let isOver = false
  let pause: Deadline | null = null
  const extend = async () => {
    try {
      await lease.extend()
    } catch (error) {
      ports.log({ event: lease.event, outcome: 'failed', ...lease.details, ...failureFields(error) })
    }
    if (!isOver) wait()
  }
  const wait = () => {
    // Three extensions fit into a lease, so that one that is lost does no harm.
    pause = ports.clock.deadline((lease.leaseSeconds * 1000) / 3)
    pause.signal.addEventListener('abort', () => void extend(), { once: true })
  }
  wait()
  return {
    end: () => {
      isOver = true
      pause?.clear()
    },
  }
}
