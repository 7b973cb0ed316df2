import { type AnalysedMigration, tablesOf } from '../../lib/analysis.ts'
import type { Dependencies } from '../../lib/dependencies.ts'
import { type Finding, validateError } from '../../lib/finding.ts'
import type { Header } from '../../lib/header.ts'
import { runsAlone } from '../../lib/units.ts'

const LIE =
  'Approvals, soak times and the reading order of people follow the header; one that is wrong lets a change slip through the wrong gate.'
const REWRITE = 'Correct the line, or run npm run db -- check --fix, which works it out from the statements.'

/** Headers that are missing or say something else than the statements do. */
export function checkHeaders(
  migrations: readonly AnalysedMigration[],
  dependencies: Dependencies,
  now: Date,
): Finding[] {
  const keys = migrations.map(({ migration }) => migration.key)
  return migrations.flatMap((one) => {
    if (one.migration.original !== undefined) return []
    const { header, problems } = one.header
    if (!header) {
      return problems.map((problem) =>
        finding(
          one,
          'header',
          problem.line,
          problem.what,
          problem.fix,
          'Every tool and reader starts from the header.',
        ),
      )
    }
    if (!one.up.sql) return []
    return [
      ...checkClass(one, header),
      ...checkBreaking(one, header),
      ...checkTables(one, header),
      ...checkDepends(one, header, keys, dependencies.get(one.migration.version) ?? []),
      ...checkTransaction(one, header),
      ...checkDate(one, header, now),
    ]
  })
}

const finding = (
  one: AnalysedMigration,
  check: string,
  line: number,
  what: string,
  fix = REWRITE,
  why = LIE,
): Finding => validateError(check, one.migration.up.shown, [what, why, fix], { line })

const lineOf = (one: AnalysedMigration, field: string): number => one.header.lines[field] ?? 1

function checkClass(one: AnalysedMigration, header: Header): Finding[] {
  const real = one.classes.map((reason) => reason.changeClass)
  const unsaid = one.classes.filter((reason) => !header.classes.includes(reason.changeClass))
  const untrue = header.classes.filter((name) => !real.includes(name))
  return [
    ...unsaid.map(({ changeClass, statement }) => ({
      ...finding(
        one,
        'header-class',
        statement.position.line,
        `The header does not say "${changeClass}", but this statement is one.`,
      ),
      column: statement.position.column,
    })),
    ...untrue.map((name) =>
      finding(one, 'header-class', lineOf(one, 'class'), `The header says "${name}", but no statement is one.`),
    ),
  ]
}

function checkBreaking(one: AnalysedMigration, header: Header): Finding[] {
  const breaks = one.classes.find((reason) =>
    ['breaking-change', 'drop-table', 'drop-column'].includes(reason.changeClass),
  )
  if (!breaks || header.breaking !== 'no') return []
  const what = `The header says "breaking: no", but line ${breaks.statement.position.line} can break what clients do today.`
  return [
    finding(
      one,
      'header-breaking',
      lineOf(one, 'breaking'),
      what,
      'Say after "breaking:" what clients must change before it.',
    ),
  ]
}

function checkTables(one: AnalysedMigration, header: Header): Finding[] {
  const real = tablesOf(one.up)
  const unsaid = real.filter((table) => !header.tables.includes(table))
  const untrue = header.tables.filter((table) => !real.includes(table))
  return [
    ...unsaid.map((table) =>
      finding(
        one,
        'header-tables',
        lineOf(one, 'tables'),
        `The header does not name ${table}, which the file touches.`,
      ),
    ),
    ...untrue.map((table) =>
      finding(one, 'header-tables', lineOf(one, 'tables'), `The header names ${table}, which the file does not touch.`),
    ),
  ]
}

function checkDepends(
  one: AnalysedMigration,
  header: Header,
  keys: readonly string[],
  real: readonly string[],
): Finding[] {
  const line = lineOf(one, 'depends')
  const unknown = header.depends.filter((key) => !keys.includes(key))
  // The stamp of a copied file is another than the key, so the place in the history counts.
  const own = keys.indexOf(one.migration.key)
  const later = header.depends.filter((key) => keys.indexOf(key) >= own)
  const unsaid = real.filter((version) => !header.depends.includes(version))
  const why = 'A migration that runs before what it needs fails half-way through a deployment.'
  return [
    ...unknown.map((version) =>
      finding(one, 'header-depends', line, `It depends on ${version}, which does not exist.`, REWRITE, why),
    ),
    ...later.map((version) =>
      finding(one, 'header-depends', line, `It depends on ${version}, which runs later.`, REWRITE, why),
    ),
    ...unsaid.map((version) =>
      finding(one, 'header-depends', line, `It uses objects of ${version}, but does not say so.`, REWRITE, why),
    ),
  ]
}

function checkTransaction(one: AnalysedMigration, header: Header): Finding[] {
  const alone = one.up.sql?.statements.find(runsAlone)
  if (header.transaction === (alone === undefined)) return []
  const what = alone
    ? `The header says "transaction: yes", but line ${alone.position.line} runs outside of it.`
    : 'The header says "transaction: no", but every statement may run inside one.'
  return [finding(one, 'header-transaction', lineOf(one, 'transaction'), what)]
}

function checkDate(one: AnalysedMigration, header: Header, now: Date): Finding[] {
  const tomorrow = new Date(now.getTime() + 24 * 60 * 60 * 1000).toISOString().slice(0, 10)
  if (header.date <= tomorrow) return []
  return [
    finding(
      one,
      'header-date',
      lineOf(one, 'date'),
      `The date ${header.date} lies in the future.`,
      'Write the day on which it was written.',
    ),
  ]
}
