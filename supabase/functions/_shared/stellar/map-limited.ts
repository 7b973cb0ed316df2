/** The results of `work` for every item in their order, with at most `limit` of them under way at the same time. */
export async function mapLimited<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>()
  const queue = items.entries()
  const lane = async () => {
    // All lanes draw from one iterator, so every item is taken exactly once.
    for (const [index, item] of queue) results.set(index, await work(item))
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane))
  return items.map((_, index) => results.get(index) as Result)
}
