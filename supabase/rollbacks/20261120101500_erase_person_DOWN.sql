-- rollback-of: 20261120101500_erase_person
-- rollback: lossy table private.erasures; refused once a member was erased
set local lock_timeout = '2s';
set local statement_timeout = '30s';

-- A membership that forgot its account cannot get it back.
do $members$
begin
  if exists (select from public.users as member where member.auth_user_id is null) then
    raise exception 'Members were erased, and the earlier schema cannot hold them. Do not roll this back.';
  end if;
end;
$members$;

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

delete from private.lawful_removals
where procedure = 'private.erase_subject(text,bigint,text)';

drop table private.personal_data_erasures;
drop table private.erasures;

-- Checked above: no row is without an account.
alter table public.users
  drop constraint users_members_have_an_account,
  -- squawk-ignore adding-not-nullable-field
  alter column auth_user_id set not null;
