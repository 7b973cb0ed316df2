/** One thing a check does not accept, at a place in a file. */
export type Finding = {
  /** Stable name of the check, such as `lint/cascade` or `validate/edited-after-applied`. */
  readonly check: string
  readonly severity: 'error' | 'warning'
  /** Path relative to the project, with forward slashes. */
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  /** Counted from 1, in characters. */
  readonly column: number
  readonly what: string
  readonly why: string
  readonly fix: string
}

/** Findings in the order a person reads them: by file, line, column, check. */
export function inReadingOrder(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) => compareText(a.file, b.file) || a.line - b.line || a.column - b.column || compareText(a.check, b.check),
  )
}

/** Compares by code units, so that the order is the same on every machine. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** A finding as three indented lines that editors can jump to. */
export function printFinding(finding: Finding): string {
  return [
    `${finding.file}:${finding.line}:${finding.column} ${finding.severity} [${finding.check}] ${finding.what}`,
    `    why: ${finding.why}`,
    `    fix: ${finding.fix}`,
  ].join('\n')
}
