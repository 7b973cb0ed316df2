-- migration: the doctor
-- Names everything that waits longer than it should, why, and the safe thing to do. An operator sees the project, a
-- member the own organization.
-- author: PayD | date: 2026-11-25
-- tables: none | depends: 20261125000000, 20261125000250, 20261125020200
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.doctor()
returns setof public.finding
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return query
    select * from private.findings((private.require_member('viewer')).organization_id);
end;
$$;
comment on function private.doctor() is
  'The findings of the caller''s organization.';
grant execute on function private.doctor() to authenticated;

create function public.doctor()
returns setof public.finding
language sql stable security invoker
set search_path = ''
as $$ select * from private.doctor(); $$;
comment on function public.doctor() is 'What is stuck in the organization, why, and the safe thing to do.';
revoke all on function public.doctor() from public, anon, authenticated, service_role;
grant execute on function public.doctor() to authenticated;
