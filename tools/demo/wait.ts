import { setTimeout as sleep } from 'node:timers/promises'

/** How long to keep looking, and how often. */
export interface Patience {
  readonly deadlineMs: number
  readonly intervalMs?: number
}

/**
 * What `look` finds, as soon as it finds something; it returns undefined while there is nothing. Throws after the
 * deadline with what did not happen and, if given, how far it came.
 */
export async function until<Found>(
  what: string,
  look: () => Promise<Found | undefined> | Found | undefined,
  { deadlineMs, intervalMs = 50 }: Patience,
  howFar: () => string = () => '',
): Promise<Found> {
  const end = performance.now() + deadlineMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() >= end) {
      const progress = howFar()
      throw new Error(`After ${deadlineMs / 1_000} s ${what} has not happened.${progress === '' ? '' : ` ${progress}`}`)
    }
    await sleep(intervalMs)
  }
}

/** The results of `work` for every item, in order, with at most `limit` at a time. The first failure ends it. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as Item)
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  return results
}
