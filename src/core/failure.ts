import { PaydError } from './error.ts'

/**
 * What is needed only when something fails: the policy of repeating, the sentences for failures, and the question whether the caller
 * belongs to an organization. It is loaded with the first failure, because an app that starts needs none of it. A page that cannot
 * load it has no connection, or is older than what its server has.
 */
export async function recovery(
  action: string,
  failure?: unknown,
  status?: number,
): Promise<typeof import('./recover.ts')> {
  try {
    return await import('./recover.ts')
  } catch {
    throw new PaydError(`Could not ${action}.`, {
      kind: 'network',
      code: 'network_error',
      hint: 'Load the page again.',
      status,
      // Whatever the server refused it refuses again.
      retryable: !status,
      cause: failure,
    })
  }
}
