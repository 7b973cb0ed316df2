-- rollback-of: 20261125000200_settings
-- rollback: lossy table private.settings
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.configure_webhooks(boolean);
drop function private.configure_fee_limit(bigint);
drop function private.configure_second_provider(text);
drop function private.configure_network(text, text, text);
delete from private.error_codes
where code in (
  'network_not_configured',
  'provider_not_secure',
  'second_provider_is_the_first',
  'invalid_fee_limit',
  'network_already_in_use');
drop table private.settings;
drop function private.is_secure_provider(text);
