import type {
  AlterDefaultPrivilegesStmt,
  AlterTableCmd,
  CommentStmt,
  CopyStmt,
  CreateStmt,
  DropStmt,
  GrantStmt,
  IndexStmt,
  Node,
  ObjectType,
  RangeVar,
  RenameStmt,
  TruncateStmt,
} from 'libpg-query'
import type { Statement } from './sql.ts'
import { asNode, dottedName, objectName, ownerName, relationName, walk } from './tree.ts'

/** The kinds of objects that effects tell apart; `column` and the like belong to a table. */
export type ObjectKind = 'table' | 'view' | 'index' | 'function' | 'type' | 'sequence' | 'schema' | 'other'

/** What one statement does to one object, as far as its tree shows. */
export type Effect = {
  readonly statement: Statement
  readonly verb: 'create' | 'drop' | 'alter' | 'comment' | 'grant' | 'write'
  readonly kind: ObjectKind
  /** `schema.name`; for an index, policy, trigger or column the name of the thing itself. */
  readonly name: string
  /** The table the object is or belongs to, as `schema.table`. */
  readonly table?: string
  /** The sub-command of an ALTER TABLE. */
  readonly command?: AlterTableCmd
  /** Whether a write can change or remove rows that are there; a plain INSERT or COPY only adds some. */
  readonly takesAway?: boolean
}

/** The effects of a file's statements in their order. Bodies of functions and DO blocks are not looked into. */
export const effectsOf = (statements: readonly Statement[]): Effect[] => statements.flatMap(effectsOfStatement)

function effectsOfStatement(statement: Statement): Effect[] {
  const reader = READERS[statement.kind]
  const value = (statement.node as Record<string, unknown>)[statement.kind]
  return reader ? reader(statement, value as never) : []
}

type Relations = { relation?: RangeVar }
type Reader = (statement: Statement, value: never) => Effect[]
const reader = <Value>(read: (statement: Statement, value: Value) => Effect[]): Reader => read as Reader

const onTable = (verb: Effect['verb'], kind: ObjectKind, name: (value: never) => string): Reader =>
  reader<Relations>((statement, value) => {
    const table = relationName(value.relation)
    return [{ statement, verb, kind, name: name(value as never) || table, table }]
  })

const named = (verb: Effect['verb'], kind: ObjectKind, field: string): Reader =>
  reader<Record<string, Node[] | RangeVar | string>>((statement, value) => {
    const found = value[field]
    if (found === undefined) return []
    if (typeof found === 'string') return [{ statement, verb, kind, name: found }]
    const name = Array.isArray(found) ? dottedName(found) : relationName(found)
    return [{ statement, verb, kind, name, ...(kind === 'view' ? { table: name } : {}) }]
  })

const READERS: Readonly<Record<string, Reader>> = {
  CreateStmt: reader<CreateStmt>((statement, value) => {
    const table = relationName(value.relation)
    return [{ statement, verb: 'create', kind: 'table', name: table, table }]
  }),
  CreateTableAsStmt: reader<{ into?: { rel?: RangeVar }; objtype?: ObjectType }>((statement, value) => {
    const name = relationName(value.into?.rel)
    const kind = value.objtype === 'OBJECT_MATVIEW' ? 'view' : 'table'
    return [{ statement, verb: 'create', kind, name, table: name }]
  }),
  AlterTableStmt: reader<{ relation?: RangeVar; cmds?: Node[]; objtype?: ObjectType }>((statement, value) => {
    const kind = KIND_OF_OBJECT[value.objtype ?? ''] ?? 'other'
    const name = relationName(value.relation)
    return (value.cmds ?? []).flatMap((cmd) => {
      const command = asNode<AlterTableCmd>(cmd, 'AlterTableCmd')
      if (!command) return []
      return [{ statement, verb: 'alter', kind, name, command, ...(kind === 'index' ? {} : { table: name }) }]
    })
  }),
  RenameStmt: reader<RenameStmt>((statement, value) => {
    const table = value.relation ? relationName(value.relation) : undefined
    const kind = KIND_OF_OBJECT[value.renameType ?? ''] ?? 'other'
    return [{ statement, verb: 'alter', kind, name: table ?? objectName(value.object), ...(table ? { table } : {}) }]
  }),
  DropStmt: reader<DropStmt>((statement, value) => dropped(statement, value)),
  CommentStmt: reader<CommentStmt>((statement, value) => commented(statement, value)),
  GrantStmt: reader<GrantStmt>((statement, value) => granted(statement, value)),
  AlterDefaultPrivilegesStmt: reader<AlterDefaultPrivilegesStmt>((statement) => [
    { statement, verb: 'grant', kind: 'other', name: 'default privileges' },
  ]),
  IndexStmt: onTable(
    'create',
    'index',
    // An index lives in the schema of its table.
    (value: IndexStmt) => `${value.relation?.schemaname ?? 'public'}.${value.idxname ?? ''}`,
  ),
  CreateTrigStmt: onTable('create', 'other', (value: { trigname?: string }) => value.trigname ?? ''),
  CreatePolicyStmt: reader<{ policy_name?: string; table?: RangeVar }>((statement, value) => {
    const table = relationName(value.table)
    return [{ statement, verb: 'grant', kind: 'other', name: value.policy_name ?? '', table }]
  }),
  AlterPolicyStmt: reader<{ policy_name?: string; table?: RangeVar }>((statement, value) => {
    const table = relationName(value.table)
    return [{ statement, verb: 'grant', kind: 'other', name: value.policy_name ?? '', table }]
  }),
  InsertStmt: (statement) => writesIn(statement),
  UpdateStmt: (statement) => writesIn(statement),
  DeleteStmt: (statement) => writesIn(statement),
  MergeStmt: (statement) => writesIn(statement),
  // Each of these may hold a WITH that writes, or run what it holds.
  ExplainStmt: (statement) => writesIn(statement),
  PrepareStmt: (statement) => writesIn(statement),
  SelectStmt: reader<{ intoClause?: { rel?: RangeVar } }>((statement, value) => {
    const into = value.intoClause && relationName(value.intoClause.rel)
    const created: Effect[] = into ? [{ statement, verb: 'create', kind: 'table', name: into, table: into }] : []
    return [...created, ...writesIn(statement)]
  }),
  CopyStmt: reader<CopyStmt>((statement, value) => {
    const table = relationName(value.relation)
    return value.is_from ? [{ statement, verb: 'write', kind: 'table', name: table, table }] : writesIn(statement)
  }),
  TruncateStmt: reader<TruncateStmt>((statement, value) =>
    (value.relations ?? []).map((relation) => {
      const table = objectName(relation)
      return { statement, verb: 'write', kind: 'table', name: table, table, takesAway: true }
    }),
  ),
  ViewStmt: named('create', 'view', 'view'),
  CreateFunctionStmt: named('create', 'function', 'funcname'),
  CompositeTypeStmt: named('create', 'type', 'typevar'),
  CreateEnumStmt: named('create', 'type', 'typeName'),
  CreateRangeStmt: named('create', 'type', 'typeName'),
  CreateDomainStmt: named('create', 'type', 'domainname'),
  CreateSeqStmt: named('create', 'sequence', 'sequence'),
  CreateSchemaStmt: named('create', 'schema', 'schemaname'),
  AlterEnumStmt: named('alter', 'type', 'typeName'),
  AlterDomainStmt: named('alter', 'type', 'typeName'),
  AlterFunctionStmt: reader<{ func?: { objname?: Node[] } }>((statement, value) => [
    { statement, verb: 'alter', kind: 'function', name: dottedName(value.func?.objname) },
  ]),
}

/** The tables that a statement writes to, those of a WITH included. */
function writesIn(statement: Statement): Effect[] {
  const effects: Effect[] = []
  walk(statement.node, (kind, value) => {
    if (!WRITING.has(kind)) return
    const table = relationName(value.relation as RangeVar | undefined)
    const conflict = value.onConflictClause as { action?: string } | undefined
    const takesAway = kind !== 'InsertStmt' || conflict?.action === 'ONCONFLICT_UPDATE'
    effects.push({ statement, verb: 'write', kind: 'table', name: table, table, takesAway })
  })
  return effects
}

const WRITING = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'])

const KIND_OF_OBJECT: Readonly<Record<string, ObjectKind>> = {
  OBJECT_TABLE: 'table',
  OBJECT_FOREIGN_TABLE: 'table',
  OBJECT_COLUMN: 'table',
  OBJECT_TABCONSTRAINT: 'table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'view',
  OBJECT_INDEX: 'index',
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'function',
  OBJECT_ROUTINE: 'function',
  OBJECT_AGGREGATE: 'function',
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'type',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_SCHEMA: 'schema',
}

const BELONGS_TO_TABLE = new Set([
  'OBJECT_POLICY',
  'OBJECT_TRIGGER',
  'OBJECT_RULE',
  'OBJECT_COLUMN',
  'OBJECT_TABCONSTRAINT',
])

function dropped(statement: Statement, value: DropStmt): Effect[] {
  const type = value.removeType ?? ''
  const kind = KIND_OF_OBJECT[type] ?? 'other'
  return (value.objects ?? []).map((object) => {
    const owner = BELONGS_TO_TABLE.has(type) ? ownerName(object) : undefined
    const name = owner ?? objectName(object)
    const table = owner ?? (kind === 'table' || kind === 'view' ? name : undefined)
    // Taking away a policy changes who sees rows, so it counts as a change of rights.
    const verb = type === 'OBJECT_POLICY' ? 'grant' : 'drop'
    return { statement, verb, kind, name, ...(table ? { table } : {}) }
  })
}

function commented(statement: Statement, value: CommentStmt): Effect[] {
  const type = value.objtype ?? ''
  const kind = KIND_OF_OBJECT[type] ?? 'other'
  const table = BELONGS_TO_TABLE.has(type)
    ? ownerName(value.object)
    : kind === 'table' || kind === 'view'
      ? objectName(value.object)
      : undefined
  return [{ statement, verb: 'comment', kind, name: table ?? objectName(value.object), ...(table ? { table } : {}) }]
}

function granted(statement: Statement, value: GrantStmt): Effect[] {
  const kind = KIND_OF_OBJECT[value.objtype ?? ''] ?? 'other'
  const targets = value.targtype === 'ACL_TARGET_OBJECT' ? (value.objects ?? []) : []
  if (targets.length === 0) return [{ statement, verb: 'grant', kind, name: 'all objects of a schema' }]
  return targets.map((object) => {
    const name = objectName(object)
    return { statement, verb: 'grant', kind, name, ...(kind === 'table' ? { table: name } : {}) }
  })
}
