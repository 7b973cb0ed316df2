import type {
  AlterEnumStmt,
  AlterTableCmd,
  AlterTableStmt,
  ColumnDef,
  Constraint,
  CreateStmt,
  IndexStmt,
  Node,
} from 'libpg-query'
import type { ModelIndex, ModelTable } from '../../../lib/schema-model.ts'
import type { Statement } from '../../../lib/sql.ts'
import { asNode, relationName, typeNameOf, walk, words } from '../../../lib/tree.ts'
import { at, type Hit, type LintFile, type LintRule, onStatements } from '../rule.ts'

const foreignKeyIndex: LintRule = {
  id: 'foreign-key-without-index',
  appliesTo: 'forward',
  severity: 'warning',
  why: 'Deleting or changing a parent row looks for its children; without an index that starts with the key columns it reads the whole table under a lock. A partial index does not help.',
  fix: 'Add an index whose first columns are those of the foreign key, or write "-- db-ignore foreign-key-without-index: <why>".',
  before: 'create table private.people (id bigint primary key);',
  bad: 'create table private.notes (id bigint primary key, person_id bigint references private.people (id));',
  good: 'create table private.notes (id bigint primary key, person_id bigint references private.people (id));\ncreate index notes_person_id_idx on private.notes (person_id);',
  check: (file) =>
    foreignKeys(file).flatMap(({ table, columns, statement, location }): Hit[] => {
      const known = file.model.tables.get(table)
      if (!known || covers(known, columns)) return []
      return [{ statement, ...at(location), what: `The foreign key of ${table} (${columns.join(', ')}) has no index.` }]
    }),
}

const tenantKey: LintRule = {
  id: 'key-without-tenant',
  appliesTo: 'forward',
  severity: 'error',
  why: 'A foreign key from one tenant table to another that leaves the tenant out lets a row of one organization point at a row of another, whatever the policies say.',
  fix: 'Reference both columns: foreign key (organization_id, note_id) references public.notes (organization_id, id), which needs a unique key of these two.',
  before:
    'create table private.notes (id bigint primary key, organization_id bigint not null, unique (organization_id, id));',
  bad: 'create table private.labels (id bigint primary key, organization_id bigint not null, note_id bigint references private.notes (id));\ncreate index labels_note_id_idx on private.labels (note_id);',
  good: 'create table private.labels (id bigint primary key, organization_id bigint not null, note_id bigint, foreign key (organization_id, note_id) references private.notes (organization_id, id));\ncreate index labels_note_id_idx on private.labels (organization_id, note_id);',
  check: (file) =>
    foreignKeys(file).flatMap(({ table, columns, constraint, statement, location }): Hit[] => {
      const parent = relationName(constraint.pktable)
      const isTenant = (name: string): boolean => file.model.tables.get(name)?.columns.has(TENANT) === true
      if (!isTenant(table) || !isTenant(parent) || columns.includes(TENANT)) return []
      return [
        {
          statement,
          ...at(location),
          what: `${table} (${columns.join(', ')}) references ${parent} without its tenant.`,
        },
      ]
    }),
}

const TENANT = 'organization_id'

const softDeleteUnique: LintRule = {
  id: 'unique-blocks-deleted',
  appliesTo: 'forward',
  severity: 'error',
  why: 'Rows of this table are only marked as deleted, so a plain unique constraint keeps the name of a deleted row taken for ever.',
  fix: 'Use "create unique index … where deleted_at is null".',
  bad: 'create table private.people (id bigint primary key, email text unique, deleted_at timestamptz);',
  good: 'create table private.people (id bigint primary key, email text, deleted_at timestamptz);\ncreate unique index people_email_idx on private.people (email) where deleted_at is null;',
  check: (file) =>
    uniques(file).flatMap(({ table, columns, where, statement, location }): Hit[] => {
      const known = file.model.tables.get(table)
      // A key that contains the primary key identifies the row itself, deleted or not.
      const holdsKey = known?.primaryKey.length && known.primaryKey.every((column) => columns.includes(column))
      if (!known?.columns.has('deleted_at') || holdsKey || mentions(where, 'deleted_at')) return []
      return [{ statement, ...at(location), what: `Unique (${columns.join(', ')}) on ${table} counts deleted rows.` }]
    }),
}

const MONEY = /(^|_)(amount|salary|balance|price|bonus)$/
const MONEY_TYPES = /^(public\.amount|pg_catalog\.numeric|public\.numeric)$/

const columnTypes: LintRule = {
  id: 'column-type',
  appliesTo: 'forward',
  severity: 'error',
  why: 'Some types lose what they store: timestamp forgets the time zone, serial hides a sequence with rights of its own, a 32-bit key ends, floating point and text cannot carry money, and stroops are whole numbers up to 2^63.',
  fix: 'Use timestamptz, bigint for every key ("bigint generated always as identity"), public.amount for money in units, bigint for stroops.',
  bad: 'create table private.payments (id serial primary key, paid_at timestamp, amount double precision);',
  good: 'create table private.payments (id bigint generated always as identity primary key, paid_at timestamptz, amount public.amount);',
  check: (file) =>
    columns(file).flatMap(({ table, column, statement }): Hit[] => {
      const name = column.colname ?? ''
      const type = typeNameOf(column.typeName)
      const short = type.split('.').at(-1) ?? ''
      const hit = (reason: string): Hit[] => [
        { statement, ...at(column.location), what: `${table}.${name} ${reason}.` },
      ]
      if (short === 'timestamp') return hit('is a timestamp without time zone')
      if (/^(small|big)?serial[248]?$/.test(short)) return hit(`is a ${short}`)
      if (/^int[24]$/.test(short) && /(^|_)id$/.test(name))
        return hit(`is a key of type ${short}, which ends at two thousand million`)
      if (short === 'money') return hit('has type money, whose meaning depends on a setting of the session')
      if (name.endsWith('_stroops'))
        return /^int8$|^bigint$|^numeric$/.test(short) ? [] : hit(`holds stroops as ${short}`)
      if (MONEY.test(name) && !MONEY_TYPES.test(type)) return hit(`holds money as ${short}`)
      return []
    }),
}

const enumUse: LintRule = {
  id: 'enum-value-used-at-once',
  appliesTo: 'forward',
  severity: 'error',
  why: 'A value that was added to an enum cannot be used before the transaction is over (55P04), and the whole file is one transaction. Besides, no rollback can take a value away.',
  fix: 'Use text with a check constraint; or use the new value in a later migration.',
  before: "create type private.mood as enum ('ok');",
  bad: "alter type private.mood add value 'sad';\ninsert into private.people (mood) values ('sad');",
  good: "alter type private.mood add value 'sad';",
  check: onStatements<AlterEnumStmt>('AlterEnumStmt', (value, statement, file) => {
    const added = value.newVal
    if (added === undefined || value.oldVal !== undefined) return undefined
    const user = file.sql.statements.find(
      (other) => other.startByte > statement.startByte && other.text.includes(`'${added}'`),
    )
    return user ? { statement: user, what: `'${added}' is used in the file that adds it.` } : undefined
  }),
}

const partitions: LintRule = {
  id: 'partition-gap',
  appliesTo: 'forward',
  severity: 'error',
  why: 'A row that fits no partition is refused, so the first write after the last partition fails; and PostgreSQL wants the partition key in every unique key.',
  fix: 'Create a default partition in the same file, and put the partition key into the primary key.',
  bad: "create table private.log (id bigint, day date, primary key (id, day)) partition by range (day);\ncreate table private.log_2026_11 partition of private.log for values from ('2026-11-01') to ('2026-12-01');",
  good: 'create table private.log (id bigint, day date, primary key (id, day)) partition by range (day);\ncreate table private.log_rest partition of private.log default;',
  check: onStatements<CreateStmt>('CreateStmt', (value, statement, file) => {
    if (!value.partspec) return undefined
    const name = relationName(value.relation)
    const hits: Hit[] = hasDefaultPartition(file, name)
      ? []
      : [{ statement, what: `${name} has no default partition.` }]
    const key = file.model.tables.get(name)?.primaryKey ?? []
    const missing = partitionColumns(value).filter((column) => key.length > 0 && !key.includes(column))
    return missing.length === 0
      ? hits
      : [...hits, { statement, what: `The primary key of ${name} lacks ${missing.join(', ')}.` }]
  }),
}

/** Rules about the shape of tables. */
export const TABLE_RULES: readonly LintRule[] = [
  foreignKeyIndex,
  tenantKey,
  softDeleteUnique,
  columnTypes,
  enumUse,
  partitions,
]

type Place = { readonly table: string; readonly statement: Statement }

// Columns and constraints reach a table when it is created and when it is altered.
function elements(file: LintFile): (Place & { readonly element: Node })[] {
  return file.sql.statements.flatMap((statement) => {
    const create = asNode<CreateStmt>(statement.node, 'CreateStmt')
    const alter = asNode<AlterTableStmt>(statement.node, 'AlterTableStmt')
    const table = relationName((create ?? alter)?.relation)
    const added = (alter?.cmds ?? []).flatMap((cmd) => asNode<AlterTableCmd>(cmd, 'AlterTableCmd')?.def ?? [])
    return [...(create?.tableElts ?? []), ...added].map((element) => ({ table, statement, element }))
  })
}

const columns = (file: LintFile): (Place & { readonly column: ColumnDef })[] =>
  elements(file).flatMap(({ element, ...place }) => {
    const column = asNode<ColumnDef>(element, 'ColumnDef')
    // ALTER COLUMN … TYPE carries a definition without a name.
    return column?.colname ? [{ ...place, column }] : []
  })

function constraints(
  file: LintFile,
): (Place & { readonly constraint: Constraint; readonly columns: readonly string[] })[] {
  return elements(file).flatMap(({ element, ...place }) => {
    const column = asNode<ColumnDef>(element, 'ColumnDef')
    const own = (column?.constraints ?? []).flatMap((entry) => asNode<Constraint>(entry, 'Constraint') ?? [])
    const inline = own.map((constraint) => ({ ...place, constraint, columns: [column?.colname ?? ''] }))
    const table = asNode<Constraint>(element, 'Constraint')
    return table
      ? [
          {
            ...place,
            constraint: table,
            columns: words(table.contype === 'CONSTR_FOREIGN' ? table.fk_attrs : table.keys),
          },
        ]
      : inline
  })
}

const foreignKeys = (file: LintFile) =>
  constraints(file)
    .filter(({ constraint }) => constraint.contype === 'CONSTR_FOREIGN')
    .map((entry) => ({ ...entry, location: entry.constraint.location }))

function uniques(file: LintFile) {
  const indexes = file.sql.statements.flatMap((statement) => {
    const index = asNode<IndexStmt>(statement.node, 'IndexStmt')
    if (!index?.unique) return []
    const names = (index.indexParams ?? []).map(
      (entry) => asNode<{ name?: string }>(entry, 'IndexElem')?.name ?? 'expression',
    )
    return [
      { table: relationName(index.relation), columns: names, where: index.whereClause, statement, location: undefined },
    ]
  })
  const declared = constraints(file)
    .filter(({ constraint }) => constraint.contype === 'CONSTR_UNIQUE')
    .map((entry) => ({ ...entry, where: undefined, location: entry.constraint.location }))
  return [...indexes, ...declared]
}

function covers(table: ModelTable, wanted: readonly string[]): boolean {
  const isCovering = (index: ModelIndex): boolean =>
    wanted.every((column) => index.columns.slice(0, wanted.length).includes(column)) && onlyExcludesNull(index.where)
  return [...table.indexes.values()].some(isCovering)
}

// A foreign key never looks for null, so an index that leaves only nulls out still finds every child.
function onlyExcludesNull(where: Node | undefined): boolean {
  return where === undefined || asNode<{ nulltesttype?: string }>(where, 'NullTest')?.nulltesttype === 'IS_NOT_NULL'
}

function mentions(tree: Node | undefined, column: string): boolean {
  let found = false
  walk(tree, (kind, value) => {
    if (kind === 'String' && value.sval === column) found = true
  })
  return found
}

const hasDefaultPartition = (file: LintFile, parent: string): boolean =>
  file.sql.statements.some((statement) => {
    const create = asNode<CreateStmt>(statement.node, 'CreateStmt')
    const of = asNode<Parameters<typeof relationName>[0]>(create?.inhRelations?.[0], 'RangeVar')
    return create?.partbound?.is_default === true && relationName(of) === parent
  })

const partitionColumns = (value: CreateStmt): string[] =>
  (value.partspec?.partParams ?? []).flatMap((entry) => asNode<{ name?: string }>(entry, 'PartitionElem')?.name ?? [])
