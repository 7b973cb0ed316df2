import type { Session } from '@supabase/auth-js'
import { useQueryClient } from '@tanstack/react-query'
import type { OwnOrganization, Payd } from 'payd'
import { invalidateByEvents, paydKey } from 'payd/query'
import type { LiveStatus } from 'payd/realtime'
import { useEffect, useState } from 'react'
import { useConsole } from './context.tsx'

/** Whether the page hears of changes, and how many notifications are unread. */
export interface Live {
  readonly status: LiveStatus
  readonly unread: number
}

/** Keeps everything that is shown up to date: an event of the organization makes what it changed be read again. */
export function useLive(payd: Payd, { organization_id, role }: OwnOrganization, session: Session): Live {
  const { supabase, config } = useConsole()
  const cache = useQueryClient()
  const [status, setStatus] = useState<LiveStatus>('connecting')
  const [unread, setUnread] = useState(0)
  const person = session.user.id
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
      if (role !== null) {
        const organization = subscribeToOrganization(live, organization_id, {
          onEvents: (events) => void invalidateByEvents(payd, cache, events),
          // What was read before the first join is seconds old; after a gap everything is.
          onResync: () => void cache.invalidateQueries({ queryKey: paydKey(payd) }),
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
    begin().catch(() => setStatus('refused'))
    return () => {
      isOver = true
      for (const end of endings) void end()
    }
  }, [supabase, config, cache, payd, organization_id, role, person])
  return { status, unread }
}
