import type { Session } from '@supabase/supabase-js'
import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { useConsole } from './context.tsx'

const Context = createContext<Session | null | undefined>(undefined)

/** Follows the session of this browser: signing out in one tab signs out all, and forgets whatever was read. */
export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const { supabase } = useConsole()
  const cache = useQueryClient()
  const [session, setSession] = useState<Session | null>()
  useEffect(() => {
    const { data } = supabase.auth.onAuthStateChange((event, now) => {
      setSession((before) => {
        // Another person in another tab: nothing of the first may stay on the screen.
        if (event === 'SIGNED_OUT' || (before !== null && before !== undefined && before.user.id !== now?.user.id))
          cache.clear()
        return now
      })
    })
    return () => data.subscription.unsubscribe()
  }, [supabase, cache])
  return session === undefined ? null : <Context.Provider value={session}>{children}</Context.Provider>
}

/** Who is signed in, or null. */
export const useSession = (): Session | null => useContext(Context) ?? null
