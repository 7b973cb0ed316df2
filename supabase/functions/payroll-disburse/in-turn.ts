/** Runs work under one name after the other, in the order in which it was asked for, and work under different names at the same time. */
export type InTurn = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>

export function inTurn(): InTurn {
  const last = new Map<string, Promise<unknown>>()
  return (name, work) => {
    // A failure is told to the caller whose work failed; the work behind it has its turn all the same.
    const turn = (last.get(name) ?? Promise.resolve()).then(work, work)
    last.set(name, turn)
    return turn
  }
}
