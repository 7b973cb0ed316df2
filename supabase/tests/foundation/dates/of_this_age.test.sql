begin;
\ir ../../_shared/setup.sql.raw
select plan(12);

select is(
  tests.error_code_of(format('select private.require_date(%L, %L)', 'The day', day)),
  case when is_usable then 'no error' else 'invalid_date' end,
  format(
    'the input %s is %s', coalesce(day, 'null'),
    case when is_usable then 'accepted as a day' else 'refused as a day' end))
from (values
  ('1900-01-01', true), ('2026-02-28', true), ('2200-12-31', true),
  ('1899-12-31', false), ('2201-01-01', false), ('20260-11-27', false), ('4000-01-01 BC', false), ('infinity', false),
  ('-infinity', false), (null, false)
) as days (day, is_usable);
select is(
  tests.error_of($$ select private.require_date('The end of the period', 'infinity') $$),
  'PT422 | The end of the period is not a day from 1900-01-01 to 2200-12-31. | invalid_date | Give a day such as 2026-11-27.',
  'the refusal names the day that was meant and the days that can be used');
select is(private.require_date('The day', '2026-11-27'), date '2026-11-27', 'a usable day is returned as a date');

select * from finish();
rollback;
