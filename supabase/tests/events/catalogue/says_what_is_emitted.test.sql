begin;
\ir ../../_shared/setup.sql.raw
select plan(7);

-- Types are written as literals in the functions that emit events; whatever is put together is listed here.
create temporary table emitted as
select distinct literal.parts[1] as type
from pg_catalog.pg_proc as function
cross join lateral regexp_matches(function.prosrc, '''([a-z_]+\.[a-z_]+)''', 'g') as literal (parts)
where function.pronamespace = 'private'::regnamespace
  and function.prosrc ~ '(emit_events?|payroll_run_event|schedule_event|announce_[a-z_]+)\('
  and split_part(literal.parts[1], '.', 1) in ('payroll', 'payment', 'transaction', 'employee', 'wallet',
    'wallet_change', 'email_change', 'claimable_balance', 'payroll_schedule', 'organization', 'webhook', 'test',
    'contract', 'balance', 'source_account', 'ledger')
  -- Actions of the audit trail that are no events.
  and literal.parts[1] not in (select distinct action.parts[1] from pg_catalog.pg_proc as writer
    cross join lateral regexp_matches(writer.prosrc, 'write_audit\([^,]+,\s*''([a-z_]+\.[a-z_]+)''', 'g')
      as action (parts)
    where writer.pronamespace = 'private'::regnamespace
      and action.parts[1] not in (select known.type from private.event_types as known))
union select 'claimable_balance.' || status from unnest(array['created', 'claimed', 'expired', 'reclaimed',
  'clawed_back']) as status
union select 'transaction.' || status from unnest(array['completed', 'failed']) as status
union select subject || '.' || step
from unnest(array['wallet_change', 'email_change']) as subject,
  unnest(array['requested', 'applied', 'cancelled']) as step;
select is_empty(
  $$ select type from emitted except select type from private.event_types $$,
  'every type of event that a function emits stands in the catalogue');

-- What really happens in a world says what its examples say.
select tests.create_world();
create function pg_temp.shape(value jsonb) returns text language sql as $$ select jsonb_typeof(value) $$;
select is_empty(
  $$
    select event.type, member.key from public.events as event
    join private.event_types as known on known.type = event.type
    cross join lateral jsonb_each(event.body::jsonb -> 'data') as member
    where not known.example ? member.key
      or jsonb_typeof(known.example -> member.key) <> jsonb_typeof(member.value) $$,
  'every member of an event stands in the example of its type, with the same kind of value');
select is_empty(
  $$
    select event.type, needed.key from public.events as event
    join private.event_types as known on known.type = event.type
    cross join lateral jsonb_object_keys(known.example) as needed (key)
    where needed.key <> all (known.optional) and not (event.body::jsonb -> 'data') ? needed.key $$,
  'every event has the members that the catalogue does not call optional');
select is_empty(
  $$ select type from public.events except select type from private.event_types $$,
  'every event of a world has a type of the catalogue');
select is_empty(
  $$ select known.type from private.event_types as known
     where known.optional <@ array(select jsonb_object_keys(known.example)) is false $$,
  'every optional member of a type stands in its example');
select is(
  private.event_schema('payment.completed') #> '{properties,data,anyOf,0,required}',
  '["amount", "asset_code", "asset_issuer", "destination", "employee_id", "ledger", "operation_index",
    "payout_method", "payroll_run_id", "tx_hash"]'::jsonb, 'the schema of a type requires what its events always have');

-- Names, addresses and salaries of people never leave the project.
select is_empty(
  $$
    select known.type, member.key from private.event_types as known
    cross join lateral jsonb_object_keys(known.example) as member (key)
    where member.key ~ '(name|email|phone|salary|position|birth|title|memo)'
      and (known.type, member.key) not in (('payroll_schedule.ran', 'name'), ('payroll_schedule.skipped', 'name'),
        ('payroll_schedule.failed', 'name')) $$,
  'no type of event carries personal data');

select * from finish();
rollback;
