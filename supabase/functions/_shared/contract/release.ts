/** The release of PayD that this code belongs to: the version of the package, and what `payd_version()` answers in its database. */
export const RELEASE = '0.1.0'

/** Compares versions such as 1.10.0 by their numbers: negative when the first is older. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(/[.-]/).map(Number))
  for (let at = 0; at < 3; at += 1) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
