-- rollback-of: 20261120101100_notifications
-- rollback: lossy table public.notifications, chosen notification preferences
set local lock_timeout = '2s';
set local statement_timeout = '30s';

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
where code = 'notification_not_found';

drop table public.notifications;
revoke execute on function private.auth_user_id() from authenticated;

drop table private.notification_templates;

delete from private.preference_defaults
where key like 'notifications.%'
  and key <> 'notifications.enabled';
