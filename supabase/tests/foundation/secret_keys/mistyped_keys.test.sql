begin;
\ir ../../_shared/setup.sql.raw
select plan(32);

-- No checksum recognizes a key with one wrong character, a key that was cut short or a key with a blank, yet most of
-- the key is there.
create function pg_temp.mistyped() returns table (how text, typed text) language sql as $$
  values
    ('with a wrong letter', overlay(tests.secret_key() placing 'X' from 30 for 1)),
    ('with a digit that no key has', overlay(tests.secret_key() placing '0' from 20 for 1)),
    ('cut short', left(tests.secret_key(), 55)),
    ('cut to less than a half', left(tests.secret_key(), 27)),
    ('in small letters', lower(left(tests.secret_key(), 55))),
    ('with a blank', left(tests.secret_key(), 20) || ' ' || substr(tests.secret_key(), 21, 34)),
    ('on two lines', left(tests.secret_key(), 20) || E'\r\n' || substr(tests.secret_key(), 21, 34)),
    ('with an invisible blank', left(tests.secret_key(), 20) || U&'\200B' || substr(tests.secret_key(), 21, 34)),
    ('in groups of four', regexp_replace(left(tests.secret_key(), 55), '(.{4})', '\1 ', 'g')),
    ('after other words', 'my key: ' || left(tests.secret_key(), 55)),
    ('as an e-mail address', left(tests.secret_key(), 55) || '@acme.example');
$$;
create function pg_temp.shows(answer text) returns boolean language sql as $$
  select strpos(lower(private.without_blanks(answer)), lower(left(tests.secret_key(), 12))) > 0;
$$;

select is(private.quotable(typed, 80), 'The given text', format('a key %s is not repeated in a message', how))
from pg_temp.mistyped();
select is(private.quotable(given), said, format('the input "%s" is repeated in a message as %s', given, said))
from (values
  (null, 'Nothing'), ('', 'Nothing'), (E' \n', 'Nothing'), ('much', 'much'),
  ('Stephanie Mueller-Lüdenscheid', 'Stephanie Mueller-Lüdenscheid'), (repeat('12345', 20), repeat('12345', 8))
) as cases (given, said);

-- A key with blanks inside is a whole key, in every text that is checked for one.
select is(
  private.holds_secret_key(regexp_replace(tests.secret_key(), '(.{4})', '\1' || blank, 'g')), true,
  format('a key in groups of four with %s is a key', what))
from (values
  (' ', 'blanks'), (E'\n', 'line ends'), (U&'\00A0', 'hard blanks'), (U&'\200B', 'invisible blanks')
) as blanks (blank, what);
select is(
  private.json_holds_secret_key(
    jsonb_build_object('note', left(tests.secret_key(), 30) || blank || substr(tests.secret_key(), 31))), true,
  format('a key in a JSON document is found when it is split by %s', what))
from (values
  (' ', 'a blank'), (E'\n', 'a line end'), (E'\t', 'a tab'), (E'\u0001', 'a control character')
) as blanks (blank, what);
select is(
  private.json_holds_secret_key(jsonb_build_object(tests.secret_key(), 1)), true,
  'a key used as a field name of a JSON document is found');
select is(
  private.json_holds_secret_key(
    jsonb_build_object('a', left(tests.secret_key(), 30), 'b', substr(tests.secret_key(), 31))), false,
  'two halves of a key in two fields are not joined to a key');
select is(
  private.json_without_secret_key(document), kept, format('a document without a key is kept as it is: %s', document))
from (values ('{"a": [1, "x"]}'::jsonb, '{"a": [1, "x"]}'::jsonb), (null, null)) as documents (document, kept);

-- Every function that repeats what was typed.
select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.configure_network();
create temporary table run as select tests.create_run('Acme') as id;
create temporary table doors (door text, command text);
insert into doors
select 'a new employee: ' || field,
  'select public.create_employee(jsonb_build_object(''first_name'', ''a'', ''last_name'', ''b'', ''email'', ''a@b.example'') || jsonb_build_object('
    || quote_literal(field) || ', %1$L::text))'
from unnest(array['email', 'status', 'salary', 'asset_code', 'asset_issuer', 'wallet_address']) as field;
insert into doors values
  ('the name of a field', 'select public.create_employee(jsonb_build_object(%1$L::text, ''x''))'),
  (
    'an edit',
    'select public.update_employee(tests.employee_id(''Acme'', ''emma''), 1, jsonb_build_object(''salary'', %1$L::text))'),
  ('the hash of a transaction', 'select private.require_transaction_hash(%1$L)'),
  ('the state of an upgrade', 'select public.record_contract_upgrade(1, %1$L)'),
  (
    'who starts an upgrade',
    'select public.start_contract_upgrade(''CAYK5KTDGRAUDUPY4YO3YSU4DKD4Z6D5LJ5DASEA36ACV2XN33ZR2LFD'', tests.hash(''x''), %1$L)'),
  ('an amount', 'select private.parse_amount(%1$L)'),
  ('the amount of a bonus',
    'select public.add_bonus((select id from run), tests.employee_id(''Acme'', ''emma''), %1$L)'),
  ('the e-mail address of a guest', 'select public.invite_member(%1$L || '' '', ''viewer'')'),
  ('the role of a guest', 'select public.invite_member(''a@b.example'', %1$L)'),
  ('a role', 'select public.change_member_role(tests.member_id(''max'', ''Acme''), %1$L)'),
  ('the asset of a run', 'select public.create_payroll_run(''2026-01-01'', ''2026-01-31'', %1$L)'),
  ('the asset of a threshold', 'select public.set_approval_threshold(%1$L, '''', ''1'', 1)'),
  ('the amount of a threshold', 'select public.set_approval_threshold(''XLM'', '''', %1$L, 1)'),
  ('the minimum of a balance', 'select public.set_balance_threshold(gen_random_uuid(), %1$L)'),
  ('a setting', 'select public.update_organization(1, wallet_change_policy => %1$L)'),
  ('a preference', 'select public.set_preference(%1$L, ''true'')'),
  ('the value of a preference', 'select public.set_preference(''lists.page_size'', to_jsonb(%1$L::text))'),
  ('a preference to reset', 'select public.reset_preference(%1$L)'),
  ('the pattern of an event', 'select public.create_webhook_subscription(''https://hooks.example'', array[%1$L])'),
  ('an account', 'select public.enroll_source_account(1, %1$L)'),
  ('a contract', 'select public.register_contract(''x'', %1$L, tests.hash(''x''))'),
  ('the code of a contract',
    'select public.register_contract(''x'', ''CBDYHN2O3NOZPDAXBKSTWIVUMX5DJDJNXATRBR5JLP6H5S5J57NFJXAT'', %1$L)'),
  (
    'the network of a contract',
    'select public.register_contract(''x'', ''CBDYHN2O3NOZPDAXBKSTWIVUMX5DJDJNXATRBR5JLP6H5S5J57NFJXAT'', tests.hash(''x''), %1$L)');
insert into doors
select 'a schedule: ' || field,
  'select public.create_payroll_schedule(''{"name": "a", "frequency": "' || frequency || '", "day_of_' || case frequency
    when 'weekly' then 'week' else 'month' end
  || '": "1", "time_zone": "UTC"}'' || jsonb_build_object(' || quote_literal(field) || ', %1$L::text))'
from (
  values ('frequency', 'monthly'), ('day_of_month', 'monthly'), ('day_of_week', 'weekly'), ('period_rule', 'monthly'),
    ('missed_policy', 'monthly'), ('time_zone', 'monthly'), ('local_time', 'monthly'),
  ('starts_on', 'monthly'), ('asset_code', 'monthly')) as fields (field, frequency);
select tests.act_as('ada', 'Acme');
select is_empty(
  $$
    select door, how, answer from doors cross join pg_temp.mistyped()
    cross join lateral tests.error_of(format(command, typed)) as answer where pg_temp.shows(answer) $$,
  'no refusal of any function repeats a mistyped key');
select is_empty(
  $$
    select door, how from doors cross join pg_temp.mistyped()
    cross join lateral tests.error_of(format(command, typed)) as answer
    where answer not like 'PT%' and not (door ~ 'e-?mail' and how like '%e-mail%') $$,
  'every function refuses a mistyped key with an error of PayD');
select is_empty(
  $$
    select imported.* from pg_temp.mistyped()
    cross join unnest(array['email', 'status', 'salary', 'asset_code', 'asset_issuer', 'wallet_address']) as field
    cross join lateral public.import_employees(jsonb_build_array(
      jsonb_build_object('first_name', '', 'last_name', 'b', 'email', 'a@b.example') || case when field = 'email'
        then '{}' else '{"first_name": "a"}'::jsonb end || jsonb_build_object(field, typed))) as imported
    where pg_temp.shows(imported::text) or imported.outcome <> 'refused'
  $$,
  'the answer for a row of an imported file does not repeat a mistyped key');

select * from finish();
rollback;
