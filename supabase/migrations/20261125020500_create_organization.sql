-- migration: creating an organization
-- The person who creates an organization is its first admin.
-- author: PayD | date: 2026-11-25
-- tables: private.limits
-- depends: 20261125000000, 20261125000100, 20261125001200, 20261125010000, 20261125010150, 20261125020000,
--   20261125020100, 20261125020200, 20261125020300, 20261125020400
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.create_organization(name text, idempotency_key text, time_zone text)
returns setof public.organizations
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_auth_user_id uuid := private.auth_user_id();
  v_name text := private.required_text('The name', create_organization.name, 255);
  v_email text;
  v_first_id text;
  v_organization public.organizations;
begin
  if v_auth_user_id is null then
    perform private.refuse('not_signed_in');
  end if;

  if not private.is_time_zone(create_organization.time_zone) then
    perform private.refuse('invalid_time_zone', private.quotable(create_organization.time_zone));
  end if;

  v_first_id := private.claim_idempotency_key('create_organization', create_organization.idempotency_key,
    jsonb_build_object('name', v_name, 'time_zone', create_organization.time_zone), null);
  if v_first_id is not null then
    -- The key outlives the membership: a person who has left reads no more than a stranger.
    return query
      select organization.*
      from public.organizations as organization
      join public.users as member on member.organization_id = organization.id
      where organization.id = v_first_id::bigint
        and organization.deleted_at is null
        and member.auth_user_id = v_auth_user_id
        and member.deleted_at is null;

    if not found then
      perform private.refuse('not_your_organization', v_first_id);
    end if;
    return;
  end if;

  -- The address comes from the account, not from the token, which anybody may have signed long ago.
  select lower(account.email) into v_email
  from auth.users as account
  where account.id = v_auth_user_id;

  if v_email is null then
    perform private.refuse('not_signed_in');
  end if;

  -- Two creations by one person wait for each other, so that the limits hold.
  perform pg_advisory_xact_lock(hashtextextended('payd.founder:' || v_auth_user_id, 0));

  perform private.require_limit('organizations_per_person', count(*) filter (where organization.deleted_at is null)),
    private.require_limit('organizations_per_person_and_day',
      count(*) filter (where organization.created_at > now() - interval '1 day'))
  from public.users as founder
  join public.organizations as organization on organization.id = founder.organization_id
  where founder.auth_user_id = v_auth_user_id
    and not exists (
      select from public.users as earlier
      where earlier.organization_id = founder.organization_id
        and earlier.id < founder.id);

  -- Names are not unique: a refusal would tell a stranger which companies are here.
  insert into public.organizations (name, time_zone)
  values (v_name, create_organization.time_zone)
  returning * into v_organization;

  insert into public.users (organization_id, auth_user_id, email, role)
  values (v_organization.id, v_auth_user_id, v_email, 'admin');

  perform private.keep_idempotent_result('create_organization', create_organization.idempotency_key,
    v_organization.id::text, null);
  perform private.write_audit(v_organization.id, 'organization.created', 'organization', v_organization.id::text,
    jsonb_build_object('name', v_name));

  return next v_organization;
end;
$$;
comment on function private.create_organization(text, text, text) is
  'Founds an organization with the caller as its first admin, once for each idempotency key.';
grant execute on function private.create_organization(text, text, text) to authenticated;

create function public.create_organization(
  name text, idempotency_key text default null, time_zone text default 'UTC'
)
returns setof public.organizations
language sql volatile security invoker
set search_path = ''
as $$ select * from private.create_organization(name, idempotency_key, time_zone); $$;
comment on function public.create_organization(text, text, text) is
  'Creates an organization; the caller becomes its admin.';
revoke all on function public.create_organization(text, text, text) from public, anon, authenticated, service_role;
grant execute on function public.create_organization(text, text, text) to authenticated;

-- How much of it is possible.
insert into private.limits (name, at_most, what, hint) values
  ('organizations_per_person', 20, 'open organizations founded by one person',
    'Close one that is no longer needed.'),
  ('organizations_per_person_and_day', 10, 'organizations founded by one person in a day',
    'Wait until tomorrow.');
