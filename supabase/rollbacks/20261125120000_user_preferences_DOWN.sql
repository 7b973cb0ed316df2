-- rollback-of: 20261125120000_user_preferences
-- rollback: lossy table public.user_preferences
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.limits
where name in ('preference_changes_per_person_and_hour');
delete from private.personal_data_erasures
where table_name in ('public.user_preferences');
delete from private.personal_data
where table_name in ('public.user_preferences');
delete from private.retention_rules
where table_name in ('public.user_preferences');
drop function public.get_user_preference(bigint, text, jsonb);
drop function private.get_user_preference(bigint, text, jsonb);
drop function public.reset_preference(text);
drop function private.reset_preference(text);
drop function public.set_preference(text, jsonb);
drop function private.set_preference(text, jsonb);
drop function private.require_preference_value(text, jsonb);
drop function private.is_app_preference(text);
drop function public.get_preferences();
drop function private.get_preferences();
drop function private.preferences_of(bigint);
drop function private.cut_path(jsonb, text[]);
drop function private.put_path(jsonb, text[], jsonb);
delete from private.error_codes
where code in (
  'unknown_preference',
  'invalid_preference_value');
drop policy "People can read their own preferences" on public.user_preferences;
drop function private.user_id();
drop trigger user_preferences_touch_updated_at on public.user_preferences;
drop table public.user_preferences;
delete from private.preference_defaults
where key in (
  'appearance.theme',
  'appearance.density',
  'lists.page_size',
  'locale.language',
  'locale.time_zone',
  'locale.date_format',
  'privacy.hide_amounts',
  'notifications.enabled');
