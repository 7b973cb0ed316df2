-- rollback-of: 20261125020600_invitations
-- rollback: lossy table public.invitations
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.limits
where name in (
  'members_per_organization',
  'open_invitations_per_organization',
  'invitations_per_organization_and_day');
delete from private.personal_data_erasures
where table_name in ('public.invitations');
delete from private.personal_data
where table_name in ('public.invitations');
delete from private.retention_rules
where table_name in ('public.invitations');
drop function public.accept_invitation(text);
drop function private.accept_invitation(text);
drop function private.inviter_may_still_invite(public.invitations);
drop function private.locked_invitation(text, text);
drop function public.invite_member(text, text, text);
drop function private.invite_member(text, text, text);
drop function private.new_invitation_token(bigint);
drop function private.lock_organization_as_admin();
drop type public.member_invitation;
delete from private.error_codes
where code in (
  'invalid_email',
  'invalid_role',
  'not_your_organization',
  'already_a_member',
  'invitation_not_found');
drop policy "Admins can read the invitations of their organization" on public.invitations;
drop table public.invitations;
