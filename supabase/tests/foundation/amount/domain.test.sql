begin;
\ir ../../_shared/setup.sql.raw
select plan(13);

select is(
  tests.error_code_of(format('select %L::public.amount', given)), expected,
  format('the domain amount %s %s', case expected when 'no error' then 'takes' else 'refuses' end, given))
from (values
  ('0', 'no error'),
  ('0.0000001', 'no error'),
  ('922337203685.4775807', 'no error'),
  ('922337203685.4775808', '23514'),
  ('922337203686', '23514'),
  ('-0.0000001', '23514'),
  ('NaN', '23514'),
  ('Infinity', '22003'),
  ('10000000000000', '22003')
) as cases (given, expected);

select is('4200.5'::public.amount::text, '4200.5000000', 'an amount is written with seven decimals');
select is(to_json('x'::text)::text, '"x"', 'a text in JSON is written between quotes');
select is(
  private.amount_to_json('922337203685.4775807')::text, '"922337203685.4775807"',
  'the largest amount is an exact string in JSON');
select is(private.amount_to_json('0.0000001')::text, '"0.0000001"', 'the smallest amount is an exact string in JSON');

select * from finish();
rollback;
