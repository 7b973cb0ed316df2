-- rollback-of: 20261125110000_notifications
-- rollback: lossy table public.notifications
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.personal_data_erasures
where table_name in ('public.notifications');
delete from private.personal_data
where table_name in ('public.notifications');
delete from private.retention_rules
where table_name in ('public.notifications');
drop function public.count_unread_notifications();
drop function private.count_unread_notifications();
drop function public.mark_all_notifications_read(bigint);
drop function private.mark_all_notifications_read(bigint);
drop function public.mark_notification_read(bigint);
drop function private.mark_notification_read(bigint);
drop function private.require_person();
drop trigger events_create_notifications on public.events;
drop function private.create_notifications();
drop function private.fill_template(text, jsonb);
delete from private.error_codes
where code in ('notification_not_found');
drop policy "People can read their own notifications" on public.notifications;
drop trigger notifications_refuse_other_changes on public.notifications;
drop table public.notifications;
