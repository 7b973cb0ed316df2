const ONE = 10_000_000n

/** The decimal string of an amount of stroops with exactly seven decimals, as Horizon writes amounts. */
export function formatStroops(stroops: bigint): string {
  const negative = stroops < 0n
  const value = negative ? -stroops : stroops
  const text = `${value / ONE}.${(value % ONE).toString().padStart(7, '0')}`
  return negative ? `-${text}` : text
}

/** The smaller of two amounts; Math.min knows no bigint. */
export function smaller(left: bigint, right: bigint): bigint {
  if (left < right) return left
  return right
}

/** The larger of two amounts. */
export function larger(left: bigint, right: bigint): bigint {
  if (left > right) return left
  return right
}
