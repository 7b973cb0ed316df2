import { type Entry, keyOfEntry } from './types.ts'

/** Something entries can be read from: the current state, an old state, or a layer of uncommitted changes. */
export type Reader = { get(key: string): Entry | undefined }

/** Something entries can be read from and written to. */
export type Writable = Reader & {
  set(key: string, entry: Entry | undefined): void
  /** Entries under an index key (see `indexKeysOf`), in no order. */
  find(indexKey: string): Entry[]
  /** The ledger that changes belong to. */
  ledger(): number
}

/** Uncommitted changes above a reader. Nothing reaches the state below before `commit`. */
export type Layer = Writable & {
  /** The keys with changes not yet committed. */
  keys(): string[]
  commit(): void
}

/** The ledger state with enough memory of the past to show what a lagging server would show. */
export type Store = Writable & {
  /** Writes an entry and stamps it as modified in the ledger being closed. */
  set(key: string, entry: Entry | undefined): void
  /** Starts a ledger: later writes belong to it. */
  begin(ledger: number): void
  /** Keys changed in the ledger being closed, sorted, for the hash of the state. */
  changedKeys(): string[]
  /** The state as it was `ago` ledgers before the newest one. */
  at(ago: number): Reader
  /** Entries under an index key (see `indexKeysOf`) as of `ago` ledgers before the newest one, in no order. */
  find(indexKey: string, ago?: number): Entry[]
}

/** How many ledgers back the view of a lagging or frozen server can reach. */
export const MAX_LAG = 1024

/** An empty state. */
export function createStore(): Store {
  const entries = new Map<string, Entry>()
  const index = new Map<string, Set<string>>()
  // One map per ledger from key to what the key held before that ledger; the newest is last.
  const undo: Map<string, Entry | undefined>[] = [new Map()]
  let current = 1

  const newest = (): Map<string, Entry | undefined> => undo[undo.length - 1] ?? new Map()
  const past = (key: string, ago: number): Entry | undefined => {
    for (const changes of ago === 0 ? [] : undo.slice(-ago)) if (changes.has(key)) return changes.get(key)
    return entries.get(key)
  }

  return {
    get: (key) => entries.get(key),
    ledger: () => current,
    set(key, entry) {
      const before = entries.get(key)
      if (!newest().has(key)) newest().set(key, before)
      if (before) for (const name of indexKeysOf(before)) dropFromIndex(index, name, key)
      if (!entry) {
        entries.delete(key)
        return
      }
      const stamped = { ...entry, modified: current }
      entries.set(key, stamped)
      for (const name of indexKeysOf(stamped)) addToIndex(index, name, key)
    },
    begin(ledger) {
      current = ledger
      undo.push(new Map())
      if (undo.length > MAX_LAG) undo.shift()
    },
    changedKeys: () => [...newest().keys()].sort(),
    at: (ago) => ({ get: (key) => past(key, Math.min(ago, MAX_LAG)) }),
    find(indexKey: string, before?: number) {
      const ago = before ?? 0
      if (ago === 0) return present(index.get(indexKey), entries)
      const keys = new Set(index.get(indexKey))
      for (const changes of undo.slice(-ago)) {
        for (const [key, before] of changes) if (before && indexKeysOf(before).includes(indexKey)) keys.add(key)
      }
      const found: Entry[] = []
      for (const key of keys) {
        const entry = past(key, ago)
        if (entry && indexKeysOf(entry).includes(indexKey)) found.push(entry)
      }
      return found
    },
  }
}

/** A layer of changes above `below`; layers nest, as operations nest in transactions. */
export function createLayer(below: Writable): Layer {
  const changes = new Map<string, Entry | undefined>()
  return {
    get: (key) => (changes.has(key) ? changes.get(key) : below.get(key)),
    set: (key, entry) => void changes.set(key, entry && { ...entry, modified: below.ledger() }),
    ledger: below.ledger,
    keys: () => [...changes.keys()],
    find(indexKey) {
      const unchanged = below.find(indexKey).filter((entry) => !changes.has(keyOfEntry(entry)))
      const changed = [...changes.values()].filter((entry) => entry !== undefined)
      return [...unchanged, ...changed.filter((entry) => indexKeysOf(entry).includes(indexKey))]
    },
    commit() {
      for (const [key, entry] of changes) below.set(key, entry)
      changes.clear()
    },
  }
}

function present(keys: ReadonlySet<string> | undefined, entries: ReadonlyMap<string, Entry>): Entry[] {
  const found: Entry[] = []
  for (const key of keys ?? []) {
    const entry = entries.get(key)
    if (entry) found.push(entry)
  }
  return found
}

/** The lists an entry appears in: by owner, asset, signer, sponsor and claimant. */
function indexKeysOf(entry: Entry): string[] {
  switch (entry.kind) {
    case 'account':
      return [
        `signer|${entry.id}`,
        ...entry.signers.map(({ key }) => `signer|${key}`),
        ...sponsoredBy(entry.sponsor, ...entry.signers.map(({ sponsor }) => sponsor)),
      ]
    case 'trustline':
      return [`lines|${entry.account}`, `holders|${entry.asset}`, 'lines', ...sponsoredBy(entry.sponsor)]
    case 'data':
      return [`data|${entry.account}`, ...sponsoredBy(entry.sponsor)]
    case 'offer':
      return [
        'offers',
        `offers|${entry.seller}`,
        `book|${entry.selling}|${entry.buying}`,
        `selling|${entry.selling}`,
        ...sponsoredBy(entry.sponsor),
      ]
    case 'contract':
    case 'code':
    case 'counter':
      return []
    case 'balance':
      return [
        'balances',
        `balance-asset|${entry.asset}`,
        `sponsor|${entry.sponsor}`,
        ...entry.claimants.map(({ destination }) => `claimant|${destination}`),
      ]
  }
}

function sponsoredBy(...sponsors: readonly (string | null)[]): string[] {
  return sponsors.flatMap((sponsor) => (sponsor === null ? [] : [`sponsored|${sponsor}`]))
}

function addToIndex(index: Map<string, Set<string>>, name: string, key: string): void {
  const keys = index.get(name)
  if (keys) keys.add(key)
  else index.set(name, new Set([key]))
}

function dropFromIndex(index: Map<string, Set<string>>, name: string, key: string): void {
  const keys = index.get(name)
  keys?.delete(key)
  if (keys?.size === 0) index.delete(name)
}
