/**
 * The same function that works out each text once, because one command asks the same of a file many times: its statements, its
 * hash, what it creates. It forgets all when it holds as many as `most`.
 */
export function remembering<Value>(workOut: (text: string) => Value, most = 1000): (text: string) => Value {
  const known = new Map<string, Value>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const value = workOut(text)
    if (known.size >= most) known.clear()
    known.set(text, value)
    return value
  }
}
