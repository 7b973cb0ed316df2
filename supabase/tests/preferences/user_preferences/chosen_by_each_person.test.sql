begin;
\ir ../../_shared/setup.sql.raw
select plan(54);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}', '{max}');
select tests.create_user(name) from unnest(array['stan', 'eve']) as name;
select tests.create_employee('Acme', 'eve', signs_in_as => 'eve');

select tests.authenticate_as('vic', 'Acme');
select is(
  (select public.get_preferences() #>> '{appearance,theme}'), 'system', 'a new member has the default preferences');
select is(
  (select count(*) from public.user_preferences), 0::bigint,
  'a member with default preferences has no stored document');
select is(
  (select public.set_preference('appearance.theme', '"dark"') #>> '{appearance,theme}'), 'dark',
  'a chosen preference counts at once');
select is(
  (select public.get_preferences() #>> '{appearance,theme}'), 'dark',
  'a chosen preference is returned by a later read');
select is(
  (select preferences from public.user_preferences), '{"appearance": {"theme": "dark"}}',
  'a stored document contains only the chosen preference');
select public.set_preference('notifications.payroll.completed', 'false');
select is(
  (select preferences from public.user_preferences),
  '{"appearance": {"theme": "dark"}, "notifications": {"payroll": {"completed": false}}}',
  'a nested key is stored as nested objects');
select is(
  (select public.get_preferences() #> '{notifications,payroll}'),
  '{"failed": true, "paused": true, "resumed": false, "started": false, "waiting": true, "approved": true, "rejected": true, "completed":
    false, "submitted": true, "payable_again": true}',
  'a nested key leaves its neighbours at their defaults');
select is(
  (select public.set_preference('lists.page_size', '100') #> '{lists,page_size}'), '100',
  'a numeric preference is stored as a number');
select is(
  (select public.set_preference('locale.time_zone', '"Asia/Kathmandu"') #>> '{locale,time_zone}'), 'Asia/Kathmandu',
  'a known time zone is accepted as a preference');
select is(
  (select public.set_preference('locale.language', '"pt-BR"') #>> '{locale,language}'), 'pt-BR',
  'a language tag is accepted as a preference');

-- Resetting.
select is(
  (select public.reset_preference('appearance.theme') #>> '{appearance,theme}'), 'system',
  'a reset of one key restores its default');
select is(
  (select preferences ? 'appearance' from public.user_preferences), false,
  'a reset of one key removes it from the document');
select is(
  (select public.reset_preference('notifications') #> '{notifications,payroll,completed}'), 'true',
  'a reset of a branch restores the defaults below it');
select is(
  (select public.reset_preference('locale.language') #>> '{locale,time_zone}'), 'Asia/Kathmandu',
  'a reset of one key leaves its neighbour');
select is(
  (select public.reset_preference() #>> '{locale,time_zone}'), 'UTC', 'a reset without a key restores all defaults');
select is((select preferences from public.user_preferences), '{}', 'a reset without a key empties the document');
select is(
  (select public.reset_preference() #>> '{locale,time_zone}'), 'UTC', 'a reset of default preferences succeeds');

-- History.
select is(
  (select count(*) from public.user_preferences_history), 9::bigint,
  'every change of a preference is in the history, and a reset without a change is not');
select results_eq(
  $$ select changed_key, preferences, changed_by from public.user_preferences_history order by id limit 2 $$,
  $$ values ('appearance.theme', '{"appearance": {"theme": "dark"}}'::jsonb, 'user:' || tests.member_id('vic', 'Acme')),
    ('notifications.payroll.completed',
      '{"appearance": {"theme": "dark"}, "notifications": {"payroll": {"completed": false}}}',
      'user:' || tests.member_id('vic', 'Acme')) $$,
  'the history holds the key, the document and the author of a change');
select is(
  (select changed_key from public.user_preferences_history order by id desc limit 1), null,
  'a reset of everything is in the history without a key');
select public.set_preference('lists.page_size', '25');
select public.set_preference('lists.page_size', '25');
select is(
  (select count(*) from public.user_preferences_history), 10::bigint,
  'a preference chosen a second time with the same value adds no history');

-- Bad input.
select is(tests.error_code_of(format('select public.%s', command)), code, promise)
from (values
  ($$set_preference('appearance.colour', '"red"')$$, 'unknown_preference', 'an unknown key is refused'),
  ($$set_preference('appearance', '{"theme": "dark"}')$$, 'unknown_preference',
    'a branch in the place of a key is refused'),
  ($$set_preference('', '1')$$, 'unknown_preference', 'an empty key is refused'),
  ($$set_preference(null, '1')$$, 'unknown_preference', 'a null key is refused'),
  ($$set_preference('appearance.theme.x', '1')$$, 'unknown_preference', 'a key below an existing key is refused'),
  ($$set_preference('appearance.theme', '"pink"')$$, 'invalid_preference_value',
    'a theme that is not on the list is refused'),
  ($$set_preference('appearance.theme', 'null')$$, 'invalid_preference_value',
    'the JSON value null is refused as a preference'),
  ($$set_preference('appearance.theme', null)$$, 'invalid_preference_value',
    'a missing value is refused as a preference'),
  ($$set_preference('appearance.theme', '["dark"]')$$, 'invalid_preference_value',
    'a list in the place of a choice is refused'),
  ($$set_preference('lists.page_size', '"50"')$$, 'invalid_preference_value',
    'a text in the place of a number is refused'),
  ($$set_preference('lists.page_size', '51')$$, 'invalid_preference_value',
    'a page size that is not on the list is refused'),
  ($$set_preference('privacy.hide_amounts', '"true"')$$, 'invalid_preference_value',
    'a text in the place of a switch is refused'),
  ($$set_preference('locale.time_zone', '"Mars/Olympus"')$$, 'invalid_preference_value',
    'an unknown time zone is refused'),
  ($$set_preference('locale.language', '"Klingon language"')$$, 'invalid_preference_value',
    'a sentence as a language is refused'),
  ($$set_preference('privacy.hide_amounts', jsonb_build_object('x', repeat('y', 1000000)))$$,
    'document_too_large', 'a document of a megabyte as a switch is refused'),
  ($$set_preference('locale.language', to_jsonb(tests.secret_key()))$$, 'secret_key_refused',
    'a secret key as a value is refused'),
  ($$set_preference(tests.secret_key(), '1')$$, 'secret_key_refused', 'a secret key as a preference key is refused'),
  ($$reset_preference('appearance.colour')$$, 'unknown_preference', 'a reset of an unknown key is refused'),
  ($$reset_preference('appear')$$, 'unknown_preference', 'a reset of a part of a key name is refused')
) as refusal (command, code, promise);
select unalike(
  tests.error_of($$ select public.reset_preference(tests.secret_key()) $$), '%' || tests.secret_key() || '%',
  'a refused secret key is not repeated');
select is((select count(*) from public.user_preferences_history), 10::bigint, 'a refused call adds no history');

-- Each member of each organization has a document.
select tests.authenticate_as('max', 'Acme');
select public.set_preference('appearance.theme', '"light"');
select tests.authenticate_as('max', 'Globex');
select is(
  (select public.get_preferences() #>> '{appearance,theme}'), 'system',
  'a member of two organizations has separate preferences in each');
select is(
  (select count(*) from public.user_preferences), 0::bigint,
  'a member of two organizations reads no document of the other one');
select tests.authenticate_as('ada', 'Acme');
select is((select count(*) from public.user_preferences), 0::bigint, 'an admin reads no preferences of a member');
select is(
  (select count(*) from public.user_preferences_history), 0::bigint,
  'an admin reads no history of preferences of a member');
select tests.authenticate_as('eve', 'Acme');
select is(
  tests.error_code_of($$ select public.get_preferences() $$), 'no_organization', 'an employee has no preferences');
select tests.authenticate_as('stan');
select is(
  tests.error_code_of($$ select public.set_preference('appearance.theme', '"dark"') $$), 'no_organization',
  'a stranger cannot set a preference');
select tests.as_anon();
select is(
  tests.error_code_of($$ select public.get_preferences() $$), '42501',
  'a caller who has not signed in cannot read preferences');
select tests.as_service();
select is(
  tests.error_code_of($$ insert into public.user_preferences (organization_id, user_id) values (1, 1) $$), '42501',
  'the service cannot insert preferences');

select tests.reset();
select is_empty(
  $$
    select shorter.key, longer.key
    from private.preference_defaults as shorter
    join private.preference_defaults as longer on starts_with(longer.key, shorter.key || '.')
  $$,
  'no preference key is a branch of another key');
select is_empty(
  $$ select template.event_type from private.notification_templates as template
     join private.preference_defaults as preference on preference.key = template.preference_key
     where preference.type <> 'boolean' $$,
  'every notification template has a switch among the preferences');
select is(
  tests.error_code_of(
    $$
      insert into private.preference_defaults (key, type, default_value, allowed_values, description)
      values ('a.b', 'choice', '"x"', '["y"]', 'Wrong.') $$),
  '23514', 'a default value that is not one of its choices is refused');
select is(
  tests.error_code_of($$ insert into public.user_preferences (organization_id, user_id, preferences)
    select tests.organization_id('Acme'), tests.member_id('ada', 'Acme'),
      jsonb_build_object('x', repeat('y', 20000)) $$),
  '23514', 'a document above the size limit is refused by the table');

select * from finish();
rollback;
