import type { Node } from 'libpg-query'
import { bodyOf } from './bodies.ts'
import type { Effect } from './effects.ts'
import { tokensOf } from './lexer.ts'
import type { Statement } from './sql.ts'
import { walk, words } from './tree.ts'

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
 * happens to an object that the same file creates is part of creating it.
 */
export function changeClasses(statements: readonly Statement[], effects: readonly Effect[]): ClassReason[] {
  const isNew = (effect: Effect): boolean =>
    effects.some(
      (other) =>
        other.verb === 'create' && (other.name === effect.name || other.name === effect.table) && other !== effect,
    )
  const reasons = [
    ...effects.flatMap((effect) => {
      const changeClass = classOfEffect(effect, isNew(effect))
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

function classOfEffect(effect: Effect, isNew: boolean): ChangeClass | undefined {
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
      return isNew ? undefined : classOfAlter(effect)
  }
}

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

function classOfAlter(effect: Effect): ChangeClass {
  const command = effect.command?.subtype
  if (command === undefined)
    return effect.kind === 'function' || effect.statement.kind === 'AlterEnumStmt' ? 'code' : 'breaking-change'
  if (command === 'AT_AddColumn') return 'add-column'
  if (command === 'AT_DropColumn') return 'drop-column'
  if (command === 'AT_AddConstraint' || command === 'AT_ValidateConstraint') return 'add-constraint'
  if (RLS_COMMANDS.has(command)) return 'modify-rls'
  return HARMLESS_COMMANDS.has(command) || /^AT_(Enable|Disable)Trig/.test(command) ? 'code' : 'breaking-change'
}

function classOfOtherStatement(statement: Statement, effects: readonly Effect[]): ClassReason[] {
  if (effects.some((effect) => effect.statement === statement)) return []
  if (statement.kind === 'VariableSetStmt' || statement.kind === 'TransactionStmt') return []
  if (statement.kind === 'SelectStmt')
    return callsOwnFunction(statement) ? [{ changeClass: 'data-migration', statement }] : []
  if (statement.kind === 'DoStmt') return onlyChecks(statement) ? [] : [{ changeClass: 'data-migration', statement }]
  if (statement.kind === 'CallStmt') return [{ changeClass: 'data-migration', statement }]
  return [{ changeClass: 'code', statement }]
}

// A SELECT that calls a function of a schema, such as cron.schedule, may change anything.
function callsOwnFunction(statement: Statement): boolean {
  let calls = false
  walk(statement.node, (kind, value) => {
    if (kind !== 'FuncCall') return
    const name = words(value.funcname as Node[])
    if (name.length > 1 && name[0] !== 'pg_catalog') calls = true
  })
  return calls
}

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
])

/** Whether a DO block can only look and raise, as a verification does. */
export function onlyChecks(statement: Statement): boolean {
  const body = bodyOf(statement)
  return (
    body !== undefined && !tokensOf(body.text).some((token) => token.kind === 'word' && CHANGING_WORDS.has(token.value))
  )
}
