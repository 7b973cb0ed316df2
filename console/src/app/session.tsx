import type { Session } from '@supabase/auth-js'
import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { useConsole } from './context.tsx'

const Context = createContext<Session | null | undefined>(undefined)

/** Follows the session of this browser: signing out in one tab signs out all, and forgets whatever was read. */
export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const { supabase } = useConsole()
  const cache = useQueryClient()
  const [session, setSession] = useState<Session | null>()
  const person = session?.user.id
  useEffect(() => {
    const { data } = supabase.auth.onAuthStateChange((_, now) => setSession(now))
    return () => data.subscription.unsubscribe()
  }, [supabase])
  useEffect(() => {
    // When the person has gone or is another one, the pages of the first are gone already, and so must be what they showed.
    if (person !== undefined) return () => cache.clear()
    return undefined
  }, [person, cache])
  return session === undefined ? null : <Context.Provider value={session}>{children}</Context.Provider>
}

/** Who is signed in, or null. */
export const useSession = (): Session | null => useContext(Context) ?? null
