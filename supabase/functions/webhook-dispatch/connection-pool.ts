import type { Clock } from '../_shared/worker/ports.ts'

/** A connection to one address. */
export type Connection = {
  /** The address at the other end, as the operating system says it. */
  readonly peer: string
  read(into: Uint8Array): Promise<number | null>
  write(bytes: Uint8Array): Promise<number>
  close(): void
}

type Kept = { readonly connection: Connection; readonly keptAtMs: number }

/** Idle connections, and how long they are worth keeping. Many subscriptions may go to one host, so a host has no limit of its own. */
const MAX_KEPT = 128
const KEEP_MS = 4_000

/** Idle connections by the address they lead to. */
export function openPool(clock: Clock) {
  const pool = new Map<string, Kept[]>()
  let size = 0

  const closeOld = (): void => {
    for (const [key, kept] of pool) {
      const young = kept.filter(({ keptAtMs, connection }) => {
        if (clock.now() - keptAtMs < KEEP_MS) return true
        connection.close()
        return false
      })
      size -= kept.length - young.length
      if (young.length > 0) pool.set(key, young)
      else pool.delete(key)
    }
  }
  return {
    take: (key: string): Connection | null => {
      const kept = pool.get(key)
      for (let one = kept?.pop(); one !== undefined; one = kept?.pop()) {
        size -= 1
        if (clock.now() - one.keptAtMs < KEEP_MS) return one.connection
        one.connection.close()
      }
      pool.delete(key)
      return null
    },
    keep: (key: string, connection: Connection): void => {
      if (size >= MAX_KEPT) closeOld()
      if (size >= MAX_KEPT) {
        connection.close()
        return
      }
      const kept = pool.get(key)
      const one = { connection, keptAtMs: clock.now() }
      if (kept === undefined) pool.set(key, [one])
      else kept.push(one)
      size += 1
    },
  }
}
