-- rollback-of: 20261120100900_user_preferences
-- rollback: lossy table public.user_preferences
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.reset_preference(text);
drop function private.reset_preference(text);
drop function public.set_preference(text, jsonb);
drop function private.set_preference(text, jsonb);
drop function private.require_preference_value(text, jsonb);
drop function public.get_preferences();
drop function private.get_preferences();
drop function private.preferences_of(bigint);
drop function private.cut_path(jsonb, text[]);
drop function private.put_path(jsonb, text[], jsonb);

delete from private.error_codes
where code in (
  'unknown_preference',
  'invalid_preference_value');

drop table public.user_preferences;
drop function private.user_id();
drop table private.preference_defaults;
