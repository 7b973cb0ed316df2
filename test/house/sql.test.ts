import { describe, expect, test } from 'vitest'
import { descriptionProblem } from '../../tools/test/pgtap-description.ts'
import { projectFiles, textOf } from './files.ts'

const LONGEST_LINE = 120
const migrations = projectFiles(/^supabase\/migrations\/.*\.sql$/)

describe('SQL', () => {
  test('there is something to check', () => {
    expect(migrations.length).toBeGreaterThan(40)
  })

  test('no line has more than 120 characters', () => {
    const long = projectFiles(/^supabase\/(migrations|rollbacks)\/.*\.sql$/).flatMap((path) =>
      textOf(path)
        .split('\n')
        .flatMap((line, index) => (line.length > LONGEST_LINE ? [`${path}:${index + 1} has ${line.length}`] : [])),
    )
    expect(long).toEqual([])
  })

  test('each migration has its rollback, and each rollback its migration', () => {
    const rollbacks = projectFiles(/^supabase\/rollbacks\/.*\.sql$/)
    const expected = migrations.map((path) => path.replace('migrations', 'rollbacks').replace(/\.sql$/, '_DOWN.sql'))
    expect(rollbacks.sort()).toEqual(expected.sort())
  })

  test('what one migration creates is neither replaced nor altered by a later one', () => {
    const makers = new Map<string, string>()
    const problems: string[] = []
    for (const path of migrations.sort()) {
      for (const { kind, name, isReplaced } of creationsIn(textOf(path))) {
        const maker = makers.get(`${kind} ${name}`)
        if (isReplaced && maker !== undefined && maker !== path) problems.push(`${path} replaces the ${kind} ${name}`)
        makers.set(`${kind} ${name}`, maker ?? path)
      }
      for (const table of alteredTablesIn(textOf(path))) {
        const maker = makers.get(`table ${table}`)
        if (maker !== undefined && maker !== path) problems.push(`${path} alters ${table}, which ${maker} creates`)
      }
    }
    expect(problems).toEqual([])
  })
})

describe('the rule for descriptions of assertions', () => {
  test.each(['and is written once', 'nor does one', 'which is refused', 'it is announced', ''])(
    'refuses "%s"',
    (text) => {
      expect(descriptionProblem(text)).toBeDefined()
    },
  )
  test.each(['the event payroll.submitted is written exactly once', 'a viewer reads no salaries'])(
    'takes "%s"',
    (text) => {
      expect(descriptionProblem(text)).toBeUndefined()
    },
  )
})

function creationsIn(sql: string) {
  const pattern = /create (or replace )?(function|procedure|view|table)\s+([a-z_]+\.[a-z_0-9]+)/g
  return [...sql.matchAll(pattern)].map(([, replace, kind, name]) => ({
    kind,
    name,
    isReplaced: replace !== undefined,
  }))
}

function alteredTablesIn(sql: string): string[] {
  const pattern = /alter table\s+(?:only\s+)?([a-z_]+\.[a-z_0-9]+)\s+(?:add|drop|alter|rename)/g
  return [...sql.matchAll(pattern)].map(([, table = '']) => table)
}
