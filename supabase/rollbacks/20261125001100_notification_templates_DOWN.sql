-- rollback-of: 20261125001100_notification_templates
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop table private.notification_templates;
