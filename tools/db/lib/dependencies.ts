import type { Node } from 'libpg-query'
import type { AnalysedMigration } from './analysis.ts'
import { bodyOf } from './bodies.ts'
import { tokensOf } from './lexer.ts'
import type { Statement } from './sql.ts'
import { dottedName, relationName, walk, words } from './tree.ts'

/** The keys of the earlier migrations that created the objects that each migration uses, by version. */
export type Dependencies = ReadonlyMap<string, readonly string[]>

/**
 * Works out what every migration stands on: those that created the tables, types, functions and schemas it names,
 * function bodies included. What is created later, and what these migrations did not create, is left out.
 */
export function dependenciesOf(migrations: readonly AnalysedMigration[]): Dependencies {
  const creators = new Map<string, string>()
  const result = new Map<string, readonly string[]>()
  for (const { migration, up } of migrations) {
    const statements = up.sql?.statements ?? []
    const used = new Set(statements.flatMap(namesIn))
    const keys = [...used].flatMap((name) => creators.get(name) ?? [])
    result.set(migration.version, [...new Set(keys)].sort())
    for (const effect of up.effects) {
      if (effect.verb === 'create' && effect.kind !== 'other' && !creators.has(effect.name)) {
        creators.set(effect.name, migration.key)
      }
    }
  }
  return result
}

/** Every `schema.name` that a statement mentions, and the schemas themselves. */
export function namesIn(statement: Statement): string[] {
  const names = new Set<string>()
  const add = (name: string): void => {
    names.add(name)
    names.add(name.split('.')[0] ?? '')
  }
  walk(statement.node, (kind, value) => {
    if (kind === 'RangeVar' && value.schemaname) add(relationName(value))
    if (kind === 'FuncCall') addDotted(add, value.funcname)
    if (kind === 'TypeName') addDotted(add, value.names)
    if (kind === 'ObjectWithArgs') addDotted(add, value.objname)
    if (kind === 'CreateTrigStmt') addDotted(add, value.funcname)
    if (kind === 'CreateFunctionStmt') addDotted(add, value.funcname)
    if (kind === 'List') addDotted(add, value.items)
  })
  const body = bodyOf(statement)
  if (body) for (const name of dottedWords(body.text)) add(name)
  return [...names]
}

function addDotted(add: (name: string) => void, value: unknown): void {
  const nodes = Array.isArray(value) ? (value as Node[]) : []
  const parts = words(nodes)
  if (parts.length === nodes.length && parts.length > 1)
    add(parts.length === 2 ? dottedName(nodes) : parts.slice(0, 2).join('.'))
}

/** Every `schema.name` in code that the parser keeps as a string. */
export function dottedWords(text: string): string[] {
  const tokens = tokensOf(text)
  return tokens.flatMap((token, index) => {
    const isName = (at: number): boolean => ['word', 'quoted'].includes(tokens[at]?.kind ?? '')
    const isStart = isName(index) && tokens[index - 1]?.value !== '.'
    return isStart && tokens[index + 1]?.value === '.' && isName(index + 2)
      ? [`${token.value}.${tokens[index + 2]?.value}`]
      : []
  })
}
