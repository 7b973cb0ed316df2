import { usageError } from '../../../lib/errors.ts'
import { existing, needed, pair, shortName, type Templates, TIMEOUTS, verification } from './text.ts'

/** Templates of what is new: a table, a column, an index, a function, or anything else. */
export const CREATING: Templates<'table' | 'column' | 'index' | 'function' | 'other'> = {
  table: ({ name, table = `public.${name.replace(/^(add|create)_/, '')}` }) => {
    const short = shortName(table)
    return {
      prose: `Say here why ${short} exist and which rules they hold.`,
      up: `${TIMEOUTS}
create table ${table} (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  name text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint ${short}_id_is_unique_in_organization unique (organization_id, id),
  constraint ${short}_name_has_1_to_200_characters check (length(name) between 1 and 200)
);
comment on table ${table} is 'What one row of ${short} stands for.';
create index ${short}_organization_id_created_at_id_idx on ${table} (organization_id, created_at desc, id desc);

create trigger ${short}_touch_updated_at
  before update on ${table}
  for each row execute function private.touch_updated_at();

alter table ${table} enable row level security;
alter table ${table} force row level security;
revoke all on table ${table} from public, anon, authenticated, service_role;
grant select on table ${table} to authenticated, service_role;

create policy "Members can read their organization's ${short.replaceAll('_', ' ')}"
  on ${table} for select to authenticated
  using (organization_id = (select private.organization_id()));

${verification(`not exists (select from pg_class where oid = '${table}'::regclass and relrowsecurity)`, `${table} is open`)}`,
      down: `${TIMEOUTS}
drop table ${table};

${verification(`to_regclass('${table}') is not null`, `${table} is still there`)}`,
      tests: [
        `select has_table(${pair(table)}, '${short} exist')`,
        `select ok((select relrowsecurity from pg_class where oid = '${table}'::regclass), '${short} have row level security')`,
        `select table_privs_are(${pair(table)}, 'anon', array[]::text[], 'anon has no right on ${short}')`,
        `select table_privs_are(${pair(table)}, 'authenticated', array['SELECT'], 'people can only read ${short}')`,
      ],
    }
  },
  column: ({ table: given, column, model }) => {
    const table = existing(given, model, 'column')
    const added = needed(column, 'column', '--column <name of the new column>')
    if (model.tables.get(table)?.columns.has(added)) {
      throw usageError(
        `${table} has a column ${added} already.`,
        'Name a new one; --type rename, drop or constraint change one that is there.',
      )
    }
    return {
      prose: `Say here what ${added} means and who fills it.`,
      up: `${TIMEOUTS}
alter table ${table} add column ${added} text;
comment on column ${table}.${added} is 'What ${added} stands for.';

${verification(`not exists (select from pg_attribute where attrelid = '${table}'::regclass and attname = '${added}' and not attisdropped)`, `${added} is missing`)}`,
      down: `${TIMEOUTS}
alter table ${table} drop column ${added};

${verification(`exists (select from pg_attribute where attrelid = '${table}'::regclass and attname = '${added}' and not attisdropped)`, `${added} is still there`)}`,
      tests: [
        `select has_column(${pair(table)}, '${added}', '${shortName(table)} have ${added}')`,
        `select col_is_null(${pair(table)}, '${added}', '${added} is optional')`,
      ],
    }
  },
  index: ({ table: given, column, model }) => {
    const table = existing(given, model, 'index')
    const indexed = needed(column, 'index', '--column <column to index>')
    const index = `${shortName(table)}_${indexed}_idx`
    const schema = table.split('.')[0]
    return {
      prose: `Say here which query ${index} serves.`,
      up: `set lock_timeout = '2s';
set statement_timeout = '10min';

-- This file runs outside a transaction, so a run that was cut off leaves an invalid index, which the next run clears away.
drop index concurrently if exists ${schema}.${index};
create index concurrently ${index} on ${table} (${indexed});`,
      down: `set lock_timeout = '2s';
set statement_timeout = '10min';

drop index concurrently if exists ${schema}.${index};`,
      tests: [`select has_index(${pair(table)}, '${index}', '${shortName(table)} can be found by ${indexed}')`],
    }
  },
  function: ({ name }) => ({
    prose: `Say here what ${name} answers and who may ask.`,
    up: `${TIMEOUTS}
create function private.${name}(organization_id bigint)
returns bigint
language sql stable security invoker
set search_path = ''
as $$ select ${name}.organization_id; $$;
comment on function private.${name}(bigint) is 'What ${name} answers.';
revoke all on function private.${name}(bigint) from public, anon;
grant execute on function private.${name}(bigint) to authenticated, service_role;

${verification(`has_function_privilege('anon', 'private.${name}(bigint)', 'execute')`, `${name} is open to anon`)}`,
    down: `${TIMEOUTS}
drop function private.${name}(bigint);

${verification(`to_regprocedure('private.${name}(bigint)') is not null`, `${name} is still there`)}`,
    tests: [
      `select has_function('private', '${name}', array['bigint'], '${name} exists')`,
      `select function_privs_are('private', '${name}', array['bigint'], 'anon', array[]::text[], 'anon may not call ${name}')`,
    ],
  }),
  other: ({ name }) => ({
    prose: 'Say here what changes and why.',
    up: `${TIMEOUTS}
create type private.${name} as (value text);
comment on type private.${name} is 'What ${name} stands for.';

${verification(`to_regtype('private.${name}') is null`, `${name} is missing`)}`,
    down: `${TIMEOUTS}
drop type private.${name};

${verification(`to_regtype('private.${name}') is not null`, `${name} is still there`)}`,
    tests: [`select has_type('private', '${name}', '${name} exists')`],
  }),
}
