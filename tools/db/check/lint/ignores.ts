import { analyseFile } from '../../lib/analysis.ts'
import type { Finding } from '../../lib/finding.ts'
import type { SqlFile } from '../../lib/migrations.ts'
import type { Statement } from '../../lib/sql.ts'

/**
 * The exceptions a file declares: `-- db-ignore <rule>: <reason>` above a statement or inside it; a rule of squawk is named
 * `squawk/<rule>`, as findings print it.
 */
export type Ignores = {
  covers(rule: string, statement: Statement): boolean
  /** Like `covers`, for what only says a line. */
  coversLine(rule: string, line: number): boolean
  /** Exceptions without a reason, for a rule that does not exist, or that no statement follows. */
  problems(knownRules: ReadonlySet<string>): Omit<Finding, 'file'>[]
}

type Ignore = {
  readonly rule: string
  readonly reason: string
  readonly line: number
  readonly statement: Statement | undefined
}

const PATTERN = /--\s*db-ignore\s+(?:lint\/)?([a-z/-]+)\s*(?::\s*(.*\S))?\s*$/
const OF_SQUAWK = /--\s*squawk-(?:ignore|disable)/

/**
 * Tables whose statements carry an exception from a rule, in any of these files: what lint lets pass, health lets pass too. Only
 * files that name the rule are parsed, because that takes long.
 */
export function exemptTables(files: readonly SqlFile[], rule: string): ReadonlySet<string> {
  return new Set(
    files.flatMap((file) => {
      if (!file.text.includes(`db-ignore ${rule}`)) return []
      const { sql, effects } = analyseFile(file)
      if (!sql) return []
      const ignores = readIgnores(file.text, sql.statements)
      return effects.flatMap((effect) => (effect.table && ignores.covers(rule, effect.statement) ? [effect.table] : []))
    }),
  )
}

/** Reads the exceptions of a file. */
export function readIgnores(text: string, statements: readonly Statement[]): Ignores {
  const ignores = text.split('\n').flatMap((content, index): Ignore[] => {
    const [, rule, reason = ''] = OF_SQUAWK.test(content) ? ['', 'squawk-ignore'] : (PATTERN.exec(content) ?? [])
    return rule ? [{ rule, reason, line: index + 1, statement: statementAt(index + 1, statements) }] : []
  })
  const covers = (rule: string, statement: Statement): boolean =>
    ignores.some((ignore) => ignore.rule === rule && ignore.statement === statement && ignore.reason !== '')
  return {
    covers,
    coversLine: (rule, line) => {
      const statement = statementAt(line, statements)
      return statement !== undefined && covers(rule, statement)
    },
    problems: (known) =>
      ignores.flatMap((ignore) => {
        const what = problemOf(ignore, known)
        if (!what) return []
        const why = 'An exception that nobody can judge hides the next mistake too.'
        const fix = 'Write "-- db-ignore <rule>: <reason>" directly above the statement.'
        return [{ check: 'lint/ignore', severity: 'error' as const, line: ignore.line, column: 1, what, why, fix }]
      }),
  }
}

function problemOf(ignore: Ignore, known: ReadonlySet<string>): string | undefined {
  if (ignore.rule === 'squawk-ignore') return 'The exception is written in the words of squawk, which need no reason.'
  if (!known.has(ignore.rule) && !/^squawk\/[a-z-]+$/.test(ignore.rule)) return `There is no rule "${ignore.rule}".`
  if (ignore.reason === '') return `The exception from "${ignore.rule}" gives no reason.`
  return ignore.statement ? undefined : `No statement follows the exception from "${ignore.rule}".`
}

function statementAt(line: number, statements: readonly Statement[]): Statement | undefined {
  const around = statements.find((statement) => {
    const last = statement.position.line + statement.text.split('\n').length - 1
    return statement.position.line <= line && line <= last
  })
  return around ?? statements.find((statement) => statement.position.line > line)
}
