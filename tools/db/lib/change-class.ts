import type { Node } from 'libpg-query'
import { bodyOf } from './bodies.ts'
import type { Effect } from './effects.ts'
import { type Token, tokensOf } from './lexer.ts'
import type { Statement } from './sql.ts'
import { asNode, walk, words } from './tree.ts'

/** What a migration is, in the words of the approval matrix; the last three are finer words for rows of it. */
export const CHANGE_CLASSES = [
  'add-table',
  'drop-table',
  'add-column',
  'drop-column',
  'add-index',
  'drop-index',
  'modify-rls',
  'data-migration',
  'breaking-change',
  'add-constraint',
  'code',
] as const
export type ChangeClass = (typeof CHANGE_CLASSES)[number]

/** What has to be given before a change of a class may reach production. */
export type Approval = {
  readonly peerReview: true
  readonly teamLead: 'required' | 'notified' | 'none'
  readonly cto: 'required' | 'notified' | 'none'
  /** Hours on staging before production. */
  readonly soakHours: number
  readonly needsMaintenanceWindow: boolean
}

const approval = (
  teamLead: Approval['teamLead'],
  cto: Approval['cto'],
  soakHours: number,
  needsMaintenanceWindow = false,
): Approval => ({ peerReview: true, teamLead, cto, soakHours, needsMaintenanceWindow })

/** The approval matrix of the workflow guide, one row for each class. */
export const APPROVAL_MATRIX: Readonly<Record<ChangeClass, Approval>> = {
  'add-table': approval('notified', 'none', 24),
  'drop-table': approval('required', 'required', 72),
  'add-column': approval('notified', 'none', 24),
  'drop-column': approval('required', 'notified', 48),
  'add-index': approval('none', 'none', 24),
  'drop-index': approval('none', 'none', 24),
  'modify-rls': approval('required', 'none', 48),
  'data-migration': approval('required', 'notified', 72),
  'breaking-change': approval('required', 'required', 72, true),
  // A new constraint can refuse what an application writes today, so it is looked at like a change of rights.
  'add-constraint': approval('required', 'none', 48),
  code: approval('notified', 'none', 24),
}

/** The strictest approval that any of the classes asks for. */
export function approvalFor(classes: readonly ChangeClass[]): Approval {
  const rank = { none: 0, notified: 1, required: 2 } as const
  return classes
    .map((name) => APPROVAL_MATRIX[name])
    .reduce(
      (a, b) => ({
        peerReview: true,
        teamLead: rank[a.teamLead] >= rank[b.teamLead] ? a.teamLead : b.teamLead,
        cto: rank[a.cto] >= rank[b.cto] ? a.cto : b.cto,
        soakHours: Math.max(a.soakHours, b.soakHours),
        needsMaintenanceWindow: a.needsMaintenanceWindow || b.needsMaintenanceWindow,
      }),
      APPROVAL_MATRIX.code,
    )
}

/** One statement and the class it gives its migration. */
export type ClassReason = { readonly changeClass: ChangeClass; readonly statement: Statement }

/**
 * The classes of a forward file, each with the first statement that causes it, in the order of CHANGE_CLASSES. What
 * happens to an object after the same file created it is part of creating it.
 */
export function changeClasses(statements: readonly Statement[], effects: readonly Effect[]): ClassReason[] {
  const reasons = [
    ...effects.flatMap((effect) => {
      const changeClass = classOfEffect(effect, isNew(effect, effects), effects)
      return changeClass ? [{ changeClass, statement: effect.statement }] : []
    }),
    ...statements.flatMap((statement) => classOfOtherStatement(statement, effects)),
  ]
  return CHANGE_CLASSES.flatMap((changeClass) => {
    const first = reasons
      .filter((reason) => reason.changeClass === changeClass)
      .sort((a, b) => a.statement.startByte - b.statement.startByte)[0]
    return first ? [first] : []
  })
}

function isNew(effect: Effect, effects: readonly Effect[]): boolean {
  return effects.some((other) => other.verb === 'create' && other !== effect && isMadeBy(effect, other))
}

function isMadeBy(effect: Effect, creator: Effect): boolean {
  // An index that is dropped and built again under its name is one change, and both rows of the matrix ask for the same.
  if (effect.kind === 'index' && creator.kind === 'index' && creator.name === effect.name) return true
  if (creator.statement.startByte >= effect.statement.startByte || mayHaveBeenThere(creator)) return false
  const isRelation = creator.kind === 'table' || creator.kind === 'view'
  if (!isRelation) {
    // Another function of the same name may have been there, and a DROP may mean that one.
    return creator.kind === effect.kind && creator.name === effect.name && effect.verb !== 'drop'
  }
  // What is written through a view lands in tables that were there.
  if (effect.verb === 'write' && creator.kind === 'view') return false
  if (effect.table !== undefined) return creator.name === effect.table
  return (effect.kind === 'table' || effect.kind === 'view') && creator.name === effect.name
}

// IF NOT EXISTS and OR REPLACE meet what is there, and a temporary table hides it.
function mayHaveBeenThere({ statement, kind }: Effect): boolean {
  const value = (statement.node as Record<string, unknown>)[statement.kind] as Record<string, unknown> | undefined
  const relation = (value?.relation ?? value?.view ?? asInto(value)) as { relpersistence?: string } | undefined
  const isReplaced = value?.replace === true && kind === 'view'
  return value?.if_not_exists === true || isReplaced || relation?.relpersistence === 't'
}

const asInto = (value: Record<string, unknown> | undefined): unknown =>
  ((value?.into ?? value?.intoClause) as { rel?: unknown } | undefined)?.rel

function classOfEffect(effect: Effect, isNew: boolean, effects: readonly Effect[]): ChangeClass | undefined {
  switch (effect.verb) {
    case 'create':
      if (effect.kind === 'table') return 'add-table'
      if (effect.kind === 'index') return isNew ? undefined : 'add-index'
      return isNew ? undefined : 'code'
    case 'drop':
      if (isNew) return undefined
      if (effect.kind === 'table') return 'drop-table'
      return effect.kind === 'index' ? 'drop-index' : 'breaking-change'
    case 'grant':
      return isNew ? undefined : 'modify-rls'
    case 'write':
      return isNew ? undefined : 'data-migration'
    case 'comment':
      return isNew ? undefined : 'code'
    case 'alter':
      return isNew ? undefined : classOfAlter(effect, effects)
  }
}

const isAddedAgain = ({ table, command }: Effect, effects: readonly Effect[]): boolean =>
  effects.some(
    (other) =>
      other.table === table &&
      other.command?.subtype === 'AT_AddConstraint' &&
      asNode<{ conname?: string }>(other.command.def, 'Constraint')?.conname === command?.name,
  )

const RLS_COMMANDS = new Set([
  'AT_EnableRowSecurity',
  'AT_DisableRowSecurity',
  'AT_ForceRowSecurity',
  'AT_NoForceRowSecurity',
  'AT_ChangeOwner',
])
const HARMLESS_COMMANDS = new Set([
  'AT_ColumnDefault',
  'AT_DropNotNull',
  'AT_SetStatistics',
  'AT_SetOptions',
  'AT_ResetOptions',
  'AT_SetRelOptions',
  'AT_ResetRelOptions',
  'AT_SetStorage',
  'AT_SetCompression',
  'AT_ClusterOn',
  'AT_AttachPartition',
])

function classOfAlter(effect: Effect, effects: readonly Effect[]): ChangeClass {
  const command = effect.command?.subtype
  // A constraint that is written anew, such as a longer list of states, is looked at like one that is added.
  if (command === 'AT_DropConstraint' && isAddedAgain(effect, effects)) return 'add-constraint'
  if (command === undefined)
    return effect.kind === 'function' || effect.statement.kind === 'AlterEnumStmt' ? 'code' : 'breaking-change'
  if (command === 'AT_AddColumn') return 'add-column'
  if (command === 'AT_DropColumn') return 'drop-column'
  if (command === 'AT_AddConstraint' || command === 'AT_ValidateConstraint') return 'add-constraint'
  if (RLS_COMMANDS.has(command)) return 'modify-rls'
  return HARMLESS_COMMANDS.has(command) || /^AT_(Enable|Disable)Trig/.test(command) ? 'code' : 'breaking-change'
}

// Who owns what and who is a member of whom decides what row level security lets through.
const ROLE_STATEMENTS = new Set([
  'AlterRoleStmt',
  'AlterRoleSetStmt',
  'CreateRoleStmt',
  'DropRoleStmt',
  'GrantRoleStmt',
  'AlterOwnerStmt',
  'ReassignOwnedStmt',
])
const BREAKING_STATEMENTS = new Set(['AlterObjectSchemaStmt', 'RuleStmt', 'DropOwnedStmt'])

const QUERIES = new Set([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'CreateTableAsStmt',
  'ExplainStmt',
  'CopyStmt',
])

function classOfOtherStatement(statement: Statement, effects: readonly Effect[]): ClassReason[] {
  const as = (changeClass: ChangeClass): ClassReason[] => [{ changeClass, statement }]
  if (runsUnseenCode(statement)) return as('data-migration')
  if (statement.kind === 'SelectStmt' || effects.some((effect) => effect.statement === statement)) return []
  if (statement.kind === 'VariableSetStmt' || statement.kind === 'TransactionStmt') return []
  if (statement.kind === 'DoStmt') return []
  if (ROLE_STATEMENTS.has(statement.kind)) return as('modify-rls')
  return as(BREAKING_STATEMENTS.has(statement.kind) ? 'breaking-change' : 'code')
}

/** Whether a statement runs code that its tree does not show and that may write: a DO block, a procedure, a function. */
export function runsUnseenCode(statement: Statement): boolean {
  if (statement.kind === 'DoStmt') return !onlyChecks(statement)
  if (statement.kind === 'CallStmt' || statement.kind === 'ExecuteStmt') return true
  return QUERIES.has(statement.kind) && callsUnknownFunction(statement)
}

// A function of the project or of an extension, such as cron.schedule, may change anything.
function callsUnknownFunction(statement: Statement): boolean {
  let calls = false
  walk(statement.node, (kind, value) => {
    if (kind !== 'FuncCall') return
    const name = words(value.funcname as Node[])
    const isOfServer = name.length > 1 ? name[0] === 'pg_catalog' : READING.test(name[0] ?? '')
    if (!isOfServer || WRITING.test(name.at(-1) ?? '')) calls = true
  })
  return calls
}

// Without a schema a name may be one of the project's own, which the search path finds, so the usual ones of the server
// are listed.
const READING = new RegExp(
  `^(${[
    'count|sum|avg|min|max|every|bool_(and|or)|(array|string|json|jsonb|json_object|jsonb_object)_agg',
    'set_config|current_setting|current_database|current_schema|version|now|(clock|statement|transaction)_timestamp',
    'to_(reg\\w+|char|date|timestamp|number|json|jsonb|hex)|format|format_type|has_\\w+_privilege|(col|obj|shobj)_description',
    'pg_(get_\\w+|\\w+_size|size_pretty|advisory_xact_lock|try_advisory_xact_lock|typeof|backend_pid|sleep|has_role|column_is_updatable)',
    'lower|upper|length|char_length|octet_length|left|right|trim|btrim|ltrim|rtrim|replace|split_part|position|strpos|substr|substring',
    'concat|concat_ws|quote_(ident|literal|nullable)|regexp_\\w+|repeat|lpad|rpad|reverse|translate|encode|decode|md5|sha256|hashtext\\w*',
    'abs|ceil|floor|round|trunc|mod|power|sqrt|sign|random|generate_series|generate_subscripts|unnest|cardinality',
    'array_(length|position|to_string|append|remove|cat|upper|lower)|string_to_array|row_number|rank|dense_rank|lag|lead|first_value|last_value',
    'json\\w*|row_to_json|age|date_(part|trunc|bin)|extract|timezone|make_\\w+|isfinite|gen_random_uuid|num_nulls|num_nonnulls',
  ].join('|')})$`,
)
const WRITING = /^(setval|nextval|lo_\w+|pg_(terminate|cancel)_backend|pg_reload_conf|pg_notify|dblink\w*)$/

const CHANGING_WORDS = new Set([
  'insert',
  'update',
  'delete',
  'merge',
  'truncate',
  'copy',
  'execute',
  'call',
  'create',
  'alter',
  'drop',
  'grant',
  'revoke',
  'comment',
  'refresh',
  'reassign',
  'import',
])

/** Whether a DO block can only look and raise, as a verification does. */
export function onlyChecks(statement: Statement): boolean {
  const body = bodyOf(statement)
  if (body === undefined) return false
  const tokens = tokensOf(body.text)
  return !tokens.some(
    (token, at) => (token.kind === 'word' && CHANGING_WORDS.has(token.value)) || callsUnknownAt(tokens, at),
  )
}

/** Whether an opening bracket follows the name of a function that may belong to the project. */
function callsUnknownAt(tokens: readonly Token[], at: number): boolean {
  const name = tokens[at - 1]
  if (tokens[at]?.value !== '(' || tokens[at]?.kind !== 'symbol' || !name || !isName(name)) return false
  if (WRITING.test(name.value)) return true
  const schema = tokens[at - 2]?.value === '.' ? tokens[at - 3] : undefined
  if (schema) return isName(schema) && schema.value !== 'pg_catalog'
  // PERFORM and SELECT are what calls a function for its effect; elsewhere a word before a bracket is mostly no call.
  const before = tokens[at - 2]
  const isCalled = before?.kind === 'word' && (before.value === 'perform' || before.value === 'select')
  return isCalled && !READING.test(name.value) && !SYNTAX.has(name.value)
}

const isName = (token: Token): boolean => token.kind === 'word' || token.kind === 'quoted'
const SYNTAX = new Set([
  'exists',
  'distinct',
  'coalesce',
  'greatest',
  'least',
  'nullif',
  'row',
  'array',
  'case',
  'not',
  'cast',
  'from',
  'into',
  'where',
])
