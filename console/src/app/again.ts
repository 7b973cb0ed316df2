import type { Query } from '@tanstack/react-query'
import { isPaydError } from 'payd'

const READ_AGAIN_MS = 15_000

/** What is on the screen and could not be read anew is old: it is tried again until that succeeds, where trying again can help. */
export function againWhenFailed({
  state,
}: {
  readonly state: Pick<Query['state'], 'data' | 'status' | 'error'>
}): number | false {
  const isOld = state.data !== undefined && state.status === 'error'
  return isOld && isPaydError(state.error) && state.error.retryable && READ_AGAIN_MS
}
