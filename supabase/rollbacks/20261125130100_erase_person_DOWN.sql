-- rollback-of: 20261125130100_erase_person
-- rollback: lossy table private.erasures
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.erase_member(bigint, text);
drop function private.erase_member(bigint, text);
drop function public.erase_person(bigint, text, boolean);
drop function private.erase_person(bigint, text, boolean);
drop function private.require_nothing_to_pay(public.employees, boolean);
drop function private.erase_membership(public.users, bigint, text);
drop function private.erase_subject(text, bigint, text);
delete from private.error_codes
where code in (
  'person_is_to_be_paid',
  'person_is_a_member',
  'member_not_known',
  'member_is_active');
drop trigger erasures_refuse_change on private.erasures;
drop table private.erasures;
