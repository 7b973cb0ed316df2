begin;
\ir ../../_shared/setup.sql.raw
select plan(54);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}', '{max}');
select tests.create_user(name) from unnest(array['stan', 'eve']) as name;
select tests.create_employee('Acme', 'eve', signs_in_as => 'eve');

select tests.authenticate_as('vic', 'Acme');
select is((select public.get_preferences() #>> '{appearance,theme}'), 'system', 'a new person has the defaults');
select is((select count(*) from public.user_preferences), 0::bigint, 'for which nothing is stored');
select is((select public.set_preference('appearance.theme', '"dark"') #>> '{appearance,theme}'), 'dark', 'a choice counts at once');
select is((select public.get_preferences() #>> '{appearance,theme}'), 'dark', 'and later');
select is((select preferences from public.user_preferences), '{"appearance": {"theme": "dark"}}', 'only the choice is stored');
select public.set_preference('notifications.payroll.completed', 'false');
select is(
  (select preferences from public.user_preferences), '{"appearance": {"theme": "dark"}, "notifications": {"payroll": {"completed": false}}}',
  'nested keys make nested objects');
select is((select public.get_preferences() #> '{notifications,payroll}'), '{"failed": true, "started": false, "approved": true, "rejected": true, "completed": false, "submitted": true}', 'and leave their neighbours alone');
select is((select public.set_preference('lists.page_size', '100') #> '{lists,page_size}'), '100', 'a number is a number');
select is((select public.set_preference('locale.time_zone', '"Asia/Kathmandu"') #>> '{locale,time_zone}'), 'Asia/Kathmandu', 'a time zone is one');
select is((select public.set_preference('locale.language', '"pt-BR"') #>> '{locale,language}'), 'pt-BR', 'a language is a tag');

-- Taking back.
select is((select public.reset_preference('appearance.theme') #>> '{appearance,theme}'), 'system', 'one choice is taken back');
select is((select preferences ? 'appearance' from public.user_preferences), false, 'and leaves nothing behind');
select is((select public.reset_preference('notifications') #> '{notifications,payroll,completed}'), 'true', 'a branch is taken back');
select is((select public.reset_preference('locale.language') #>> '{locale,time_zone}'), 'Asia/Kathmandu', 'its neighbour stays');
select is((select public.reset_preference() #>> '{locale,time_zone}'), 'UTC', 'everything is taken back');
select is((select preferences from public.user_preferences), '{}', 'the document is empty again');
select is((select public.reset_preference() #>> '{locale,time_zone}'), 'UTC', 'taking back nothing is no change');

-- History.
select is((select count(*) from public.user_preferences_history), 9::bigint, 'every change is kept, and a reset that changed nothing is none');
select results_eq(
  $$ select changed_key, preferences, changed_by from public.user_preferences_history order by id limit 2 $$,
  $$ values ('appearance.theme', '{"appearance": {"theme": "dark"}}'::jsonb, 'user:' || tests.member_id('vic', 'Acme')),
    ('notifications.payroll.completed', '{"appearance": {"theme": "dark"}, "notifications": {"payroll": {"completed": false}}}', 'user:' || tests.member_id('vic', 'Acme')) $$,
  'with the key, the document and who changed it');
select is((select changed_key from public.user_preferences_history order by id desc limit 1), null, 'a reset of everything names no key');
select public.set_preference('lists.page_size', '25');
select public.set_preference('lists.page_size', '25');
select is((select count(*) from public.user_preferences_history), 10::bigint, 'choosing the same again is no change');

-- Bad input.
select is(tests.error_code_of(format('select public.%s', command)), code, promise)
from (values
  ($$set_preference('appearance.colour', '"red"')$$, 'unknown_preference', 'an unknown key is refused'),
  ($$set_preference('appearance', '{"theme": "dark"}')$$, 'unknown_preference', 'a branch is no key'),
  ($$set_preference('', '1')$$, 'unknown_preference', 'nor is nothing'),
  ($$set_preference(null, '1')$$, 'unknown_preference', 'nor null'),
  ($$set_preference('appearance.theme.x', '1')$$, 'unknown_preference', 'nor anything below a key'),
  ($$set_preference('appearance.theme', '"pink"')$$, 'invalid_preference_value', 'a choice is one of the list'),
  ($$set_preference('appearance.theme', 'null')$$, 'invalid_preference_value', 'null is no choice'),
  ($$set_preference('appearance.theme', null)$$, 'invalid_preference_value', 'nor is none'),
  ($$set_preference('appearance.theme', '["dark"]')$$, 'invalid_preference_value', 'nor a list of them'),
  ($$set_preference('lists.page_size', '"50"')$$, 'invalid_preference_value', 'a number is no text'),
  ($$set_preference('lists.page_size', '51')$$, 'invalid_preference_value', 'and one of the list'),
  ($$set_preference('privacy.hide_amounts', '"true"')$$, 'invalid_preference_value', 'a switch is true or false'),
  ($$set_preference('locale.time_zone', '"Mars/Olympus"')$$, 'invalid_preference_value', 'an unknown time zone is refused'),
  ($$set_preference('locale.language', '"Klingon language"')$$, 'invalid_preference_value', 'a sentence is no language'),
  ($$set_preference('privacy.hide_amounts', jsonb_build_object('x', repeat('y', 1000000)))$$, 'invalid_preference_value', 'a megabyte is no switch'),
  ($$set_preference('locale.language', to_jsonb(tests.secret_key()))$$, 'secret_key_refused', 'a secret key is refused'),
  ($$set_preference(tests.secret_key(), '1')$$, 'secret_key_refused', 'also as a key'),
  ($$reset_preference('appearance.colour')$$, 'unknown_preference', 'what does not exist is not reset'),
  ($$reset_preference('appear')$$, 'unknown_preference', 'half a word is no branch')
) as refusal (command, code, promise);
select unalike(
  tests.error_of($$ select public.reset_preference(tests.secret_key()) $$), '%' || tests.secret_key() || '%', 'a secret key is not repeated');
select is((select count(*) from public.user_preferences_history), 10::bigint, 'nothing that was refused is written');

-- Each person, each organization.
select tests.authenticate_as('max', 'Acme');
select public.set_preference('appearance.theme', '"light"');
select tests.authenticate_as('max', 'Globex');
select is((select public.get_preferences() #>> '{appearance,theme}'), 'system', 'another organization has its own document');
select is((select count(*) from public.user_preferences), 0::bigint, 'and shows no other');
select tests.authenticate_as('ada', 'Acme');
select is((select count(*) from public.user_preferences), 0::bigint, 'an admin reads nobody''s preferences');
select is((select count(*) from public.user_preferences_history), 0::bigint, 'nor their history');
select tests.authenticate_as('eve', 'Acme');
select is(tests.error_code_of($$ select public.get_preferences() $$), 'no_organization', 'an employee has none');
select tests.authenticate_as('stan');
select is(tests.error_code_of($$ select public.set_preference('appearance.theme', '"dark"') $$), 'no_organization', 'nor has a stranger');
select tests.as_anon();
select is(tests.error_code_of($$ select public.get_preferences() $$), '42501', 'nor anybody who did not sign in');
select tests.as_service();
select is(tests.error_code_of($$ insert into public.user_preferences (organization_id, user_id) values (1, 1) $$), '42501', 'the service writes none');

select tests.reset();
select is_empty(
  $$
    select shorter.key, longer.key
    from private.preference_defaults as shorter
    join private.preference_defaults as longer on starts_with(longer.key, shorter.key || '.')
  $$,
  'no key is a branch of another');
select is_empty(
  $$ select template.event_type from private.notification_templates as template
     join private.preference_defaults as preference on preference.key = template.preference_key where preference.type <> 'boolean' $$,
  'every notification has a switch');
select is(
  tests.error_code_of($$ insert into private.preference_defaults (key, type, default_value, allowed_values, description) values ('a.b', 'choice', '"x"', '["y"]', 'Wrong.') $$),
  '23514', 'a default is one of its choices');
select is(
  tests.error_code_of($$ insert into public.user_preferences (organization_id, user_id, preferences)
    select tests.organization_id('Acme'), tests.member_id('ada', 'Acme'), jsonb_build_object('x', repeat('y', 20000)) $$),
  '23514', 'no path stores an oversized document');

select * from finish();
rollback;
