-- rollback-of: 20261120101000_user_preferences_history
-- rollback: lossy table public.user_preferences_history
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.scheduled_jobs
where name = 'preference-partitions';

drop function private.keep_preference_partitions(timestamptz, integer);
drop function private.add_preference_partition(date);

delete from private.lawful_removals
where table_name = 'public.user_preferences_history';

drop trigger user_preferences_write_history_of_updates on public.user_preferences;
drop trigger user_preferences_write_history_of_inserts on public.user_preferences;
drop function private.write_preference_history();

-- The partitions, in whatever number they are by now, belong to the table and go with it.
drop table public.user_preferences_history;
