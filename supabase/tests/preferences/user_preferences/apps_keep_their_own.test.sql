begin;
\ir ../../_shared/setup.sql.raw
select plan(14);

select tests.create_organization_with('Acme', '{ada}', '{max}');
create temporary table ids as select tests.member_id('max', 'Acme') as max, tests.member_id('ada', 'Acme') as ada;
grant select on ids to public;

select tests.authenticate_as('max');
select is(
  (select public.set_preference('app.payroll.columns', '["name", "amount"]') #> '{app,payroll,columns}'),
  '["name", "amount"]'::jsonb, 'an app keeps a value of its own below app.');
select is((select public.get_preferences() #>> '{app,payroll,columns,0}'), 'name', 'the value of an app is among all preferences');
select is(tests.error_code_of(format('select public.set_preference(%L, %L)', key, value)), code, what)
from (values
  ('app', '1', 'unknown_preference', 'the namespace itself takes no value'),
  ('apps.x', '1', 'unknown_preference', 'another namespace is refused'),
  ('app.X', '1', 'unknown_preference', 'a key in capitals is refused'),
  ('app.a.b.c.d.e', '1', 'unknown_preference', 'a key of six parts is refused'),
  ('app.payroll.columns.width', '1', 'invalid_preference_value', 'a key below a value is refused'),
  ('app.big', to_jsonb(repeat(md5('x') || gen_random_uuid(), 100))::text, 'invalid_preference_value', 'a value of more than 2 kilobytes is refused'),
  ('app.key', to_jsonb(tests.secret_key())::text, 'secret_key_refused', 'a secret key is refused')
) as given (key, value, code, what);
select is(
  (select public.reset_preference('app.payroll') -> 'app'), null, 'a reset takes the values of an app away');

select is((select public.get_user_preference(max, 'appearance.theme') from ids), '"system"'::jsonb,
  'the helper answers the default of a key');
select is((select public.get_user_preference(max, 'app.unknown', '7') from ids), '7'::jsonb,
  'the helper answers the given default where nothing was chosen');
select is(tests.error_code_of(format('select public.get_user_preference(%s, %L)', ada, 'appearance.theme')), 'member_not_found',
  'a member cannot ask for the preferences of another') from ids;
select tests.authenticate_as('max');
select is((select count(*) from public.user_preferences where preferences = '{}'), 1::bigint, 'a reset document is empty');

select * from finish();
rollback;
