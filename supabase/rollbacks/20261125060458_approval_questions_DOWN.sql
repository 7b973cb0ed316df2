-- rollback-of: 20261125060458_approval_questions
-- rollback: lossy table private.approval_questions
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.standstills
where kind in ('payroll_run_asked_again');
delete from private.doctor_checks
where function_name in ('private.check_approval_questions');
drop function private.check_approval_questions(bigint);
drop function private.ask_approvers_again(public.users, text);
drop function private.require_no_question(bigint);
drop function private.open_question(bigint);
delete from private.error_codes
where code in ('approvers_asked_again');
drop table private.approval_questions;
