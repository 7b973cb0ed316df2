import { isPaydError, type PaydError } from 'payd'
import { type ReactNode, useEffect, useState } from 'react'
import { useMessages } from '../app/context.tsx'
import { Action } from './action.tsx'
import { ErrorBox, useSaid } from './error-box.tsx'
import { Notice } from './notice.tsx'

/** What of a query is shown; several that belong together can be given as one. */
export interface Asked<Data> {
  readonly data: Data | undefined
  readonly error: Error | null
  readonly fetchStatus: 'fetching' | 'paused' | 'idle'
  readonly refetch: (options?: { readonly cancelRefetch?: boolean }) => unknown
}

/**
 * What a page shows of what it asked for: that it waits, that there is no network, that the person may not see it, that it failed, or the
 * answer. An answer that could not be read anew stays on the screen, with the reason above it.
 */
export function Answer<Data>({
  of,
  children,
}: {
  readonly of: Asked<Data>
  readonly children: (data: Data) => ReactNode
}) {
  const t = useMessages()
  const { data, error, fetchStatus, refetch } = of
  const again = () => void refetch({ cancelRefetch: true })
  if (data === undefined) {
    if (fetchStatus === 'paused') return <Notice role="status" title={t.common.offline} tone="warn" />
    if (error === null) return <Waiting onRetry={again} />
    if (isPaydError(error) && error.kind === 'permission_denied') return <NoRight error={error} />
    return <ErrorBox error={error} onRetry={again} />
  }
  return (
    <>
      {error !== null && <ErrorBox error={error} onRetry={again} />}
      {children(data)}
    </>
  )
}

function NoRight({ error }: { readonly error: PaydError }) {
  const t = useMessages()
  const { title, cure } = useSaid(error)
  return (
    <Notice title={t.common.noRight} tone="plain">
      {cure ?? title}
    </Notice>
  )
}

const LONG_MS = 5_000

/** Rules without figures while an answer is awaited; after some seconds it says so, and offers to ask again. */
export function Waiting({ onRetry }: { readonly onRetry?: (() => void) | undefined }) {
  const t = useMessages()
  const [isLong, setIsLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setIsLong(true), LONG_MS)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div aria-live="polite" className="flex flex-col gap-3" role="status">
      <span className="sr-only">{t.common.loading}</span>
      {isLong && (
        <Notice
          actions={onRetry !== undefined && <Action onClick={onRetry}>{t.common.tryAgain}</Action>}
          title={t.common.takesLong}
          tone="warn"
        />
      )}
      <div aria-hidden="true" className="card flex animate-pulse flex-col gap-4 p-5">
        <div className="h-4 w-2/5 rounded bg-sunken" />
        <div className="h-4 w-4/5 rounded bg-sunken" />
        <div className="h-4 w-3/5 rounded bg-sunken" />
      </div>
    </div>
  )
}
