-- rollback-of: 20261125070250_check_payroll_run
-- rollback: lossy table private.preflight_codes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.limits
where name in ('preflights_per_person_and_hour');
drop view public.payroll_preflight_reports;
delete from private.doctor_checks
where function_name in ('private.check_preflights');
drop function private.check_preflights(bigint);
drop function public.finish_preflight(bigint, uuid, jsonb);
drop function private.finish_preflight(bigint, uuid, jsonb);
drop function private.promised_elsewhere(public.payroll_runs, text);
drop function private.read_treasury(public.payroll_runs, text, jsonb);
drop type private.treasury_state;
drop function private.channels_read(text, jsonb);
drop function private.note_channels(public.payroll_preflights, text, jsonb, bigint, bigint);
drop type private.channel_cover;
drop function private.note_finding(public.payroll_preflights, text, bigint, numeric, text[]);
drop function public.continue_preflight(bigint, uuid, integer);
drop function private.continue_preflight(bigint, uuid, integer);
drop function private.locked_preflight(bigint, uuid);
drop function public.claim_preflight(integer);
drop function private.claim_preflight(integer);
drop function private.payees_of_run(public.payroll_runs, timestamptz);
drop type public.claimed_preflight;
drop function public.request_payroll_preflight(bigint, text);
drop function private.request_payroll_preflight(bigint, text);
drop function public.accounts_to_check(bigint, uuid);
drop function private.accounts_to_check(bigint, uuid);
drop function private.lease_accounts(text[], uuid, integer, boolean);
drop function private.is_read_for_a_payment(uuid);
drop function private.refuse_known_failures(public.payroll_runs);
drop function private.next_payees(bigint, integer);
drop function private.payees_of_open_numbers(bigint);
drop function private.judged_payees(public.payroll_runs, private.payee[]);
drop function private.base_reserve();
drop type private.payee;
delete from private.error_codes
where code in ('payroll_run_not_checkable', 'accounts_being_read', 'preflight_not_found', 'invalid_treasury_state');
drop table private.preflight_codes;
