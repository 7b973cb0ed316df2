import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { CallOptions, Page } from 'payd'
import { type Area, type PaydPages, paydKey } from 'payd/query'
import { useCallback, useMemo } from 'react'
import { useDesk } from './desk.tsx'

/** Asks with a call that `paydQueries` has no options for; the area says which events make the answer old. */
export function useAsk<Data>(
  area: Area,
  name: string,
  args: readonly unknown[],
  read: (options: CallOptions) => Promise<Data>,
  isEnabled = true,
) {
  const { payd } = useDesk()
  return useQuery({
    queryKey: paydKey(payd, area, name, ...args),
    queryFn: ({ signal }) => read({ signal }),
    enabled: isEnabled,
  })
}

/** Reads a list page by page; again and again where no event tells that it has grown. */
export function usePages<Item>(pages: PaydPages<Item>, isEnabled = true, everyMs?: number) {
  const query = useInfiniteQuery({
    ...pages,
    enabled: isEnabled,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
  })
  const { data, error, fetchStatus, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = query
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  const items = useMemo(() => data?.pages.flatMap((page: Page<Item>) => page.items), [data])
  return {
    of: { data: items, error, fetchStatus, refetch },
    items: items ?? [],
    hasMore: hasNextPage,
    isGrowing: isFetchingNextPage,
    more,
  }
}
