/** A JSON value with every place that the pointer names changed; `*` stands for each element, undefined removes one. */
export function changeAt(value: unknown, pointer: string, change: (old: unknown) => unknown): unknown {
  const parts = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  return changeParts(value, parts, change)
}

function changeParts(value: unknown, [part, ...rest]: readonly string[], change: (old: unknown) => unknown): unknown {
  if (part === undefined) return change(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    return value.flatMap((element: unknown, index) => {
      if (part !== '*' && part !== String(index)) return [element]
      const changed = changeParts(element, rest, change)
      return changed === undefined ? [] : [changed]
    })
  }
  const entries = Object.entries(value).flatMap(([name, old]): [string, unknown][] => {
    if (part !== '*' && part !== name) return [[name, old]]
    const changed = changeParts(old, rest, change)
    return changed === undefined ? [] : [[name, changed]]
  })
  return Object.fromEntries(entries)
}
