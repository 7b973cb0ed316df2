import type { Session } from '@supabase/auth-js'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import type { OwnOrganization, Payd } from 'payd'
import { invalidateByEvents, invalidateEverything, paydKey } from 'payd/query'
import type { LiveEvent, LiveStatus } from 'payd/realtime'
import { useEffect, useState } from 'react'
import { useConsole } from './context.tsx'
import { inTurn } from './in-turn.ts'
import { ORGANIZATIONS } from './organizations.ts'

/** Whether the page hears of changes, and how many notifications are unread. */
export interface Live {
  readonly status: LiveStatus
  readonly unread: number
}

/**
 * Keeps everything that is shown up to date: an event of the organization makes what it changed be read again. `since` is the newest event
 * from before anything was read.
 */
export function useLive(
  payd: Payd,
  { organization_id, role }: OwnOrganization,
  session: Session,
  since: number | undefined,
): Live {
  const { supabase, config } = useConsole()
  const cache = useQueryClient()
  const [status, setStatus] = useState<LiveStatus>('connecting')
  const [unread, setUnread] = useState(0)
  const person = session.user.id
  // What an earlier visit has left in the cache may be older than the newest event.
  const [knownSince] = useState(() => {
    const asked = cache.getQueryCache().findAll({ queryKey: paydKey(payd) })
    return asked.every(({ state }) => state.data === undefined) ? since : undefined
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the channel belongs to the person, whose token is renewed under way.
  useEffect(() => {
    let isOver = false
    const endings: (() => unknown)[] = []
    const begin = async () => {
      const [{ subscribeToInbox, subscribeToOrganization }, { openRealtime }] = await Promise.all([
        import('payd/realtime'),
        import('./realtime.ts'),
      ])
      const { live, close } = await openRealtime(config, supabase)
      if (isOver) return close()
      endings.push(close)
      // A lost message is an event of every kind.
      const readAnew = inTurn(async (events: readonly (LiveEvent | 'all')[]) => {
        await commandsDone(cache)
        const known = events.filter((event) => event !== 'all')
        if (known.length < events.length) await invalidateEverything(payd, cache)
        else await invalidateByEvents(payd, cache, known)
        if (known.some(({ type }) => type.startsWith('organization.')))
          await cache.invalidateQueries({ queryKey: ORGANIZATIONS })
      })
      if (role !== null) {
        const organization = subscribeToOrganization(live, organization_id, {
          since: knownSince,
          onEvents: readAnew,
          onResync: () => readAnew(['all']),
          onStatus: setStatus,
        })
        endings.unshift(() => organization.unsubscribe())
      }
      const inbox = await subscribeToInbox(live, organization_id, {
        onUnread: (count) => {
          setUnread(count)
          void cache.invalidateQueries({ queryKey: paydKey(payd, 'notifications') })
        },
        ...(role === null ? { onStatus: setStatus } : {}),
      })
      if (isOver) void inbox.unsubscribe()
      else endings.unshift(() => inbox.unsubscribe())
    }
    let again: ReturnType<typeof setTimeout> | undefined
    const endAll = () => {
      for (const end of endings.splice(0)) void end()
    }
    // A part that could not be loaded, or a session that could not be read: without another try the page would stay old unseen.
    const start = () => {
      begin().catch(() => {
        endAll()
        if (isOver) return
        setStatus('reconnecting')
        again = setTimeout(start, BEGIN_AGAIN_MS)
      })
    }
    start()
    return () => {
      isOver = true
      clearTimeout(again)
      endAll()
    }
  }, [supabase, config, cache, payd, organization_id, role, person])
  return { status, unread }
}

const LOOK_EVERY_MS = 100
const BEGIN_AGAIN_MS = 5_000

/** Waits for commands under way, which read what they change by themselves: to break that off would show what was there before. */
async function commandsDone(cache: QueryClient): Promise<void> {
  for (let looks = 0; cache.isMutating() > 0 && looks < 50; looks++)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
}
