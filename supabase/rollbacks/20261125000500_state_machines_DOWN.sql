-- rollback-of: 20261125000500_state_machines
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.enforce_transitions();
drop function private.is_correcting();
delete from private.error_codes
where code in ('transition_not_allowed');
drop table private.state_transitions;
