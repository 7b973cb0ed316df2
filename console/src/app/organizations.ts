import { useQuery } from '@tanstack/react-query'
import { createPayd } from 'payd'
import { paydQueries } from 'payd/query'
import { useMemo } from 'react'
import { useConsole } from './context.tsx'
import { useSession } from './session.tsx'

/** The organizations of the signed-in person. */
export function useOrganizations() {
  const { supabase } = useConsole()
  const session = useSession()
  const queries = useMemo(() => paydQueries(createPayd(supabase)), [supabase])
  return useQuery({ ...queries.organizations.list(), enabled: session !== null, staleTime: 60_000 })
}
