import type { Node } from 'libpg-query'
import { bodyOf } from '../../../lib/bodies.ts'
import { tokensOf } from '../../../lib/lexer.ts'
import { dottedName, walk } from '../../../lib/tree.ts'
import { runsAlone } from '../../../lib/units.ts'
import { type Hit, type LintRule, onStatements } from '../rule.ts'

const cascade: LintRule = {
  id: 'cascade',
  appliesTo: 'both',
  severity: 'error',
  why: 'CASCADE silently takes along views, foreign keys and policies of others, and no rollback knows which.',
  fix: 'Drop what depends on it by name first; PostgreSQL lists it when you try without CASCADE.',
  before: 'create table private.notes (id bigint);',
  bad: 'drop table private.notes cascade;',
  good: 'drop view private.recent_notes;\ndrop table private.notes;',
  check: (file) =>
    file.sql.statements.flatMap((statement): Hit[] => {
      let cascades = false
      walk(statement.node, (_kind, value) => {
        if (value.behavior === 'DROP_CASCADE') cascades = true
      })
      const hits: Hit[] = cascades ? [{ statement, what: 'The statement says CASCADE.' }] : []
      const body = statement.kind === 'DoStmt' ? bodyOf(statement) : undefined
      return body && tokensOf(body.text).some((token) => token.value === 'cascade')
        ? [...hits, { statement, what: 'A DO block says CASCADE.' }]
        : hits
    }),
}

const ifExists: LintRule = {
  id: 'if-exists',
  appliesTo: 'both',
  severity: 'error',
  why: 'IF [NOT] EXISTS turns a surprise into silence: if the object is already there, the forward file does nothing, and its rollback destroys what somebody else made.',
  fix: 'Write it without the clause, so that a surprise stops the migration; npm run db -- drift explains it.',
  bad: 'create table if not exists private.notes (id bigint);',
  good: 'create table private.notes (id bigint);',
  check: (file) => {
    const isTransactional = !file.sql.statements.some(runsAlone)
    if (!isTransactional) return []
    return file.sql.statements.flatMap((statement): Hit[] => {
      let found: string | undefined
      walk(statement.node, (_kind, value) => {
        if (value.if_not_exists === true || value.skipIfNewValExists === true) found = 'IF NOT EXISTS'
        if (value.missing_ok === true) found = 'IF EXISTS'
      })
      return found ? [{ statement, what: `The statement says ${found}.` }] : []
    })
  },
}

const replaceWithoutOriginal: LintRule = {
  id: 'replace-without-original',
  appliesTo: 'forward',
  severity: 'error',
  why: 'CREATE OR REPLACE of something new would overwrite an object that nobody expected, and the rollback would then drop it.',
  fix: 'Write CREATE for a new object; keep OR REPLACE for one that an earlier migration created.',
  before: 'create function private.old() returns integer language sql as $$ select 1 $$;',
  bad: "create or replace function private.fresh() returns integer language sql set search_path = '' as $$ select 1 $$;",
  good: "create or replace function private.old() returns integer language sql set search_path = '' as $$ select 2 $$;",
  check: onStatements<{ replace?: boolean; funcname?: Node[] }>('CreateFunctionStmt', (value, statement, file) => {
    const name = dottedName(value.funcname)
    if (!value.replace || file.codeBefore.has(name)) return undefined
    return { statement, what: `No earlier migration creates ${name}, but this one replaces it.` }
  }),
}

const DDL_WORDS = new Set(['create', 'alter', 'drop', 'grant', 'revoke', 'truncate'])

const hiddenDdl: LintRule = {
  id: 'hidden-ddl',
  appliesTo: 'both',
  severity: 'error',
  why: 'DDL inside a DO block or a string is invisible to every check: nobody can tell its class, its locks or its rollback.',
  fix: 'Write the statement at the top level. For what an optional extension needs, write "-- db-ignore hidden-ddl: <why>" above the block.',
  bad: "do $$ begin execute 'alter table private.notes add column body text'; end $$;",
  good: 'alter table private.notes add column body text;',
  check: onStatements('DoStmt', (_value, statement) => {
    const body = bodyOf(statement)
    if (!body) return undefined
    const word = firstDdlWord(body.text)
    if (!word) return undefined
    const offset = body.startByte + Buffer.byteLength(body.text.slice(0, word.start), 'utf8')
    return { statement, at: offset, what: `A DO block runs ${word.value}.` }
  }),
}

/** Rules about taking away, replacing and hiding. */
export const REMOVAL_RULES: readonly LintRule[] = [cascade, ifExists, replaceWithoutOriginal, hiddenDdl]

// A DDL word counts where a statement can begin; `execute` counts always, because its string can hold anything.
function firstDdlWord(text: string): { value: string; start: number } | undefined {
  const tokens = tokensOf(text)
  return tokens.find((token, index) => {
    if (token.kind !== 'word') return false
    const previous = tokens[index - 1]
    const begins = previous === undefined || previous.value === ';' || BEFORE_STATEMENT.has(previous.value)
    return begins && (token.value === 'execute' || DDL_WORDS.has(token.value))
  })
}

const BEFORE_STATEMENT = new Set(['begin', 'then', 'else', 'loop'])
