import type {
  AlterTableCmd,
  AlterTableStmt,
  ColumnDef,
  Constraint,
  CreateFunctionStmt,
  CreatePolicyStmt,
  CreateStmt,
  CreateTrigStmt,
  DropStmt,
  IndexElem,
  IndexStmt,
  Node,
  RenameStmt,
} from 'libpg-query'
import type { Statement } from './sql.ts'
import { asNode, dottedName, objectName, ownerName, relationName, typeNameOf, words } from './tree.ts'

/** An index, or a constraint that has one. */
export type ModelIndex = {
  readonly columns: readonly string[]
  readonly where: Node | undefined
  readonly isUnique: boolean
}

/** A table as the statements so far describe it. */
export type ModelTable = {
  readonly columns: Map<string, string>
  readonly indexes: Map<string, ModelIndex>
  /** Policies by name: the command (`all` included) and the roles. */
  readonly policies: Map<string, { readonly command: string; readonly roles: readonly string[] }>
  /** Triggers by name: the function they call. */
  readonly triggers: Map<string, string>
  hasRowSecurity: boolean
  primaryKey: readonly string[]
}

/** What is known of the schema after some migrations, as far as statements show it. */
export type SchemaModel = {
  readonly tables: Map<string, ModelTable>
  /** Functions and views by `schema.name`. */
  readonly code: Set<string>
}

/** A schema with nothing in it. */
export const emptyModel = (): SchemaModel => ({ tables: new Map(), code: new Set() })

/** Notes what a statement does to tables, indexes, policies, triggers and functions. */
export function applyToModel(model: SchemaModel, statement: Statement): void {
  const read = READERS[statement.kind]
  if (read) read(model, (statement.node as Record<string, unknown>)[statement.kind] as never)
}

type Reader = (model: SchemaModel, value: never) => void
const reader = <Value>(read: (model: SchemaModel, value: Value) => void): Reader => read as Reader

const READERS: Readonly<Record<string, Reader>> = {
  CreateStmt: reader<CreateStmt>((model, value) => {
    const table: ModelTable = {
      columns: new Map(),
      indexes: new Map(),
      policies: new Map(),
      triggers: new Map(),
      hasRowSecurity: false,
      primaryKey: [],
    }
    model.tables.set(relationName(value.relation), table)
    for (const element of value.tableElts ?? []) addElement(table, element)
  }),
  AlterTableStmt: reader<AlterTableStmt>((model, value) => {
    const table = model.tables.get(relationName(value.relation))
    if (!table) return
    for (const cmd of value.cmds ?? []) alter(table, asNode<AlterTableCmd>(cmd, 'AlterTableCmd'))
  }),
  IndexStmt: reader<IndexStmt>((model, value) => {
    model.tables.get(relationName(value.relation))?.indexes.set(value.idxname ?? '', {
      columns: (value.indexParams ?? []).map((entry) => asNode<IndexElem>(entry, 'IndexElem')?.name ?? ''),
      where: value.whereClause,
      isUnique: value.unique === true,
    })
  }),
  CreatePolicyStmt: reader<CreatePolicyStmt>((model, value) => {
    model.tables.get(relationName(value.table))?.policies.set(value.policy_name ?? '', {
      command: value.cmd_name ?? 'all',
      roles: roleNames(value.roles),
    })
  }),
  CreateTrigStmt: reader<CreateTrigStmt>((model, value) => {
    model.tables.get(relationName(value.relation))?.triggers.set(value.trigname ?? '', dottedName(value.funcname))
  }),
  CreateFunctionStmt: reader<CreateFunctionStmt>((model, value) => {
    model.code.add(dottedName(value.funcname))
  }),
  ViewStmt: reader<{ view?: { schemaname?: string; relname?: string } }>((model, value) => {
    model.code.add(relationName(value.view))
  }),
  RenameStmt: reader<RenameStmt>((model, value) => {
    const columns = model.tables.get(relationName(value.relation))?.columns
    const [old = '', now = ''] = [value.subname, value.newname]
    const type = value.renameType === 'OBJECT_COLUMN' ? columns?.get(old) : undefined
    if (type === undefined) return
    columns?.delete(old)
    columns?.set(now, type)
  }),
  DropStmt: reader<DropStmt>((model, value) => {
    for (const object of value.objects ?? []) drop(model, value.removeType ?? '', object)
  }),
}

/** The names of roles; `public` for everybody. */
export function roleNames(roles: readonly Node[] | undefined): string[] {
  return (roles ?? []).map((role) => {
    const spec = asNode<{ roletype?: string; rolename?: string }>(role, 'RoleSpec')
    return spec?.roletype === 'ROLESPEC_PUBLIC' ? 'public' : (spec?.rolename ?? '')
  })
}

function addElement(table: ModelTable, element: Node): void {
  const column = asNode<ColumnDef>(element, 'ColumnDef')
  const constraint = asNode<Constraint>(element, 'Constraint')
  if (column) {
    table.columns.set(column.colname ?? '', typeNameOf(column.typeName))
    for (const entry of column.constraints ?? []) {
      addConstraint(table, asNode<Constraint>(entry, 'Constraint'), [column.colname ?? ''])
    }
  }
  if (constraint) addConstraint(table, constraint, words(constraint.keys))
}

function addConstraint(table: ModelTable, constraint: Constraint | undefined, columns: readonly string[]): void {
  if (constraint?.contype === 'CONSTR_PRIMARY') table.primaryKey = columns
  if (constraint?.contype === 'CONSTR_PRIMARY' || constraint?.contype === 'CONSTR_UNIQUE') {
    table.indexes.set(constraint.conname ?? `${constraint.contype} ${columns.join()}`, {
      columns,
      where: undefined,
      isUnique: true,
    })
  }
}

function alter(table: ModelTable, command: AlterTableCmd | undefined): void {
  if (!command) return
  if (command.subtype === 'AT_EnableRowSecurity') table.hasRowSecurity = true
  if (command.subtype === 'AT_DisableRowSecurity') table.hasRowSecurity = false
  if (command.subtype === 'AT_DropColumn') table.columns.delete(command.name ?? '')
  if (command.subtype === 'AT_DropConstraint') table.indexes.delete(command.name ?? '')
  if ((command.subtype === 'AT_AddColumn' || command.subtype === 'AT_AddConstraint') && command.def) {
    addElement(table, command.def)
  }
}

function drop(model: SchemaModel, type: string, object: Node): void {
  const name = objectName(object)
  if (type === 'OBJECT_TABLE') model.tables.delete(name)
  if (type === 'OBJECT_FUNCTION' || type === 'OBJECT_VIEW') model.code.delete(name)
  if (type === 'OBJECT_INDEX')
    for (const table of model.tables.values()) table.indexes.delete(name.split('.').at(-1) ?? '')
  const last = words(asNode<{ items?: Node[] }>(object, 'List')?.items).at(-1) ?? ''
  if (type === 'OBJECT_POLICY') model.tables.get(ownerName(object))?.policies.delete(last)
  if (type === 'OBJECT_TRIGGER') model.tables.get(ownerName(object))?.triggers.delete(last)
}
