-- rollback-of: 20261125020700_manage_members
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.revoke_invitation(bigint);
drop function private.revoke_invitation(bigint);
drop type public.revoked_invitation;
drop function public.remove_member(bigint);
drop function private.remove_member(bigint);
drop function public.change_member_role(bigint, text);
drop function private.change_member_role(bigint, text);
drop function private.locked_member(bigint);
drop trigger users_revoke_invitations on public.users;
drop function private.revoke_invitations_of_former_admin();
drop function private.revoke_invitations_of(bigint, bigint);
drop trigger users_write_audit on public.users;
drop function private.audit_users();
drop trigger users_keep_an_admin_when_deleted on public.users;
drop trigger users_keep_an_admin on public.users;
drop function private.keep_an_admin();
delete from private.error_codes
where code in (
  'member_not_found',
  'last_admin',
  'invitation_unknown');
