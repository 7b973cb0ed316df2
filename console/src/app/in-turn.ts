/** A pass that takes longer than this no longer holds up the next one. */
const LONGEST_PASS_MS = 5_000

/**
 * Does the work for everything that has arrived, one pass at a time; what arrives during a pass causes exactly one more. Done for each
 * arrival, reads would be broken off and begun anew while payments stream in: the page would stay old, and the database would still
 * work on every read that was broken off.
 */
export function inTurn<Item>(work: (items: readonly Item[]) => Promise<unknown>): (items: readonly Item[]) => void {
  let waiting: Item[] = []
  let isBusy = false
  const pass = async () => {
    isBusy = true
    while (waiting.length > 0) {
      const items = waiting
      waiting = []
      const patience = new Promise((resolve) => setTimeout(resolve, LONGEST_PASS_MS))
      await Promise.race([work(items).catch(() => undefined), patience])
    }
    isBusy = false
  }
  return (items) => {
    waiting.push(...items)
    if (!isBusy) void pass()
  }
}
