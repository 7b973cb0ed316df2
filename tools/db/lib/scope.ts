import { effectsOf } from './effects.ts'
import { readMigrations } from './migrations.ts'
import type { Project } from './project.ts'
import { remembering } from './remember.ts'
import { parseSql } from './sql.ts'

/**
 * Which objects of a database are the project's own: what its migrations create, and everything in the schemas that they
 * create. Everything else belongs to somebody else, such as an extension, the dashboard, a job that makes partitions, or
 * the application beside PayD; it is counted and never compared, changed or offered for dropping.
 */
export type Scope = {
  /** Whether `schema.name` is one of the project's tables, views, functions, types or sequences. */
  owns(schema: string, name: string, isPartition: boolean): boolean
  /** Whether the project created a schema. */
  ownsSchema(schema: string): boolean
  /** Whether the project put a trigger or a policy of this name on a table of the platform. */
  ownsAttached(schema: string, table: string, name: string): boolean
}

/** The scope of a project's migrations. */
export const projectScope = (project: Project): Scope =>
  scopeOf(readMigrations(project).migrations.map((migration) => migration.up.text))

/** The scope of migrations as a history table recorded them. */
export const recordedScope = (migrations: readonly { readonly statements: readonly string[] }[]): Scope =>
  scopeOf(migrations.map(({ statements }) => statements.join(';\n')))

/** The scope of the forward files with these texts. A text that is no SQL creates nothing. */
export const scopeOf = (texts: readonly string[]): Scope => scopeOfJoined(texts.join(SEPARATOR))

const SEPARATOR = '\0'
const scopeOfJoined = remembering((joined) => build(joined.split(SEPARATOR)), 20)

function build(texts: readonly string[]): Scope {
  const names = new Set<string>()
  const schemas = new Set<string>()
  const attached = new Set<string>()
  for (const text of texts) {
    const parsed = parseSql(text)
    if (!parsed.ok) continue
    for (const { verb, kind, name, table, statement } of effectsOf(parsed.sql.statements)) {
      if (verb === 'create' && kind === 'schema') schemas.add(name)
      else if (verb === 'create' && kind !== 'other' && kind !== 'index') names.add(name)
      else if (ATTACHING.has(statement.kind)) attached.add(`${table} ${name}`)
      // A table that was renamed or moved is still ours.
      if (statement.kind === 'RenameStmt') names.add(renamed(name, statement.node))
    }
  }
  return {
    // The month that a job adds to a table of ours has a name that no migration says.
    owns: (schema, name, isPartition) => names.has(`${schema}.${name}`) || (schemas.has(schema) && !isPartition),
    ownsSchema: (schema) => schemas.has(schema),
    ownsAttached: (schema, table, name) => attached.has(`${schema}.${table} ${name}`),
  }
}

const ATTACHING = new Set(['CreateTrigStmt', 'CreatePolicyStmt'])

function renamed(name: string, node: object): string {
  const { newname } = (node as { RenameStmt?: { newname?: string } }).RenameStmt ?? {}
  return `${name.slice(0, name.indexOf('.'))}.${newname ?? ''}`
}
