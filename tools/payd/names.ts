import { readFileSync, writeFileSync } from 'node:fs'
import { effectsOf } from '../db/lib/effects.ts'
import { type Migration, readMigrations } from '../db/lib/migrations.ts'
import { openProject, type Project } from '../db/lib/project.ts'
import { parseSql } from '../db/lib/sql.ts'

// The first migration refuses a project in which a name of PayD is taken, before anything exists, with the whole list. A list
// in SQL cannot be worked out when it runs, so it is written here from what the migrations create.

/** The names that PayD uses in the schema `public`, sorted. */
export type Names = { readonly relations: readonly string[]; readonly functions: readonly string[] }

/** What the migrations create in `public`: tables, views and types, and functions. */
export function namesOf(migrations: readonly Migration[]): Names {
  const relations = new Set<string>()
  const functions = new Set<string>()
  for (const { up } of migrations) {
    const parsed = parseSql(up.text)
    for (const { verb, kind, name } of parsed.ok ? effectsOf(parsed.sql.statements) : []) {
      if (verb !== 'create' || !name.startsWith('public.')) continue
      if (kind === 'function') functions.add(name.slice(7))
      else if (kind !== 'index' && kind !== 'other') relations.add(name.slice(7))
    }
  }
  return { relations: [...relations].sort(), functions: [...functions].sort() }
}

/** The first migration with the lists that are true now. */
export function withNames(text: string, { relations, functions }: Names): string {
  return replaced(replaced(text, 'relations', relations), 'functions', functions)
}

function replaced(text: string, kind: string, names: readonly string[]): string {
  const start = text.indexOf(`-- PayD's ${kind} in public:`)
  const [open, close] = [text.indexOf('array[', start), text.indexOf(']', start)]
  if (start === -1 || open === -1 || close === -1) throw new Error(`The first migration has no list of ${kind}.`)
  return `${text.slice(0, open)}array[\n${lines(names)}\n    ${text.slice(close)}`
}

const WIDTH = 112

function lines(names: readonly string[]): string {
  const rows: string[] = []
  for (const name of names.map((one) => `'${one}'`)) {
    const last = rows.at(-1)
    if (last !== undefined && last.length + name.length + 2 <= WIDTH) rows[rows.length - 1] = `${last}, ${name}`
    else rows.push(`      ${name}`)
  }
  return rows.join(',\n')
}

/** Writes the lists into the first migration of a project; false when they were right already. */
export function writeNames(project: Project): boolean {
  const { migrations } = readMigrations(project)
  const [first] = migrations
  if (!first) return false
  const text = withNames(readFileSync(first.up.path, 'utf8'), namesOf(migrations))
  if (text === first.up.text) return false
  writeFileSync(first.up.path, text)
  return true
}

if (import.meta.main) {
  const changed = writeNames(openProject(process.cwd()))
  console.log(changed ? 'The first migration has the names of today.' : 'The first migration had them already.')
}
