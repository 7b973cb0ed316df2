import type { Delivery } from './deliver.ts'

/** A delivery that is to be sent, and the lease it belongs to. */
export type Waiting = { readonly delivery: Delivery; readonly leaseId: number; readonly leaseEndsAtMs: number }

type Lane = {
  readonly endpointId: number
  waiting: Waiting[]
  /** How many of those that waited were taken: taking from the front of a list moves all others. */
  taken: number
  underWay: number
  failures: number
  /** How many may be under way: one at first and after a failure, one more with each success. */
  allowed: number
  isOpen: boolean
}

export type LaneLimits = {
  /** Deliveries to one endpoint at the same time. */
  readonly perEndpoint: number
  /** Failures in a row after which an endpoint gets nothing more from this worker. */
  readonly failuresUntilOpen: number
  /** How many may wait for one endpoint before no more are claimed for it. */
  readonly fullAt: number
}

/**
 * What a worker holds, a lane for each endpoint. Lanes take turns, each has a few deliveries under way at most, one until its endpoint has
 * answered well, and a lane whose endpoint fails again and again is closed: endpoints that hang take neither the places nor the time of others,
 * also where all of a company's do.
 */
export function openLanes(limits: LaneLimits) {
  const lanes = new Map<number, Lane>()
  /** Lanes that may send, in the order of their turns; the others cost nothing. */
  const turns = new Set<Lane>()
  let waiting = 0

  const laneOf = (endpointId: number): Lane => {
    let lane = lanes.get(endpointId)
    if (lane === undefined) {
      lane = { endpointId, waiting: [], taken: 0, underWay: 0, failures: 0, allowed: 1, isOpen: false }
      lanes.set(endpointId, lane)
    }
    return lane
  }
  const sizeOf = (lane: Lane): number => lane.waiting.length - lane.taken
  // Of an endpoint that has not answered well yet, what waits is enough.
  const isFull = (lane: Lane): boolean =>
    lane.isOpen || sizeOf(lane) >= limits.fullAt || (lane.allowed === 1 && lane.underWay > 0 && sizeOf(lane) > 0)
  const giveTurn = (lane: Lane): void => {
    if (sizeOf(lane) > 0 && lane.underWay < lane.allowed) turns.add(lane)
  }
  const drop = (lane: Lane): Waiting[] => {
    const dropped = lane.waiting.slice(lane.taken)
    lane.waiting = []
    lane.taken = 0
    waiting -= dropped.length
    turns.delete(lane)
    return dropped
  }
  const take = (lane: Lane): Waiting | undefined => {
    const next = lane.waiting[lane.taken++]
    if (sizeOf(lane) === 0) {
      lane.waiting = []
      lane.taken = 0
    }
    lane.underWay += 1
    waiting -= 1
    return next
  }
  return {
    size: () => waiting,
    /** Whether nothing that waits may be sent now: its endpoints have enough under way. */
    isStuck: () => turns.size === 0,
    /** Adds what was claimed; what belongs to a closed lane is answered, because it will not be sent. */
    add: (added: readonly Waiting[]): Waiting[] => {
      const refused: Waiting[] = []
      for (const one of added) {
        const lane = laneOf(one.delivery.endpoint.id)
        if (lane.isOpen) refused.push(one)
        else {
          lane.waiting.push(one)
          waiting += 1
          giveTurn(lane)
        }
      }
      return refused
    },
    /** The next delivery, of the endpoint whose turn it is; undefined when all that wait have enough under way. */
    next: (): Waiting | undefined => {
      for (const lane of turns) {
        turns.delete(lane)
        const next = take(lane)
        giveTurn(lane)
        return next
      }
      return undefined
    },
    /** Tells what became of a delivery; answers what will not be sent because of it. */
    finished: (endpointId: number, isDelivered: boolean): Waiting[] => {
      const lane = laneOf(endpointId)
      lane.underWay -= 1
      lane.failures = isDelivered ? 0 : lane.failures + 1
      lane.allowed = isDelivered ? Math.min(lane.allowed + 1, limits.perEndpoint) : 1
      if (lane.failures >= limits.failuresUntilOpen) {
        lane.isOpen = true
        return drop(lane)
      }
      giveTurn(lane)
      return []
    },
    /** Endpoints for which nothing more is wanted. */
    busy: (): number[] => [...lanes.values()].flatMap((lane) => (isFull(lane) ? [lane.endpointId] : [])),
    /** Everything that waits, which is then forgotten. */
    empty: (): Waiting[] => [...lanes.values()].flatMap(drop),
  }
}
