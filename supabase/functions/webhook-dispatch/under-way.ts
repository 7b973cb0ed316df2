import type { Lanes } from './lane.ts'

type Sent = { readonly endpointId: number; readonly sentAtMs: number; readonly isTrusted: boolean; isAside: boolean }

export type UnderWayLimits = {
  readonly concurrency: number
  /** Deliveries that may be set aside at the same time. */
  readonly asidePlaces: number
}

/** An answer that takes longer frees its place while all places are taken. */
const HANGING_MS = 1_000

/**
 * Deliveries that were sent and are not answered yet, the oldest first. Those of trusted endpoints that hang are set aside as soon as no place is
 * free, and no longer count: however many trusted endpoints begin to hang at once, the others do not wait for the end of their timeouts.
 */
export function openUnderWay(lanes: Lanes, limits: UnderWayLimits) {
  const sent = new Map<Promise<void>, Sent>()
  let aside = 0
  const hasPlace = (): boolean => sent.size - aside < limits.concurrency
  return {
    size: () => sent.size,
    hasPlace,
    ended: () => Promise.all(sent.keys()),
    add: (sending: Promise<void>, endpointId: number, sentAtMs: number): void => {
      sent.set(sending, { endpointId, sentAtMs, isTrusted: lanes.isTrusted(endpointId), isAside: false })
    },
    /** Forgets a delivery that was answered, and says whether it was set aside. */
    remove: (sending: Promise<void>): boolean => {
      const isAside = sent.get(sending)?.isAside ?? false
      sent.delete(sending)
      if (isAside) aside -= 1
      return isAside
    },
    /** Sets aside what hangs, if no place is free. Endpoints that are not trusted keep to the part of the places that they share. */
    setAside: (nowMs: number): void => {
      if (hasPlace()) return
      for (const one of sent.values()) {
        if (aside >= limits.asidePlaces || nowMs - one.sentAtMs < HANGING_MS) return
        if (one.isAside || !one.isTrusted) continue
        one.isAside = true
        aside += 1
        lanes.setAside(one.endpointId)
      }
    },
  }
}
