import { useQuery } from '@tanstack/react-query'
import { createPayd, getLastEventSequence, inOrganization, type OrganizationId } from 'payd'
import { paydQueries } from 'payd/query'
import { useMemo } from 'react'
import { useConsole } from './context.tsx'
import { useSession } from './session.tsx'

/** The key of what is read about the organizations of the person, which is asked for outside of any of them. */
export const ORGANIZATIONS = ['payd', 'default', 'organizations'] as const

/** The organizations of the signed-in person. */
export function useOrganizations() {
  const { supabase } = useConsole()
  const session = useSession()
  const queries = useMemo(() => paydQueries(createPayd(supabase)), [supabase])
  return useQuery({ ...queries.organizations.list(), enabled: session !== null, staleTime: 60_000 })
}

/**
 * The newest event of an organization before anything of it is read, asked for together with the organizations: what is read afterwards is
 * read once more only when something has happened since. Undefined when it cannot be known.
 */
export function useNewestEvent(organization: string): number | 'awaited' | undefined {
  const { supabase } = useConsole()
  const session = useSession()
  const id = Number(organization)
  const newest = useQuery({
    queryKey: ['newest event', session?.user.id, id],
    queryFn: ({ signal }) => getLastEventSequence(inOrganization(supabase, id as OrganizationId), { signal }),
    enabled: session !== null && Number.isSafeInteger(id) && id > 0,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  return newest.isLoading ? 'awaited' : newest.data
}
