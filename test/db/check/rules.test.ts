import { describe, expect, test } from 'vitest'
import type { LintRule } from '../../../tools/db/check/lint/rule.ts'
import { LINT_RULES } from '../../../tools/db/check/lint/rules/index.ts'
import { runRules } from '../../../tools/db/check/lint/run-rules.ts'
import { type AnalysedMigration, analyse } from '../../../tools/db/lib/analysis.ts'
import type { Finding } from '../../../tools/db/lib/finding.ts'
import { aMigration } from './builders.ts'

describe.each(LINT_RULES.map((rule) => [rule.id, rule] as const))('%s', (_id, rule) => {
  test('finds its bad example and says where, why and what to do', () => {
    const findings = lintExample(rule, rule.bad).filter((finding) => finding.check === `lint/${rule.id}`)
    expect(findings).not.toHaveLength(0)
    for (const finding of findings) {
      expect(finding.line).toBeGreaterThan(0)
      expect(finding.what).toMatch(/\.$/)
      expect(finding.why).toBe(rule.why)
      expect(finding.fix.length).toBeGreaterThan(10)
    }
  })

  test('accepts its good example, and so does every other rule', () => {
    expect(lintExample(rule, rule.good)).toEqual([])
  })
})

describe('an exception', () => {
  const hidden = "do $$ begin execute 'alter table private.notes add column body text'; end $$;"

  test('with a reason silences its rule for the statement below it only', () => {
    const text = `-- db-ignore hidden-ddl: the extension is optional\n${hidden}\n${hidden}`
    expect(lintText(text).map((finding) => [finding.check, finding.line])).toEqual([['lint/hidden-ddl', 3]])
  })

  test('may stand inside its statement', () => {
    expect(lintText(hidden.replace('begin', 'begin\n-- db-ignore hidden-ddl: the extension is optional\n'))).toEqual([])
  })

  test.each([
    ['without a reason', '-- db-ignore hidden-ddl'],
    ['for a rule that does not exist', '-- db-ignore no-such-rule: because'],
    ['in the words of squawk', '-- squawk-ignore hidden-ddl'],
  ])('%s is itself reported', (_case, comment) => {
    const checks = lintText(`${comment}\n${hidden}`).map((finding) => finding.check)
    expect(checks).toContain('lint/ignore')
    expect(checks).toContain('lint/hidden-ddl')
  })

  test('that no statement follows is reported', () => {
    expect(lintText('select 1;\n-- db-ignore hidden-ddl: nothing here').map((finding) => finding.check)).toEqual([
      'lint/ignore',
    ])
  })
})

test('a right without a policy is accepted while row security hides every row and the policy follows later', () => {
  const table = 'create table public.notes (id bigint);\nalter table public.notes enable row level security;\n'
  const rights = 'revoke all on table public.notes from anon;\ngrant select on table public.notes to authenticated;'
  const policy = 'create policy "Members can read notes" on public.notes for select to authenticated using (true);'
  const first = analyse(aMigration({ version: '20260101000000', up: table + rights }))
  const second = analyse(aMigration({ version: '20260102000000', up: policy }))
  expect(runRules([first, second], undefined)).toEqual([])
  expect(runRules([first], undefined).map((finding) => finding.check)).toEqual(['lint/open-grant'])
})

function lintExample(rule: LintRule, text: string): Finding[] {
  const before: AnalysedMigration[] = rule.before
    ? [analyse(aMigration({ version: '20260101000000', up: rule.before }))]
    : []
  const side = rule.appliesTo === 'rollback' ? { up: 'select 1;', down: text } : { up: text }
  return runRules([...before, analyse(aMigration({ version: '20260102000000', ...side }))], new Set(['20260102000000']))
}

const lintText = (text: string): Finding[] => runRules([analyse(aMigration({ up: text }))], undefined)
