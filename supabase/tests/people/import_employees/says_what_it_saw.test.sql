begin;
\ir ../../_shared/setup.sql.raw
select plan(55);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'ann', '1000', tests.address(1));
select tests.create_employee('Acme', 'bob', '1000', tests.address(2));
select tests.act_as('max', 'Acme');

create function pg_temp.row(more jsonb) returns jsonb language sql as $$
  select '{"first_name": "Zoe", "last_name": "Stone", "email": "zoe@acme.example"}'::jsonb || more;
$$;
create function pg_temp.dry(variadic rows jsonb[]) returns setof jsonb language sql as $$
  select to_jsonb(imported) from public.import_employees(to_jsonb(rows), true) as imported order by line;
$$;
create function pg_temp.code(more jsonb) returns text language sql as $$
  select coalesce(answer ->> 'code', answer ->> 'outcome') from pg_temp.dry(pg_temp.row(more)) as answer;
$$;

-- What would change, and what would be taken away.
select is(
  (select answer -> 'changes' from pg_temp.dry('{"first_name": "ann", "last_name": "Acme", "email": "ann@acme.example",
    "salary": "1200.50", "wallet_address": "", "position": "Lead"}') as answer),
  jsonb_build_object('salary', '{"from": "1000", "to": "1200.5"}'::jsonb, 'position', '{"from": null, "to": "Lead"}'::jsonb,
    'wallet_address', jsonb_build_object('from', tests.address(1), 'to', null)),
  'a dry run names every value that would change and every one that would disappear');
select is(
  (select array_agg(field order by field) from pg_temp.dry(jsonb_build_object('first_name', 'An', 'last_name', 'Other', 'email', 'ann@acme.example',
    'wallet_address', tests.address(7), 'memo', '7', 'memo_type', 'id', 'salary', '7', 'asset_code', 'USDC', 'asset_issuer', tests.issuer(),
    'position', 'Lead', 'department', 'IT', 'status', 'inactive')) as answer
    cross join jsonb_object_keys(answer -> 'changes') as field),
  '{asset_code,asset_issuer,department,first_name,last_name,memo,memo_type,position,salary,status,wallet_address}'::text[],
  'a dry run names every field of which the value would change');
select is(
  (select answer -> 'warnings' from pg_temp.dry('{"first_name": "ann", "last_name": "Acme", "email": "ann@acme.example",
    "wallet_address": ""}') as answer),
  '[{"code": "wallet_removed"}]'::jsonb, 'an address that an empty cell takes away is a warning');
select is(
  (select answer -> 'changes' from pg_temp.dry('{"first_name": "ann", "last_name": "Acme", "email": "ann@acme.example"}') as answer),
  'null'::jsonb, 'a row that changes nothing names no change');
select is((select wallet_address from public.employees where first_name = 'ann'), tests.address(1), 'a dry run changes no row');
select is(
  (select changes from public.import_employees('[{"first_name": "ann", "last_name": "Acme", "email": "ann@acme.example", "salary": "1100"}]')),
  '{"salary": {"from": "1000", "to": "1100"}}'::jsonb, 'an import names what it changed');

-- One address for two people.
select is(
  (select answer -> 'warnings' -> 0 from pg_temp.dry(pg_temp.row(jsonb_build_object('wallet_address', tests.address(2)))) as answer),
  jsonb_build_object('code', 'wallet_shared', 'employee_ids', jsonb_build_array(tests.employee_id('Acme', 'bob')), 'in_file', false),
  'an address that a colleague has is named with the colleague');
select is(
  (select jsonb_agg(answer -> 'warnings' -> 0 ->> 'in_file') from pg_temp.dry(
    pg_temp.row(jsonb_build_object('wallet_address', tests.address(5))),
    pg_temp.row(jsonb_build_object('wallet_address', tests.address(5), 'email', 'z2@acme.example'))) as answer),
  '["true", "true"]'::jsonb, 'an address that two rows of the file share is named in both');
select is(
  (select jsonb_agg(answer -> 'warnings') from pg_temp.dry(
    pg_temp.row(jsonb_build_object('wallet_address', tests.address(5), 'memo', 'Z-1')),
    pg_temp.row(jsonb_build_object('wallet_address', tests.address(5), 'memo', 'Z-2', 'email', 'z2@acme.example'))) as answer),
  '[[], []]'::jsonb, 'one address with two memos is not shared');

-- What is refused, and never guessed.
select is(pg_temp.code(more), code, format('a row with %s is answered with %s', more, code))
from (values
  ('{"salary": "60.000"}'::jsonb, 'ambiguous_amount'), ('{"salary": "1.234"}', 'ambiguous_amount'),
  ('{"salary": "60.00"}', 'imported'), ('{"salary": "0.125"}', 'imported'), ('{"salary": "1000.0000000"}', 'imported'),
  ('{"wallet": "G"}', 'unknown_field'), ('{"line": 7}', 'imported'),
  ('{"first_name": "\u200b"}', 'first_name_missing'), ('{"first_name": "\u200d\ufe0f"}', 'first_name_missing'),
  ('{"last_name": "\u3164"}', 'last_name_missing'),
  ('{"first_name": "Be\u0007ll"}', 'control_character_refused'), ('{"last_name": "De\u007fl"}', 'control_character_refused'),
  ('{"last_name": "-"}', 'imported'), ('{"first_name": "\u5c0f\u660e"}', 'imported'),
  ('{"email": "z\u3164@acme.example"}', 'invalid_email'), ('{"email": "z\ufe0f@acme.example"}', 'invalid_email'),
  ('{"memo": "a memo of more than 28 bytes, it is"}', 'invalid_memo'), ('{"memo": "x", "memo_type": "id"}', 'invalid_memo'),
  ('{"memo": "12345"}', 'memo_type_missing'), ('{"memo": "12345.0"}', 'memo_type_missing'),
  ('{"memo": "1.23457E+17"}', 'memo_type_missing'), ('{"memo": "123 456"}', 'memo_type_missing'),
  ('{"memo": "1,234,567"}', 'memo_type_missing'), ('{"memo": "12345.0", "memo_type": "ID"}', 'invalid_memo'),
  ('{"memo": "12345", "memo_type": " Text "}', 'imported'), ('{"memo": "7-12"}', 'imported'),
  ('{"status": "ACTIVE"}', 'imported'), ('{"status": " Inactive"}', 'imported'), ('{"memo": "12345", "memo_type": "text"}', 'imported'),
  ('{"memo": "Payroll 12"}', 'imported'),
  ('{"memo": "18446744073709551615", "memo_type": "id"}', 'imported'), ('{"memo": "18446744073709551616", "memo_type": "id"}', 'invalid_memo')
) as cases (more, code);
select is(
  pg_temp.code(jsonb_build_object('first_name', repeat('SA', 100000))), 'text_too_long', 'a huge cell is refused alone');
select is(
  (select jsonb_agg(answer ->> 'outcome') from pg_temp.dry(
    pg_temp.row(jsonb_build_object('first_name', repeat('SA', 100000))), pg_temp.row('{"email": "z2@acme.example"}')) as answer),
  '["refused", "imported"]'::jsonb, 'a row with a huge cell does not fail its neighbour');

-- One form of what looks the same.
select is(
  (select answer ->> 'email' from pg_temp.dry(pg_temp.row(jsonb_build_object('email', E' ZOE\u0308@acme.example\u00a0'))) as answer),
  E'zo\u00eb@acme.example', 'an e-mail address is kept in one form');
select is(
  (select answer -> 'warnings' from pg_temp.dry(pg_temp.row(jsonb_build_object('first_name', given))) as answer),
  case when is_wrong then '[{"code": "looks_decoded_twice"}]'::jsonb else '[]' end,
  format('the name %s is %s', given, case when is_wrong then 'a warning, because it was decoded twice' else 'no warning' end))
from (values
  ('JosÃ©', true), ('Å»aneta', true), ('Ð˜Ð²', true), ('å±±ç”°', true), ('José', false), ('Ângela', false), ('TÍŠEK', false),
  ('Иван', false), ('Đorđe', false)
) as names (given, is_wrong);
select is(
  (select imported.outcome from public.import_employees(jsonb_build_array(pg_temp.row(jsonb_build_object(
    'first_name', E'Zo\u200be\u0308\u3164', 'last_name', E'\u200eSt\u00adone\U000e0041', 'status', 'Pending')))) as imported),
  'imported', 'a name with characters that nobody sees is imported');
select is(
  (select first_name || ' ' || last_name || ' ' || status from public.employees where email = 'zoe@acme.example'), 'Zoë Stone pending',
  'an imported name is kept without what nobody sees');

select * from finish();
rollback;
