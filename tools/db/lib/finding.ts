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

/** An error of `validate` about a file as a whole, or at one of its lines. */
export const validateError = (
  check: string,
  file: string,
  [what, why, fix]: readonly [what: string, why: string, fix: string],
  { line = 1, column = 1 }: { readonly line?: number; readonly column?: number } = {},
): Finding => ({ check: `validate/${check}`, severity: 'error', file, line, column, what, why, fix })

/** Findings in the order a person reads them: by file, line, column, check. */
export function inReadingOrder(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) => compareText(a.file, b.file) || a.line - b.line || a.column - b.column || compareText(a.check, b.check),
  )
}

/** Compares by code units, so that the order is the same on every machine. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Findings by check, so that what to do stands once and the places stand together, each as a line that editors can jump to.
 * With `why` the reasons are told, and what to do at each place where it differs.
 */
export function printFindings(findings: readonly Finding[], why: boolean): string[] {
  const checks = [...new Set(findings.map((finding) => finding.check))]
  return checks.flatMap((check) => {
    const own = findings.filter((finding) => finding.check === check)
    const [first] = own
    const hasOneFix = new Set(own.map((finding) => finding.fix)).size === 1
    return [
      `${first?.severity} ${check}${own.length > 1 ? ` (${own.length})` : ''}`,
      ...own.flatMap((finding) => [
        `  ${finding.file}:${finding.line}:${finding.column} ${finding.what}`,
        ...(hasOneFix ? [] : [`    fix: ${finding.fix}`]),
      ]),
      ...(why ? [`  why: ${first?.why}`] : []),
      ...(hasOneFix ? [`  fix: ${first?.fix}`] : []),
    ]
  })
}
