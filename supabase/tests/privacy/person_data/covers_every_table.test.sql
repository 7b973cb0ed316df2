begin;
\ir ../../_shared/setup.sql.raw
select plan(7);

-- A new table with one of these columns needs a row in private.personal_data for each of them.
select is_empty(
  $$
    select distinct class.oid::regclass
    from pg_attribute as attribute
    join pg_class as class on class.oid = attribute.attrelid
    where class.relkind in ('r', 'p')
      and not class.relispartition
      and class.relnamespace::regnamespace::text in ('public', 'private', 'archive')
      and attribute.attnum > 0
      and not attribute.attisdropped
      and attribute.attname in (
        'employee_id', 'user_id', 'auth_user_id', 'email', 'first_name', 'last_name', 'actor', 'created_by',
        'submitted_by', 'invited_by',
        'decided_by', 'requested_by', 'requested_by_user')
      and not exists (
        select from private.personal_data as source
        where source.table_name::regclass = class.oid)
  $$,
  'every table that holds data about people is listed, so that exports and erasures miss no table');

select is_empty(
  $$
    select source.table_name, source.column_name
    from private.personal_data as source
    where not exists (
      select from pg_attribute as attribute
      where attribute.attrelid = to_regclass(source.table_name) and attribute.attname = source.column_name
        and not attribute.attisdropped)
  $$,
  'every listed column of personal data exists');

select is_empty(
  $$
    select source.table_name, hidden.name
    from private.personal_data as source
    cross join unnest(source.hidden_columns) as hidden (name)
    where not exists (
      select from pg_attribute as attribute
      where attribute.attrelid = source.table_name::regclass and attribute.attname = hidden.name
        and not attribute.attisdropped)
  $$,
  'every hidden column of personal data exists');

select is_empty(
  $$
    select source.table_name
    from private.personal_data as source
    join pg_attribute as attribute on attribute.attrelid = source.table_name::regclass and not attribute.attisdropped
    where attribute.attname in (
      'token_hash', 'arguments_hash', 'signing_key', 'search_vector', 'envelope_xdr', 'signed_envelope_xdr')
      and attribute.attname <> all (source.hidden_columns)
  $$,
  'no secret and no technical column is exported');

select is_empty(
  $$
    select erasure.table_name
    from private.personal_data_erasures as erasure
    where position('$1' in erasure.statement) = 0
      or position('organization_id = $1' in erasure.statement) = 0
      or position(erasure.table_name in erasure.statement) = 0
      or position(erasure.column_name || ' = $2' in erasure.statement) = 0
  $$,
  'every erasure is confined to one organization and one subject');

select is_empty(
  $$
    select erasure.table_name
    from private.personal_data_erasures as erasure
    join pg_trigger as trigger
    on trigger.tgrelid = erasure.table_name::regclass and trigger.tgfoid = 'private.refuse_change()'::regprocedure
    where erasure.statement like 'delete%'
      and (trigger.tgtype & 8) > 0
      and not exists (
        select from private.retention_exemptions as removal
        where removal.table_name = erasure.table_name
          and removal.statement = erasure.statement
          and removal.procedure::regprocedure = 'private.erase_subject(text,bigint,text)'::regprocedure)
  $$,
  'an erasure in an append-only table has a retention exemption');

-- The export reads every listed table, even an empty one.
select lives_ok(
  $$ select private.personal_rows(source, 0, '{}') from private.personal_data as source $$,
  'every listed table can be exported');

select * from finish();
rollback;
