import type { HarmOf } from './fault.ts'
import { changeAt } from './pointer.ts'
import type { Random } from './random.ts'

// Where the lists of Horizon and RPC stand in their answers.
const LISTS = ['/_embedded/records', '/result/entries', '/result/events', '/result/transactions', '/result/ledgers']

/** A page that is not the page that was asked for: its records in another order, twice, missing, or linked in a circle. */
export function harmPage(
  body: unknown,
  harm: HarmOf<'reorder' | 'duplicate' | 'drop' | 'short' | 'loop'>,
  random: Random,
): unknown {
  if (harm.kind === 'loop') return withLoop(body)
  const change = (list: unknown): unknown => (Array.isArray(list) ? harmList(list, harm, random) : list)
  return LISTS.reduce((changed, path) => changeAt(changed, path, change), body)
}

function harmList(
  list: readonly unknown[],
  harm: HarmOf<'reorder' | 'duplicate' | 'drop' | 'short'>,
  random: Random,
): unknown[] {
  switch (harm.kind) {
    case 'reorder':
      return shuffled(list, random)
    case 'short':
      return list.slice(0, harm.keep)
    case 'duplicate': {
      const again = chosen(list, harm.records ?? list.length, random)
      return list.flatMap((record, index) => (again.has(index) ? [record, record] : [record]))
    }
    case 'drop': {
      const gone = chosen(list, harm.records ?? 1, random)
      return list.filter((_, index) => !gone.has(index))
    }
  }
}

function shuffled(list: readonly unknown[], random: Random): unknown[] {
  const left = [...list]
  const mixed: unknown[] = []
  while (left.length > 0) mixed.push(...left.splice(random.below(left.length), 1))
  return mixed
}

function chosen(list: readonly unknown[], count: number, random: Random): ReadonlySet<number> {
  const places = shuffled([...list.keys()], random)
  return new Set(places.slice(0, count).map(Number))
}

/** The page whose next page is the page itself. */
function withLoop(body: unknown): unknown {
  let self: unknown
  changeAt(body, '/_links/self', (link) => {
    self = link
    return link
  })
  return self === undefined ? body : changeAt(body, '/_links/next', () => self)
}
