import { createHash } from 'node:crypto'

/** Numbers that look random and follow from the seed alone. */
export type Random = {
  /** A number from 0 (included) to 1 (excluded). */
  share(): number
  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number
  /** That many bytes. */
  bytes(count: number): Buffer
}

/** A source of numbers: the same seed gives the same numbers on every machine. */
export function createRandom(seed: string): Random {
  let drawn = 0
  const next = (): Buffer => {
    drawn += 1
    return createHash('sha256').update(`${seed} ${drawn}`).digest()
  }
  const share = (): number => next().readUInt32BE(0) / 2 ** 32
  return {
    share,
    below: (bound) => Math.floor(share() * bound),
    bytes(count) {
      const blocks: Buffer[] = []
      for (let size = 0; size < count; size += 32) blocks.push(next())
      return Buffer.concat(blocks).subarray(0, count)
    },
  }
}
