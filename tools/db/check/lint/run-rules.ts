import type { AnalysedFile, AnalysedMigration } from '../../lib/analysis.ts'
import type { Finding } from '../../lib/finding.ts'
import type { Header } from '../../lib/header.ts'
import { applyToModel, emptyModel, type SchemaModel } from '../../lib/schema-model.ts'
import type { Statement } from '../../lib/sql.ts'
import { readIgnores } from './ignores.ts'
import type { Hit, LintFile, LintRule } from './rule.ts'
import { LINT_RULES } from './rules/index.ts'

/**
 * Runs our own rules over migrations in their order, because what a file may do depends on what earlier ones made. Only
 * those in `wanted` are reported; broken files are left to the syntax check.
 */
export function runRules(
  migrations: readonly AnalysedMigration[],
  wanted: ReadonlySet<string> | undefined,
  rules: readonly LintRule[] = LINT_RULES,
): Finding[] {
  const finalModel = emptyModel()
  for (const { up } of migrations) for (const statement of up.sql?.statements ?? []) applyToModel(finalModel, statement)
  const model = emptyModel()
  return migrations.flatMap(({ migration, up, down, header }) => {
    const codeBefore = new Set(model.code)
    for (const statement of up.sql?.statements ?? []) applyToModel(model, statement)
    if (wanted && !wanted.has(migration.version)) return []
    const lint = (file: AnalysedFile | undefined, side: LintFile['side']): Finding[] =>
      file ? lintFile(file, side, { model, finalModel, codeBefore, header: header.header }, rules) : []
    return [...lint(up, 'forward'), ...lint(down, 'rollback')]
  })
}

type Surroundings = {
  model: SchemaModel
  finalModel: SchemaModel
  codeBefore: ReadonlySet<string>
  header: Header | undefined
}

function lintFile(
  file: AnalysedFile,
  side: LintFile['side'],
  surroundings: Surroundings,
  rules: readonly LintRule[],
): Finding[] {
  const { sql } = file
  if (!sql) return []
  const seen: LintFile = { ...file, ...surroundings, side, sql }
  const ignores = readIgnores(file.file.text, sql.statements)
  const findings = rules
    .filter((rule) => rule.appliesTo === 'both' || rule.appliesTo === side)
    .flatMap((rule) =>
      rule
        .check(seen)
        .filter((hit) => !ignores.covers(rule.id, hit.statement))
        .map((hit) => toFinding(rule, hit, file)),
    )
  const known = new Set(rules.map((rule) => rule.id))
  return [...findings, ...ignores.problems(known).map((problem) => ({ ...problem, file: file.file.shown }))]
}

const toFinding = (rule: LintRule, hit: Hit, file: AnalysedFile): Finding => ({
  check: `lint/${rule.id}`,
  severity: rule.severity,
  file: file.file.shown,
  ...placeOf(hit.statement, hit.at, file),
  what: hit.what,
  why: rule.why,
  fix: hit.fix ?? rule.fix,
})

const placeOf = (statement: Statement, offset: number | undefined, file: AnalysedFile) =>
  offset === undefined ? statement.position : (file.sql?.positions.atByte(offset) ?? statement.position)
