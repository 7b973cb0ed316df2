-- rollback-of: 20261125100700_webhook_seals
-- rollback: lossy table private.webhook_seal_mark, table private.webhook_seals
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.error_codes
where code in ('invalid_log_hash');
delete from private.scheduled_jobs
where name in ('webhook-seals');
delete from private.retention_rules
where table_name in ('private.webhook_seals');
drop function public.verify_webhook_log(text, text);
drop function private.verify_webhook_log(text, text);
drop function private.seal_webhook_attempts(bigint);
drop function private.seal_webhook_attempts_until(bigint, bigint, timestamptz);
drop function private.webhook_log_digest(bigint, private.webhook_seals);
drop function private.webhook_attempt_line(public.webhook_attempts, text);
drop table private.webhook_seal_mark;
drop table private.webhook_seals;
