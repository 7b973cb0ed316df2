/** Runs work under one name after the other, in the order in which it was asked for, and work under different names at the same time. */
export type InTurn = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>

export function inTurn(): InTurn {
  const last = new Map<string, Promise<unknown>>()
  return (name, work) => {
    // What failed before is told to whoever asked for it, and stops nobody behind it.
    const turn = (last.get(name) ?? Promise.resolve()).then(work, work)
    last.set(name, turn)
    return turn
  }
}
