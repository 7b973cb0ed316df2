import type { Delivery } from './deliver.ts'

/** A delivery that is to be sent, the lease it belongs to, and until when its worker may hold it. */
export type Waiting = { readonly delivery: Delivery; readonly leaseId: number; readonly heldUntilMs: number }

type Lane = {
  readonly endpointId: number
  waiting: Waiting[]
  /** How many of those that waited were taken: taking from the front of a list moves all others. */
  taken: number
  underWay: number
  /** Of those under way, how many hang and were set aside; until they are answered it gets nothing more. */
  aside: number
  failures: number
  /** How many may be under way: one at first and after a failure, one more with each success. */
  allowed: number
  isOpen: boolean
  /** Whether it may take any place: it answered well once, and was not slow within the hour. */
  isTrusted: boolean
}

export type LaneLimits = {
  /** Deliveries to one endpoint at the same time. */
  readonly perEndpoint: number
  /** Failures in a row after which an endpoint gets nothing more from this worker. */
  readonly failuresUntilOpen: number
  /** How many may wait for one endpoint before no more are claimed for it. */
  readonly fullAt: number
  /** Deliveries under way to all endpoints together that are not trusted. */
  readonly untrustedPlaces: number
}

export type Lanes = ReturnType<typeof openLanes>

/**
 * What a worker holds, a lane for each endpoint. Lanes take turns, each has a few deliveries under way at most, one until its endpoint has
 * answered well, and a lane whose endpoint fails again and again is closed. Endpoints that are new or were slow share a part of the places, so
 * that however many of however many companies hang, the others keep theirs.
 */
export function openLanes(limits: LaneLimits) {
  const lanes = new Map<number, Lane>()
  /** Lanes that may send, in the order of their turns; the others cost nothing. */
  const turns = { trusted: new Set<Lane>(), untrusted: new Set<Lane>() }
  let waiting = 0
  let untrustedWaiting = 0
  let untrustedUnderWay = 0
  let wasTrusted = false

  const laneOf = (endpointId: number): Lane => {
    let lane = lanes.get(endpointId)
    if (lane === undefined) {
      lane = {
        endpointId,
        waiting: [],
        taken: 0,
        underWay: 0,
        aside: 0,
        failures: 0,
        allowed: 1,
        isOpen: false,
        isTrusted: false,
      }
      lanes.set(endpointId, lane)
    }
    return lane
  }
  const sizeOf = (lane: Lane): number => lane.waiting.length - lane.taken
  // Of an endpoint that has not answered well yet, what waits is enough.
  const isFull = (lane: Lane): boolean =>
    lane.isOpen ||
    lane.aside > 0 ||
    sizeOf(lane) >= limits.fullAt ||
    (sizeOf(lane) > 0 && (lane.underWay > 0 ? lane.allowed === 1 : !lane.isTrusted))
  const turnsOf = (lane: Lane): Set<Lane> => (lane.isTrusted ? turns.trusted : turns.untrusted)
  const giveTurn = (lane: Lane): void => {
    if (sizeOf(lane) > 0 && lane.underWay < lane.allowed && lane.aside === 0) turnsOf(lane).add(lane)
  }
  const trust = (lane: Lane, isTrusted: boolean): void => {
    if (lane.isTrusted === isTrusted) return
    turnsOf(lane).delete(lane)
    lane.isTrusted = isTrusted
    untrustedWaiting += isTrusted ? -sizeOf(lane) : sizeOf(lane)
    untrustedUnderWay += (isTrusted ? -1 : 1) * (lane.underWay - lane.aside)
    giveTurn(lane)
  }
  const count = (lane: Lane, one: { readonly waiting: number; readonly underWay?: number }): void => {
    const { underWay = 0 } = one
    lane.underWay += underWay
    waiting += one.waiting
    if (lane.isTrusted) return
    untrustedWaiting += one.waiting
    untrustedUnderWay += underWay
  }
  const drop = (lane: Lane): Waiting[] => {
    const dropped = lane.waiting.slice(lane.taken)
    lane.waiting = []
    lane.taken = 0
    count(lane, { waiting: -dropped.length })
    turnsOf(lane).delete(lane)
    return dropped
  }
  const take = (lane: Lane): Waiting | undefined => {
    const next = lane.waiting[lane.taken++]
    if (sizeOf(lane) === 0) {
      lane.waiting = []
      lane.taken = 0
    }
    count(lane, { waiting: -1, underWay: 1 })
    return next
  }
  const hasUntrustedPlace = (): boolean => untrustedUnderWay < limits.untrustedPlaces
  /** Both kinds take turns while both have places. */
  const nextTurns = (): Set<Lane> => {
    const mayBeUntrusted = turns.untrusted.size > 0 && hasUntrustedPlace()
    wasTrusted = turns.trusted.size > 0 && !(mayBeUntrusted && wasTrusted)
    if (wasTrusted) return turns.trusted
    return mayBeUntrusted ? turns.untrusted : turns.trusted
  }
  return {
    size: () => waiting,
    /** How many of those that wait are for endpoints that are not trusted. */
    untrusted: () => untrustedWaiting,
    /** Whether nothing that waits may be sent now: its endpoints have enough under way. */
    isStuck: () => turns.trusted.size === 0 && (turns.untrusted.size === 0 || !hasUntrustedPlace()),
    /** Adds what was claimed; what belongs to a closed lane is answered, because it will not be sent. */
    add: (added: readonly Waiting[], untrusted: ReadonlySet<number>): Waiting[] => {
      const refused: Waiting[] = []
      for (const one of added) {
        const lane = laneOf(one.delivery.endpoint.id)
        trust(lane, !untrusted.has(lane.endpointId))
        if (lane.isOpen) refused.push(one)
        else {
          lane.waiting.push(one)
          count(lane, { waiting: 1 })
          giveTurn(lane)
        }
      }
      return refused
    },
    /** The next delivery, of the endpoint whose turn it is; undefined when all that wait have enough under way. */
    next: (): Waiting | undefined => {
      const those = nextTurns()
      for (const lane of those) {
        those.delete(lane)
        const next = take(lane)
        giveTurn(lane)
        return next
      }
      return undefined
    },
    isTrusted: (endpointId: number): boolean => laneOf(endpointId).isTrusted,
    /** Frees the place of a delivery that hangs. Its endpoint is trusted again when a claim after its answer says so. */
    setAside: (endpointId: number): void => {
      const lane = laneOf(endpointId)
      trust(lane, false)
      turnsOf(lane).delete(lane)
      lane.aside += 1
      untrustedUnderWay -= 1
    },
    /** Tells what became of a delivery; answers what will not be sent because of it. */
    finished: (endpointId: number, isDelivered: boolean, isSlow = false, wasAside = false): Waiting[] => {
      const lane = laneOf(endpointId)
      if (wasAside) {
        lane.aside -= 1
        untrustedUnderWay += lane.isTrusted ? 0 : 1
      }
      count(lane, { waiting: 0, underWay: -1 })
      if (isSlow) trust(lane, false)
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
