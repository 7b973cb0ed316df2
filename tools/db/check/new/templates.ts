import { usageError } from '../../lib/errors.ts'
import type { SchemaModel } from '../../lib/schema-model.ts'

/** The kinds of migrations there are templates for. */
export const TEMPLATE_TYPES = ['table', 'column', 'index', 'policy', 'function', 'data', 'other'] as const
export type TemplateType = (typeof TEMPLATE_TYPES)[number]

/** What a template is filled with. */
export type TemplateInput = {
  readonly version: string
  readonly name: string
  /** `schema.table`, where the type needs one. */
  readonly table: string | undefined
  readonly column: string | undefined
  /** The schema before the migration. */
  readonly model: SchemaModel
}

/** The parts of a new migration without headers. */
export type TemplateText = {
  /** Prose of the header: what the author has to replace. */
  readonly prose: string
  readonly up: string
  readonly down: string
  /** pgTAP assertions, one each. */
  readonly tests: readonly string[]
}

/** The text of a migration of this type; every one passes the checks and is proven as it stands. */
export function fillTemplate(type: TemplateType, input: TemplateInput): TemplateText {
  return TEMPLATES[type](input)
}

const TIMEOUTS = `set local lock_timeout = '2s';
set local statement_timeout = '30s';
`

const TEMPLATES: Readonly<Record<TemplateType, (input: TemplateInput) => TemplateText>> = {
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

-- squawk-disable-assume-in-transaction
-- This file runs outside a transaction, so a run that was cut off leaves an invalid index, which the next run clears away.
drop index concurrently if exists ${schema}.${index};
create index concurrently ${index} on ${table} (${indexed});`,
      down: `set lock_timeout = '2s';
set statement_timeout = '10min';

-- squawk-disable-assume-in-transaction
drop index concurrently if exists ${schema}.${index};`,
      tests: [`select has_index(${pair(table)}, '${index}', '${shortName(table)} can be found by ${indexed}')`],
    }
  },
  policy: ({ table: given, model }) => {
    const table = existing(given, model, 'policy')
    const policy = `Managers can correct their organization's ${shortName(table).replaceAll('_', ' ')}`.slice(0, 63)
    const quoted = policy.replaceAll("'", "''")
    return {
      prose: `Say here who may do what with which rows of ${shortName(table)}, and why.`,
      up: `${TIMEOUTS}
create policy "${policy}"
  on ${table} for update to authenticated
  using (organization_id = (select private.organization_id_as('manager')))
  with check (organization_id = (select private.organization_id_as('manager')));

${verification(`not exists (select from pg_policy where polrelid = '${table}'::regclass and polname = '${quoted}')`, 'the policy is missing')}`,
      down: `${TIMEOUTS}
drop policy "${policy}" on ${table};

${verification(`exists (select from pg_policy where polrelid = '${table}'::regclass and polname = '${quoted}')`, 'the policy is still there')}`,
      tests: [
        `select policy_cmd_is(${pair(table)}, '${quoted}', 'UPDATE', 'the policy is about updates')`,
        `select policy_roles_are(${pair(table)}, '${quoted}', array['authenticated'], 'the policy is for people')`,
      ],
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
  data: (input) => dataTemplate(input),
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

// The old values are kept in a table of the migration, so that the rollback brings back exactly what was there.
function dataTemplate({ version, table: given, column, model }: TemplateInput): TemplateText {
  const table = existing(given, model, 'data')
  const changed = needed(column, 'data', '--column <column to change>')
  const known = model.tables.get(table)
  const key = known?.primaryKey[0] ?? 'id'
  const archive = `private.archive_${version}_${shortName(table)}`.slice(0, 71)
  const asleep = (statement: string): string =>
    `-- Nobody edits these rows, so no stamp, audit row or event is made. Leave the triggers on if the outside must hear of it.
alter table ${table} disable trigger user;
${statement}
alter table ${table} enable trigger user;`
  return {
    prose: `Say here which rows of ${shortName(table)} are wrong and what they become.`,
    up: `${TIMEOUTS}
create table ${archive} (
  ${key} bigint primary key,
  ${changed} text
);
comment on table ${archive} is 'What ${table}.${changed} was before migration ${version}.';
alter table ${archive} enable row level security;
alter table ${archive} force row level security;

insert into ${archive} (${key}, ${changed})
select target.${key}, target.${changed}::text from ${table} as target
where target.${changed} is not null;

${asleep(`update ${table} as target\nset ${changed} = target.${changed}\nwhere target.${changed} is not null;`)}`,
    down: `${TIMEOUTS}
${asleep(`update ${table} as target\nset ${changed} = kept.${changed}\nfrom ${archive} as kept\nwhere kept.${key} = target.${key} and target.${changed}::text is distinct from kept.${changed};`)}

drop table ${archive};`,
    tests: [`select has_table(${pair(archive)}, 'what was there before is kept')`],
  }
}

const verification = (isWrong: string, what: string): string => `do $verify$
begin
  if ${isWrong} then
    raise exception '${what.replaceAll("'", "''")}';
  end if;
end
$verify$;`

const shortName = (table: string): string => table.split('.').at(-1) ?? table

/** `'schema', 'name'`, as pgTAP takes a table. */
const pair = (table: string): string => `'${table.split('.')[0]}', '${shortName(table)}'`

function existing(table: string | undefined, model: SchemaModel, type: TemplateType): string {
  const name = needed(table, type, '--table <schema.table>')
  if (model.tables.has(name)) return name
  throw usageError(
    `No migration creates the table ${name}.`,
    `Name one of ${[...model.tables.keys()].sort().slice(0, 8).join(', ')}, ….`,
  )
}

function needed(value: string | undefined, type: TemplateType, option: string): string {
  if (value !== undefined) return value
  throw usageError(`A migration of type ${type} needs to know more.`, `Add ${option}.`)
}
