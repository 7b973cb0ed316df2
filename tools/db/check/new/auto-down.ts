import { writeFileSync } from 'node:fs'
import { analyse } from '../../lib/analysis.ts'
import { applyFile } from '../../lib/apply.ts'
import { quoteName, withDatabase } from '../../lib/database.ts'
import { ToolError } from '../../lib/errors.ts'
import { tokensOf } from '../../lib/lexer.ts'
import { type Migration, readMigrations, rollbackPath, type SqlFile } from '../../lib/migrations.ts'
import { readFacts, sqlBetween } from '../../lib/pg-delta.ts'
import { type Project, shownPath } from '../../lib/project.ts'
import { type ScratchServer, scratchName } from '../../lib/scratch.ts'
import { parseSql } from '../../lib/sql.ts'
import { withRollbackHeader } from '../header-text.ts'
import { type Limit, readLimits, widened } from '../prove/limits.ts'
import { readProofSettings } from '../settings.ts'

/**
 * Writes the rollback of a migration from the catalogues before and after it. What the forward file writes into tables is
 * not in a catalogue, so the proof that follows has the last word. Throws when the forward file changes nothing.
 */
export async function writeAutoDown(project: Project, wanted: Migration, server: ScratchServer): Promise<SqlFile> {
  const database = scratchName('down')
  const url = await server.createDatabase(database)
  try {
    const apply = (migrations: readonly Migration[]): Promise<void> =>
      withDatabase(url, async (sql) => {
        for (const migration of migrations) await applyFile(sql, migration.up, 'new/forward-fails')
      })
    await apply(readMigrations(project).migrations.filter((migration) => migration.version < wanted.version))
    const [before, limitsBefore] = [await readFacts(url), await withDatabase(url, readLimits)]
    await apply([wanted])
    const limits = widened(limitsBefore, await withDatabase(url, readLimits))
    const statements = sqlBetween(await readFacts(url), before).flatMap(withoutComments)
    if (statements.length === 0) {
      throw new ToolError(`${wanted.id} changes nothing in the catalogue, so there is nothing to take back.`, {
        fix: 'Write the statements of the forward file first; what a data migration overwrites must be archived by hand.',
      })
    }
    const path = rollbackPath(project, wanted.id)
    const draft = {
      path,
      shown: shownPath(project, path),
      text: `set local lock_timeout = '2s';\nset local statement_timeout = '30s';\n\n${[...limits.flatMap(({ old }) => guardOf(old)), ...statements].join('\n')}\n`,
    }
    const text = withRollbackHeader(analyse({ ...wanted, down: draft }), readProofSettings(project).referenceTables)
    writeFileSync(path, text ?? draft.text)
    return { ...draft, text: text ?? draft.text }
  } finally {
    await server.dropDatabase(database)
  }
}

// Rows that use what the migration allows would stop the rollback with a bare 23514; the guard counts and names them.
function guardOf({ kind, table, columns, definition }: Limit): string[] {
  const [column = ''] = columns
  const refused =
    kind === 'check' ? `not (${definition})` : kind === 'not-null' ? `${quoteName(column)} is null` : undefined
  if (refused === undefined) return []
  return [
    `do $guard$
declare v_rows bigint := (select count(*) from ${table} where ${refused});
begin
  if v_rows > 0 then
    raise exception '% rows of ${table} hold what this rollback no longer allows.', v_rows
      using hint = 'Change these rows first: select * from ${table} where ${`${refused};`.replaceAll("'", "''")}';
  end if;
end
$guard$;
`,
  ]
}

// The engine explains its plan in comments and sets the session up for other tools; a rollback needs the statements only.
function withoutComments(sql: string): string[] {
  const parsed = parseSql(sql)
  if (!parsed.ok) return [sql]
  return parsed.sql.statements
    .filter((statement) => statement.kind !== 'VariableSetStmt' && statement.kind !== 'TransactionStmt')
    .map((statement) => `${inLowerCase(statement.text)};`)
}

// Keywords only: quoted names and strings keep their letters.
function inLowerCase(text: string): string {
  const words = tokensOf(text).filter((token) => token.kind === 'word')
  return words.reduceRight((rest, word) => rest.slice(0, word.start) + word.value + rest.slice(word.end), text)
}
