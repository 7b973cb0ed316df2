-- rollback-of: 20261125120100_preference_history
-- rollback: lossy table public.user_preferences_history
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.retention_exemptions
where table_name = 'public.user_preferences_history'
  and procedure = 'private.erase_subject(text,bigint,text)';
delete from private.personal_data_erasures
where table_name in ('public.user_preferences_history');
delete from private.personal_data
where table_name in ('public.user_preferences_history');
delete from private.retention_exemptions
where table_name = 'public.user_preferences_history'
  and procedure = 'private.apply_retention(timestamp with time zone,integer,integer)';
delete from private.retention_rules
where table_name in ('public.user_preferences_history');
delete from private.scheduled_jobs
where name in ('preference-partitions');
drop function private.keep_preference_partitions(timestamptz, integer);
drop function private.add_preference_partition(date);
delete from private.retention_exemptions
where table_name = 'public.user_preferences_history'
  and procedure = 'private.add_preference_partition(date)';
drop trigger user_preferences_write_history_of_updates on public.user_preferences;
drop trigger user_preferences_write_history_of_inserts on public.user_preferences;
drop function private.write_preference_history();
drop policy "People can read the history of their own preferences" on public.user_preferences_history;
drop trigger user_preferences_history_refuse_truncate on public.user_preferences_history;
drop trigger user_preferences_history_refuse_change on public.user_preferences_history;
-- The partitions, in whatever number they are by now, belong to the table and go with it.
drop table public.user_preferences_history;
