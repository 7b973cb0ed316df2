/** What a fault can tell requests apart by. */
export type RequestFacts = {
  readonly method: string
  readonly path: string
  /** Path, query and body together. */
  readonly text: string
  readonly rpcMethod: string | null
}

/** Whether a route of a fault (see `Where`) names this request. */
export function matchesRoute(route: string, facts: RequestFacts): boolean {
  const { path, rpcMethod } = facts
  const isFriendbot = path === '/friendbot'
  switch (route) {
    case '**':
      return true
    case 'reads':
      return !isSubmission(facts) && !isFriendbot
    case 'submissions':
      return isSubmission(facts)
    case 'horizon':
      return rpcMethod === null && !isFriendbot
    case 'rpc':
      return rpcMethod !== null
    default:
      return route.startsWith('rpc:') ? rpcMethod === route.slice(4) : rpcMethod === null && matchesPath(route, path)
  }
}

/** Whether a request hands in a transaction. */
export function isSubmission({ method, path, rpcMethod }: RequestFacts): boolean {
  if (rpcMethod !== null) return rpcMethod === 'sendTransaction'
  return method === 'POST' && (path === '/transactions' || path === '/transactions_async')
}

function matchesPath(pattern: string, path: string): boolean {
  const wanted = partsOf(pattern)
  const given = partsOf(path)
  const open = wanted.at(-1) === '**'
  const fixed = open ? wanted.slice(0, -1) : wanted
  if (open ? given.length < fixed.length : given.length !== fixed.length) return false
  return fixed.every((part, index) => part === '*' || part === given[index])
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '')
}
