import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { analyse, tablesOf } from '../../../tools/db/lib/analysis.ts'
import { astHash } from '../../../tools/db/lib/ast-hash.ts'
import { bodyOf } from '../../../tools/db/lib/bodies.ts'
import { approvalFor } from '../../../tools/db/lib/change-class.ts'
import { dependenciesOf } from '../../../tools/db/lib/dependencies.ts'
import { passwordApart, withoutPassword } from '../../../tools/db/lib/environments.ts'
import { readHeader, writeHeader } from '../../../tools/db/lib/header.ts'
import { tokensOf } from '../../../tools/db/lib/lexer.ts'
import { readRollbackHeader, writeRollbackHeader } from '../../../tools/db/lib/rollback-header.ts'
import { parseSql } from '../../../tools/db/lib/sql.ts'
import { executionUnits } from '../../../tools/db/lib/units.ts'
import { aMigration } from './builders.ts'

describe('the syntax-tree hash', () => {
  const body = 'create function private.f() returns integer language sql as $$ select 1 $$;'

  test('does not change with comments, white space and letter case of keywords', () => {
    expect(astHash('CREATE  table t (id bigint); -- why\n')).toBe(astHash('/* x */ create table t (\n  id bigint\n)'))
  })

  test('changes with a constant in a function body, which a fingerprint would ignore', () => {
    expect(astHash(body)).not.toBe(astHash(body.replace('select 1', 'select 2')))
  })

  test('changes with the order of statements', () => {
    expect(astHash('select 1; select 2')).not.toBe(astHash('select 2; select 1'))
  })

  test('is the same for the statements that the CLI records, joined again', () => {
    const file = '-- header\nselect 1;\n\n-- next\nselect 2;\n'
    expect(astHash(['-- header\nselect 1', '-- next\nselect 2'].join(';\n'))).toBe(astHash(file))
  })

  test('refuses broken SQL with line and column', () => {
    expect(() => astHash('select 1;\ncreate tabel t ()')).toThrow('line 2, column 8')
  })
})

describe('places', () => {
  test('count characters, not bytes, in front of an error', () => {
    const parsed = parseSql("-- größe\nselect 'ä', nothing from from t")
    expect(parsed.ok ? undefined : parsed.error.position).toEqual({ line: 2, column: 26 })
  })

  test('of a statement are those of its first word, after comments', () => {
    const parsed = parseSql('-- über\nselect 1;\n\n-- why\n/* more */  select 2')
    expect(parsed.ok ? parsed.sql.statements.map((statement) => [statement.position, statement.text]) : []).toEqual([
      [{ line: 2, column: 1 }, 'select 1'],
      [{ line: 5, column: 13 }, 'select 2'],
    ])
  })
})

describe('tokens', () => {
  test('never take a word inside a string, a comment or a quoted name for a keyword', () => {
    const text = `select 'drop', "drop", $tag$ drop $tag$, e'it\\'s drop' -- drop\n/* drop /* drop */ drop */ from a$b$`
    const words = tokensOf(text).filter((token) => token.kind === 'word')
    expect(words.map((token) => token.value)).toEqual(['select', 'from', 'a$b$'])
  })

  test('cover every text without end and in order', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab\'"$-/*\n;( )1.:é') }), (text) => {
        const tokens = tokensOf(text)
        let at = 0
        for (const token of tokens) {
          expect(token.start).toBeGreaterThanOrEqual(at)
          expect(token.end).toBeGreaterThan(token.start)
          at = token.end
        }
        expect(at).toBeLessThanOrEqual(text.length)
      }),
    )
  })

  test('a body starts where it stands in the file', () => {
    const parsed = parseSql("-- ä\ndo $$ begin raise 'x'; end $$;")
    const statement = parsed.ok ? parsed.sql.statements[0] : undefined
    const body = statement && bodyOf(statement)
    expect(body?.text).toBe(" begin raise 'x'; end ")
    expect(body?.startByte).toBe(Buffer.byteLength('-- ä\ndo $$'))
  })
})

describe('execution units', () => {
  const unitsOf = (text: string): [boolean, number][] => {
    const parsed = parseSql(text)
    if (!parsed.ok) throw new Error(parsed.error.message)
    return executionUnits(parsed.sql.statements).map((unit) => [unit.isTransactional, unit.statements.length])
  }

  test('are one for an ordinary file', () => {
    expect(unitsOf('select 1; select 2; create index i on t (a)')).toEqual([[true, 3]])
  })

  test.each([
    'create unique index concurrently i on t (a)',
    'drop index concurrently i',
    'reindex table concurrently t',
    'vacuum t',
    'alter system set work_mem = 1',
    'cluster t using i',
  ])('are cut at "%s"', (statement) => {
    expect(unitsOf(`select 1; ${statement}; select 2`)).toEqual([
      [true, 1],
      [false, 1],
      [true, 1],
    ])
  })
})

describe('the class of a change', () => {
  test.each([
    ['create table public.a (id bigint)', ['add-table']],
    ['drop table public.a', ['drop-table']],
    ['alter table public.a add column b text', ['add-column']],
    ['alter table public.a drop column b', ['drop-column']],
    ['create index i on public.a (b)', ['add-index']],
    ['drop index public.i', ['drop-index']],
    ['drop index concurrently if exists public.i; create index concurrently i on public.a (b)', ['add-index']],
    ['create policy "p" on public.a for select to authenticated using (true)', ['modify-rls']],
    ['alter policy "p" on public.a using (false)', ['modify-rls']],
    ['drop policy "p" on public.a', ['modify-rls']],
    ['grant select on public.a to authenticated', ['modify-rls']],
    ['alter table public.a enable row level security', ['modify-rls']],
    ['alter default privileges revoke execute on functions from public', ['modify-rls']],
    ['insert into public.a values (1)', ['data-migration']],
    ['update public.a set b = 1', ['data-migration']],
    ['delete from public.a', ['data-migration']],
    ['truncate public.a', ['data-migration']],
    ["select cron.schedule('a', '* * * * *', 'select 1')", ['data-migration']],
    ['do $$ begin insert into public.a values (1); end $$', ['data-migration']],
    ["do $$ begin if false then raise exception 'x'; end if; end $$", []],
    ["set local lock_timeout = '2s'", []],
    ['alter table public.a alter column b type text', ['breaking-change']],
    ['alter table public.a alter column b set not null', ['breaking-change']],
    ['alter table public.a rename column b to c', ['breaking-change']],
    ['alter table public.a drop constraint c', ['breaking-change']],
    ['drop function private.f()', ['breaking-change']],
    ['drop view public.v', ['breaking-change']],
    ['alter table public.a add constraint c check (b > 0) not valid', ['add-constraint']],
    ['create function private.f() returns integer language sql as $$ select 1 $$', ['code']],
    ["comment on table public.a is 'x'", ['code']],
    // What happens to an object that the file creates is part of creating it.
    [
      'create table public.a (id bigint); create index i on public.a (id); grant select on public.a to authenticated; insert into public.a values (1)',
      ['add-table'],
    ],
  ])('of "%s" is %j', (text, expected) => {
    expect(analyse(aMigration({ up: text })).classes.map((reason) => reason.changeClass)).toEqual(expected)
  })

  // Nothing may be called by a milder class because of what stands beside it.
  test.each([
    ['drop table public.a; create table public.a (id bigint)', ['add-table', 'drop-table']],
    ['drop table public.a; create view public.a as select 1 as id', ['drop-table', 'code']],
    [
      'alter table public.a drop column b; create function public.a(x int) returns int language sql as $$ select 1 $$',
      ['drop-column', 'code'],
    ],
    ['create table if not exists public.a (id int); drop table public.a', ['add-table', 'drop-table']],
    ['create temporary table a (id int); drop table public.a', ['add-table', 'drop-table']],
    ['create or replace view public.a as select 1 as id; drop view public.a', ['breaking-change', 'code']],
    ['create view public.v as select id from public.a; delete from public.v', ['data-migration', 'code']],
    [
      'create function public.f(x int) returns int language sql as $$ select 1 $$; drop function public.f(text)',
      ['breaking-change', 'code'],
    ],
    ['with x as (delete from public.a returning *) select count(*) from x', ['data-migration']],
    ['copy (delete from public.a returning *) to stdout', ['data-migration']],
    [
      'create table public.a (id int); with x as (delete from public.b) insert into public.a values (1)',
      ['add-table', 'data-migration'],
    ],
    ['create table public.a (id int); insert into public.a select private.f()', ['add-table', 'data-migration']],
    ['select * into public.b from public.a', ['add-table']],
    ['select f()', ['data-migration']],
    ["select setval('public.a_id_seq', 1)", ['data-migration']],
    ['do $$ begin perform private.f(); end $$', ['data-migration']],
    ['do $$ begin perform "private"."f"(); end $$', ['data-migration']],
    ['do $$ begin perform f(); end $$', ['data-migration']],
    ['do $$ declare v int := private.f(); begin end $$', ['data-migration']],
    ['alter role authenticated bypassrls', ['modify-rls']],
    ['create role x login', ['modify-rls']],
    ['drop role x', ['modify-rls']],
    ['grant anon to postgres', ['modify-rls']],
    ['reassign owned by x to y', ['modify-rls']],
    ['alter function private.f() owner to x', ['modify-rls']],
    ['drop owned by x', ['breaking-change']],
    ['alter table public.a set schema private', ['breaking-change']],
    ['create rule r as on insert to public.a do instead nothing', ['breaking-change']],
  ])('of "%s" is not milder than %j', (text, expected) => {
    expect(analyse(aMigration({ up: text })).classes.map((reason) => reason.changeClass)).toEqual(expected)
  })

  test.each([
    "select pg_catalog.set_config('search_path', '', false)",
    "select count(*), format('%s', max(id)) from public.a",
    "do $$ begin perform set_config('a', 'b', true); if (select count(*) from pg_catalog.pg_class) = 0 then raise exception 'x'; end if; end $$",
    "do $$ begin if not exists (select from pg_attribute where attrelid = 'public.a'::regclass and attname in ('b')) then raise exception 'b missing'; end if; end $$",
  ])('of the look "%s" is none', (text) => {
    expect(analyse(aMigration({ up: text })).classes).toEqual([])
  })

  test.each([
    'create function public.f(x int) returns int language sql as $$ select 1 $$; grant execute on function public.f(int) to authenticated',
    "create type public.t as enum ('a'); comment on type public.t is 'x'",
    'create schema s; grant usage on schema s to authenticated',
  ])('of what happens to the new thing in "%s" is part of creating it', (text) => {
    expect(analyse(aMigration({ up: text })).classes.map((reason) => reason.changeClass)).toEqual(['code'])
  })

  test('decides by its strictest part who must approve', () => {
    const approval = approvalFor(['add-index', 'drop-column', 'data-migration'])
    expect(approval).toEqual({
      peerReview: true,
      teamLead: 'required',
      cto: 'notified',
      soakHours: 72,
      needsMaintenanceWindow: false,
    })
    expect(approvalFor(['breaking-change']).needsMaintenanceWindow).toBe(true)
  })
})

test.each([
  ['postgresql://u:p@ss@host/db', 'postgresql://u:…@host/db'],
  ['postgresql://u:a@h/d and postgresql://u:b@h/d', 'postgresql://u:…@h/d and postgresql://u:…@h/d'],
  ['postgresql://h/d?user=u&password=secret&x=1', 'postgresql://h/d?user=u&password=…&x=1'],
  ['postgresql://:secret@h/d', 'postgresql://:…@h/d'],
  ['postgresql://u:sec:r/e@t@h/d', 'postgresql://u:…@h/d'],
  ['postgresql://u@h:5432/d', 'postgresql://u@h:5432/d'],
])('"%s" is printed as "%s"', (url, shown) => {
  expect(withoutPassword(url)).toBe(shown)
})

test('a program is given its password apart from its arguments', () => {
  const apart = { url: 'postgresql://u@h/d', password: 'p@ss' }
  expect(passwordApart('postgresql://u:p%40ss@h/d')).toEqual(apart)
  expect(passwordApart('postgresql://u@h/d?password=p%40ss')).toEqual(apart)
  expect(passwordApart('postgresql://u@h/d')).toEqual({ ...apart, password: undefined })
})

test('dependencies are the migrations that created what a file names, function bodies included', () => {
  const migrations = [
    aMigration({ version: '20260101000000', up: 'create schema private; create table public.a (id bigint);' }),
    aMigration({ version: '20260102000000', up: "create type private.kind as enum ('x');" }),
    aMigration({
      version: '20260103000000',
      up: 'create function private.f() returns void language plpgsql as $$ begin perform id from public.a where id = 1; end $$;',
    }),
    aMigration({ version: '20260104000000', up: 'alter table public.b add column kind private.kind default null;' }),
  ].map(analyse)
  const dependencies = dependenciesOf(migrations)
  expect(dependencies.get('20260103000000')).toEqual(['20260101000000'])
  expect(dependencies.get('20260104000000')).toEqual(['20260101000000', '20260102000000'])
})

test('the tables of a file are those it creates, alters, writes or gives rights on', () => {
  const up =
    "create view public.v as select 1; comment on column public.a.b is 'x'; insert into public.c values (1); grant select on public.d to authenticated; create trigger t before insert on public.e for each row execute function private.f();"
  expect(tablesOf(analyse(aMigration({ up })).up)).toEqual(['public.a', 'public.c', 'public.d', 'public.e'])
})

describe('headers', () => {
  const header = {
    title: 'add notes',
    author: 'Ada',
    date: '2026-11-20',
    ticket: 'PAY-12',
    tables: ['public.notes'],
    depends: ['20260101000000'],
    classes: ['add-table' as const],
    breaking: 'no',
    transaction: true,
  }

  test('are read as they were written, with the prose as purpose', () => {
    const text = `${writeHeader(header, ['Notes of people.', 'They belong to one organization.'])}\nselect 1;`
    expect(readHeader(text)).toMatchObject({
      problems: [],
      header: { ...header, purpose: 'Notes of people. They belong to one organization.' },
    })
  })

  test('that are absent are one problem for each required field', () => {
    const { header: found, problems } = readHeader('select 1;')
    expect(found).toBeUndefined()
    expect(problems.map((problem) => problem.what).join(' ')).toMatch(
      /"migration:".*"author:".*"tables:".*"transaction:"/,
    )
  })

  test('with a field twice are refused at the second line', () => {
    const text = `${writeHeader(header, ['Why.'])}\n-- author: Bob`
    expect(readHeader(text).problems).toMatchObject([{ line: 7 }])
  })

  test('of rollbacks are read as they were written', () => {
    for (const loss of [
      { kind: 'lossless' as const },
      { kind: 'archived' as const },
      { kind: 'lossy' as const, what: ['table public.a', 'column public.b.c'] },
      { kind: 'impossible' as const, why: 'enum values stay' },
    ]) {
      const rollback = { rollbackOf: '20260101000000_notes', loss, prose: [] }
      expect(readRollbackHeader(writeRollbackHeader(rollback)).header).toEqual(rollback)
    }
  })
})
