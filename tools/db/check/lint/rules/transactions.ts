import type { AlterTableStmt, IndexStmt, PartitionCmd } from 'libpg-query'
import { bodyOf } from '../../../lib/bodies.ts'
import { tokensOf } from '../../../lib/lexer.ts'
import type { Statement } from '../../../lib/sql.ts'
import { asNode, walk } from '../../../lib/tree.ts'
import { runsAlone } from '../../../lib/units.ts'
import { at, type Hit, type LintRule, onStatements } from '../rule.ts'

const transactionControl: LintRule = {
  id: 'transaction-control',
  appliesTo: 'both',
  severity: 'error',
  why: 'The Supabase CLI runs a file and its history row as one transaction. A COMMIT of your own ends it early, so that a later failure leaves objects without a history row.',
  fix: 'Remove it; the whole file is one transaction already.',
  bad: 'begin;\ncreate table private.notes (id bigint);\ncommit;',
  good: 'create table private.notes (id bigint);',
  check: (file) =>
    file.sql.statements.flatMap((statement): Hit[] => {
      if (statement.kind === 'TransactionStmt') {
        return [{ statement, what: `${firstWord(statement)} stands in the file.` }]
      }
      const body = statement.kind === 'DoStmt' ? bodyOf(statement) : undefined
      const word = body && tokensOf(body.text).find((token) => isCommit(token.kind, token.value))
      if (!body || !word) return []
      const offset = body.startByte + Buffer.byteLength(body.text.slice(0, word.start), 'utf8')
      return [
        {
          statement,
          at: offset,
          what: `A DO block says ${word.value}.`,
          fix: 'Move the work into a procedure and run it with npm run db -- backfill.',
        },
      ]
    }),
}

const notAlone: LintRule = {
  id: 'not-alone',
  appliesTo: 'both',
  severity: 'error',
  why: 'PostgreSQL refuses this statement inside a transaction, so the CLI runs it by itself: the file is no longer atomic, and a crash after it leaves half a migration.',
  fix: 'Give it a file of its own with "transaction: no"; only settings and a DROP INDEX CONCURRENTLY IF EXISTS may stand before it.',
  before: 'create table private.notes (id bigint, body text);',
  bad: 'alter table private.notes add column title text;\ncreate index concurrently notes_body_idx on private.notes (body);',
  good: "set lock_timeout = '2s';\ndrop index concurrently if exists private.notes_body_idx;\ncreate index concurrently notes_body_idx on private.notes (body);",
  check: (file) => {
    const alone = file.sql.statements.filter(runsAlone)
    if (alone.length === 0) return []
    const main = alone.at(-1)
    return file.sql.statements.flatMap((statement): Hit[] =>
      statement === main || statement.kind === 'VariableSetStmt' || isRetry(statement)
        ? []
        : [
            {
              statement,
              what: `"${firstWord(statement)}" stands in one file with a statement that runs outside the transaction.`,
            },
          ],
    )
  },
}

const detachConcurrently: LintRule = {
  id: 'detach-concurrently',
  appliesTo: 'both',
  severity: 'error',
  why: 'The CLI does not take this statement out of its transaction, so PostgreSQL refuses the file (25001).',
  fix: 'Use DETACH PARTITION without CONCURRENTLY in a quiet moment, or run it by hand outside migrations.',
  before: 'create table private.log (day date) partition by range (day);',
  bad: 'alter table private.log detach partition private.log_2026 concurrently;',
  good: 'alter table private.log detach partition private.log_2026;',
  check: onStatements<AlterTableStmt>('AlterTableStmt', (value, statement) => {
    const hits: Hit[] = []
    walk(value.cmds, (kind, node) => {
      if (kind === 'PartitionCmd' && (node as PartitionCmd).concurrent) {
        hits.push({ statement, what: 'DETACH PARTITION CONCURRENTLY cannot run in a migration.' })
      }
    })
    return hits
  }),
}

const blockingIndex: LintRule = {
  id: 'retry-leaves-invalid-index',
  appliesTo: 'forward',
  severity: 'error',
  why: 'A CREATE INDEX CONCURRENTLY that fails half-way leaves an INVALID index behind, and the second try then fails because the name is taken.',
  fix: 'Put "drop index concurrently if exists <schema>.<index>;" before it, so that a second run converges.',
  before: 'create table private.notes (id bigint, body text);',
  bad: 'create index concurrently notes_body_idx on private.notes (body);',
  good: 'drop index concurrently if exists private.notes_body_idx;\ncreate index concurrently notes_body_idx on private.notes (body);',
  check: (file) =>
    onStatements<IndexStmt>('IndexStmt', (value, statement) => {
      if (!value.concurrent) return undefined
      const name = value.idxname ?? ''
      const isDroppedFirst = file.sql.statements.some(
        (other) => other.startByte < statement.startByte && isRetry(other) && other.text.includes(name),
      )
      return isDroppedFirst
        ? undefined
        : { statement, what: `A failed build of ${name} cannot be tried again.`, ...at(undefined) }
    })(file),
}

const lockTable: LintRule = {
  id: 'lock-table',
  appliesTo: 'forward',
  severity: 'error',
  why: 'The Supabase CLI sends a file as one pipeline, which is no transaction block for LOCK TABLE: PostgreSQL refuses it (25P01), though a proof or psql would run it.',
  fix: 'Leave it out: ALTER TABLE takes the lock that it needs. To keep writers out of an update, begin with a statement that takes a stronger lock, such as alter table … disable trigger.',
  before: 'create table private.notes (id bigint, body text);',
  bad: 'lock table private.notes in share mode;',
  good: 'alter table private.notes add column title text;',
  check: onStatements('LockStmt', (_value, statement) => ({ statement, what: 'LOCK TABLE stands in a migration.' })),
}

/** Rules about what runs inside which transaction. */
export const TRANSACTION_RULES: readonly LintRule[] = [
  transactionControl,
  notAlone,
  detachConcurrently,
  blockingIndex,
  lockTable,
]

/** `drop index concurrently if exists` clears away what a crashed run left; it is harmless before the real statement. */
const isRetry = (statement: Statement): boolean => {
  const drop = asNode<{ concurrent?: boolean; missing_ok?: boolean }>(statement.node, 'DropStmt')
  return drop?.concurrent === true && drop.missing_ok === true
}

const isCommit = (kind: string, value: string): boolean =>
  kind === 'word' && (value === 'commit' || value === 'rollback')

const firstWord = (statement: Statement): string => statement.text.split(/\s+/).slice(0, 2).join(' ').replace(/;$/, '')
