import { readProofSettings } from '../check/settings.ts'
import { count } from '../lib/command.ts'
import type { Sql } from '../lib/database.ts'
import { ToolError, usageError } from '../lib/errors.ts'
import { type LockFile, readLockFile } from '../lib/lock-file.ts'
import type { Project } from '../lib/project.ts'
import { type Loss as DeclaredLoss, readRollbackHeader } from '../lib/rollback-header.ts'
import { parseSql, type Statement } from '../lib/sql.ts'
import { RELEASE_TABLE } from '../lib/vendored.ts'
import type { JournalEntry } from './journal.ts'
import { filled, type Loss, lossLedger, uncountable } from './loss.ts'
import { isOneTransaction } from './pair.ts'
import { isSameAsRecorded, type Standing } from './situation.ts'

/** One version that is taken back. */
export type Step = {
  readonly version: string
  /** The version in every project, by which the journal knows it. */
  readonly key: string
  readonly id: string
  readonly text: string
  /** Where the rollback comes from. The database's copy is the one that belongs to what ran there. */
  readonly source: 'database' | 'file'
  readonly declared: DeclaredLoss | undefined
  readonly statements: readonly Statement[]
  readonly isTransactional: boolean
  /** Everything it takes away or may, what is empty now included. */
  readonly losses: readonly Loss[]
  /** Statements whose loss cannot be counted beforehand. */
  readonly uncountable: readonly string[]
  /** The catalogue digests around its forward file, when they were recorded. */
  readonly catalog: { readonly before: string; readonly after: string } | undefined
}

/**
 * The versions after `to`, newest first, each with its rollback and what it loses now. Throws when one of them cannot be
 * taken back.
 */
export async function planRollback(
  sql: Sql,
  project: Project,
  applied: readonly Standing[],
  journal: readonly JournalEntry[],
  to: string | undefined,
): Promise<Step[]> {
  const lock = readLockFile(project)
  const referenceTables = [...readProofSettings(project).referenceTables, RELEASE_TABLE]
  const steps: Step[] = []
  for (const standing of chosen(applied, to)) {
    const { text, source } = rollbackText(standing)
    const parsed = parseSql(text)
    if (!parsed.ok)
      throw new ToolError(`The rollback of ${standing.id} is no SQL: ${parsed.error.message}`, {
        fix: 'Correct it and prove it.',
      })
    const declared = readRollbackHeader(text).header?.loss
    if (declared?.kind === 'impossible') {
      throw new ToolError(`${standing.id} cannot be rolled back: ${declared.why}`, {
        why: 'Its author declared that no statement brings the old state back.',
        fix: 'Restore the backup from before it, or recover to a moment before it (docs/migrations.md, emergencies).',
      })
    }
    const { statements } = parsed.sql
    const losses = await lossLedger(sql, statements, { declared, referenceTables })
    const isTransactional = isOneTransaction(statements)
    if (!isTransactional && losses.length > 0) throw halfWay(standing.id, losses)
    steps.push({
      version: standing.version,
      key: standing.key,
      id: standing.id,
      text,
      source,
      declared,
      statements,
      isTransactional,
      losses,
      uncountable: uncountable(statements),
      catalog: digests(standing.key, journal, lock),
    })
  }
  return steps
}

/** The steps as transactions: neighbours that can, go together, so that either all of them are taken back or none. */
export function transactionsOf(steps: readonly Step[]): Step[][] {
  const groups: Step[][] = []
  for (const step of steps) {
    const last = groups.at(-1)
    if (last && step.isTransactional && last.every((one) => one.isTransactional)) last.push(step)
    else groups.push([step])
  }
  return groups
}

/** The ledger for people. */
export function printLedger(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => [
    `  ${step.id}: ${step.declared?.kind ?? 'undeclared'}, rollback from the ${step.source}`,
    ...filled(step.losses).map(printLoss),
    ...step.uncountable.map((text) => `    CANNOT BE COUNTED: ${text}`),
    ...(filled(step.losses).length + step.uncountable.length === 0 ? ['    loses no row'] : []),
  ])
}

function printLoss({ kind, name, rows }: Loss): string {
  if (kind === 'rows') return `    MAY LOSE any of ${count(rows, 'row')} of ${name}, which stays and is written to`
  return `    LOSES ${count(rows, kind === 'table' ? 'row' : 'value')} of ${kind} ${name}`
}

/** Rows and values that are lost in all. */
export const lostRows = (steps: readonly Step[]): number =>
  steps.flatMap((step) => step.losses).reduce((sum, loss) => sum + loss.rows, 0)

// What runs outside a transaction cannot be locked and compared before it is dropped, and may stop half way.
const halfWay = (id: string, losses: readonly Loss[]): ToolError =>
  new ToolError(
    `The rollback of ${id} is not one transaction, and it takes away ${losses.map((loss) => loss.name).join(', ')}.`,
    {
      why: 'Rows could be written between saving and dropping them, and a failure half way would leave a history that is not true.',
      fix: 'Write a migration that takes it back: one file for what runs CONCURRENTLY, and one for what is dropped.',
    },
  )

function chosen(applied: readonly Standing[], to: string | undefined): Standing[] {
  const newestFirst = [...applied].reverse()
  if (to === undefined) return newestFirst.slice(0, 1)
  const last = applied.findLast((one) => one.version === to || one.key === to)
  if (to !== 'none' && !last) {
    throw usageError(
      `${to} is not applied, so it cannot be the last one that stays.`,
      'Name an applied version, or "none".',
    )
  }
  return newestFirst.filter((one) => !last || one.version > last.version)
}

function rollbackText(standing: Standing): { text: string; source: 'database' | 'file' } {
  const { applied, migration, id } = standing
  if (applied?.rollback && applied.rollback.length > 0) {
    return { text: `${applied.rollback.join(';\n')};\n`, source: 'database' }
  }
  if (!migration?.down) {
    throw new ToolError(`Nobody knows how to roll back ${id}.`, {
      why: 'The database holds no rollback of it, and there is no file of it here.',
      fix: `Get supabase/rollbacks/${id}_DOWN.sql from the branch it was pushed from.`,
    })
  }
  if (!applied || !isSameAsRecorded(migration.up.text, applied)) {
    throw new ToolError(`The file of ${id} is not what ran in this database.`, {
      why: 'Its rollback undoes something else than what is there.',
      fix: 'Get the files of the commit that was pushed.',
    })
  }
  return { text: migration.down.text, source: 'file' }
}

function digests(key: string, journal: readonly JournalEntry[], lock: LockFile): Step['catalog'] {
  const entry = journal.findLast((one) => one.kind === 'pushed' && one.version === key)
  const stored = entry?.details.catalog
  if (stored !== null && typeof stored === 'object' && stored && 'before' in stored && 'after' in stored) {
    return { before: String(stored.before), after: String(stored.after) }
  }
  return lock[key]?.catalog
}
