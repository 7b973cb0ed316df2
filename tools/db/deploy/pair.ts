import { createHash } from 'node:crypto'
import { type AnalysedMigration, analyse } from '../lib/analysis.ts'
import { astHash } from '../lib/ast-hash.ts'
import { type Approval, approvalFor, type ChangeClass } from '../lib/change-class.ts'
import { authorsOf } from '../lib/git.ts'
import type { Migration, SqlFile } from '../lib/migrations.ts'
import type { Project } from '../lib/project.ts'
import type { Loss } from '../lib/rollback-header.ts'
import { parseSql, type Statement } from '../lib/sql.ts'
import { executionUnits } from '../lib/units.ts'

/** A forward file and its rollback as a deployment sees them. */
export type Pair = {
  readonly migration: Migration
  readonly analysed: AnalysedMigration
  /** Changes when either file changes its meaning; approvals and rehearsals are given to this. */
  readonly fingerprint: string
  readonly classes: readonly ChangeClass[]
  /** What the approval matrix asks for. */
  readonly approval: Approval
  readonly author: string | undefined
  /** Names and addresses of those who committed the forward file; empty until git is asked. */
  readonly gitAuthors: readonly string[]
  readonly title: string
  readonly loss: Loss | undefined
  /** Whether the forward file is one transaction, so that a failure leaves nothing of it. */
  readonly isTransactional: boolean
}

/** Reads a pair. Throws a ToolError when a file is no SQL. */
export function readPair(migration: Migration): Pair {
  const analysed = analyse(migration)
  const hashes = [migration.up, migration.down].map((file) => (file ? astHash(file.text) : 'none'))
  const classes = analysed.classes.map((reason) => reason.changeClass)
  return {
    migration,
    analysed,
    fingerprint: createHash('sha256').update(hashes.join(' ')).digest('hex'),
    classes,
    approval: approvalFor(classes),
    author: analysed.header.header?.author,
    gitAuthors: [],
    title: analysed.header.header?.title ?? migration.name.replaceAll('_', ' '),
    loss: analysed.rollbackHeader?.header?.loss,
    isTransactional: isOneTransaction(analysed.up.sql?.statements ?? []),
  }
}

/** One fingerprint for several pairs, which changes with any of them. */
export const fingerprintOf = (pairs: readonly Pair[]): string =>
  createHash('sha256')
    .update(pairs.map((pair) => pair.fingerprint).join(' '))
    .digest('hex')

/** The pair with the authors that git knows, who cannot approve it. */
export const withGitAuthors = async (project: Project, pair: Pair): Promise<Pair> => ({
  ...pair,
  gitAuthors: await authorsOf(project.root, pair.migration.up.shown),
})

/** Whether statements reach the server as one transaction. */
export const isOneTransaction = (statements: readonly Statement[]): boolean =>
  executionUnits(statements).every((unit) => unit.isTransactional)

/**
 * A file cut into its statements, each with the comments before it, so that the header survives: the form in which the
 * history table stores a rollback. Joined by `;\n` they are the file again.
 */
export function storedStatements(file: SqlFile): string[] {
  const parsed = parseSql(file.text)
  if (!parsed.ok) return [file.text]
  const bytes = Buffer.from(file.text, 'utf8')
  let from = 0
  return parsed.sql.statements.map((statement) => {
    const end = statement.startByte + Buffer.byteLength(statement.text, 'utf8')
    const text = bytes.subarray(from, end).toString('utf8')
    from = end
    return text.replace(/^\s*;/, '').trim()
  })
}
