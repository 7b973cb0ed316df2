import type { AlterTableCmd, AlterTableStmt, DeleteStmt, UpdateStmt } from 'libpg-query'
import type { Statement } from '../../../lib/sql.ts'
import { asNode, relationName, walk } from '../../../lib/tree.ts'
import { type Hit, type LintFile, type LintRule, tablesCreatedIn } from '../rule.ts'

const everyRow: LintRule = {
  id: 'every-row',
  appliesTo: 'both',
  severity: 'error',
  why: 'Without WHERE the statement touches every row, today and after the table has grown; it is either a mistake or a backfill, and a backfill belongs into batches.',
  fix: 'Say which rows, or use npm run db -- backfill.',
  before: 'create table private.notes (id bigint, body text);',
  bad: "update private.notes set body = 'none';",
  good: "update private.notes set body = 'none' where body is null;",
  check: (file) => {
    const created = tablesCreatedIn(file)
    return file.sql.statements.flatMap((statement): Hit[] => {
      const hits: Hit[] = []
      walk(statement.node, (kind, value) => {
        if (kind !== 'UpdateStmt' && kind !== 'DeleteStmt') return
        const { relation, whereClause } = value as UpdateStmt & DeleteStmt
        const table = relationName(relation)
        if (!whereClause && !created.has(table)) {
          hits.push({ statement, what: `${kind === 'UpdateStmt' ? 'UPDATE' : 'DELETE'} of ${table} has no WHERE.` })
        }
      })
      return hits
    })
  },
}

const mixed: LintRule = {
  id: 'backfill-with-ddl',
  appliesTo: 'forward',
  severity: 'error',
  why: 'The change of the table holds its strongest lock until the file is over, so every reader waits for the whole update (measured: 6.3 s at a million rows).',
  fix: 'Put the update into a later migration or into npm run db -- backfill.',
  before: 'create table private.notes (id bigint, body text);',
  bad: "alter table private.notes add column title text;\nupdate private.notes set title = 'none' where title is null;",
  good: "alter table private.notes add column title text not null default 'none';",
  check: (file) => {
    const created = tablesCreatedIn(file)
    const altered = file.sql.statements.flatMap((statement) => {
      const alter = asNode<AlterTableStmt>(statement.node, 'AlterTableStmt')
      const changes = (alter?.cmds ?? []).filter(
        (cmd) => !/Trig/.test(asNode<AlterTableCmd>(cmd, 'AlterTableCmd')?.subtype ?? ''),
      )
      return alter && changes.length > 0 ? [relationName(alter.relation)] : []
    })
    return updates(file).flatMap(({ statement, table }): Hit[] =>
      altered.includes(table) && !created.has(table)
        ? [{ statement, what: `${table} is altered and updated in one file.` }]
        : [],
    )
  },
}

const touchedTimestamps: LintRule = {
  id: 'backfill-touches-updated-at',
  appliesTo: 'forward',
  severity: 'error',
  why: 'The trigger stamps every row that the update reaches, so updated_at says that people changed all of them today, and no rollback brings the old times back.',
  fix: 'Disable the trigger around the update, or use npm run db -- backfill, which asks for --triggers-may-fire.',
  before:
    'create table private.notes (id bigint, body text, updated_at timestamptz);\ncreate trigger notes_set_updated_at before update on private.notes for each row execute function private.set_updated_at();',
  bad: "update private.notes set body = 'none' where body is null;",
  good: "alter table private.notes disable trigger notes_set_updated_at;\nupdate private.notes set body = 'none' where body is null;\nalter table private.notes enable trigger notes_set_updated_at;",
  check: (file) =>
    updates(file).flatMap(({ statement, table }): Hit[] => {
      const triggers = [...(file.model.tables.get(table)?.triggers ?? [])]
      const stamping = triggers.find(([name, calls]) => /updated_at|touch/.test(`${name} ${calls}`))
      const isDisabled = file.sql.statements.some(
        (other) =>
          other.startByte < statement.startByte && /disable\s+trigger/i.test(other.text) && other.text.includes(table),
      )
      return stamping && !isDisabled
        ? [{ statement, what: `The trigger ${stamping[0]} stamps every row that is updated.` }]
        : []
    }),
}

/** Rules about rows. */
export const DATA_RULES: readonly LintRule[] = [everyRow, mixed, touchedTimestamps]

const updates = (file: LintFile): { statement: Statement; table: string }[] =>
  file.sql.statements.flatMap((statement) => {
    const update = asNode<UpdateStmt>(statement.node, 'UpdateStmt')
    return update ? [{ statement, table: relationName(update.relation) }] : []
  })
