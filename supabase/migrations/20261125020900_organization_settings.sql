-- migration: settings of an organization
-- How many people must approve, above which amounts more must, how a changed payout address takes effect, and whether
-- a payment may wait on the ledger for somebody who cannot take it yet. Changes carry the version the admin saw, so
-- that two admins cannot overwrite each other unseen.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.retention_rules
-- depends: 20261125000000, 20261125000100, 20261125000800, 20261125010000, 20261125010150, 20261125010500,
--   20261125020000, 20261125020100, 20261125020400, 20261125020600
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.retention_rules (table_name, action, reason) values
  ('public.approval_thresholds', 'keep', 'Indefinite: a few rows for each organization.');

insert into private.error_codes (code, http_status, message, hint) values
  ('version_outdated', 409,
    'Somebody changed this since you read it: it has version %s, you saw %s.',
    'Read it again and repeat your change on what is there now.'),
  ('invalid_setting', 422, '%1$s is not a possible value of %2$s.', '%3$s.');

create function private.update_organization(
  expected_version integer, name text, required_approvals integer, wallet_change_policy text,
  wallet_change_hours integer, salary_period text, allows_claimable_balances boolean, reclaim_after_days integer,
  time_zone text
)
returns setof public.organizations
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.lock_organization_as_admin();
  v_before public.organizations;
  v_after public.organizations;
begin
  select organization.* into v_before
  from public.organizations as organization
  where organization.id = v_admin.organization_id;

  perform private.require_version(v_before.version, update_organization.expected_version);

  if update_organization.required_approvals not between 1 and 10 then
    perform private.refuse('invalid_setting', update_organization.required_approvals::text, 'required_approvals',
      'It is a number from 1 to 10');
  end if;

  if update_organization.wallet_change_policy not in ('immediate', 'cooling_off', 'second_person') then
    perform private.refuse('invalid_setting', private.quotable(update_organization.wallet_change_policy),
      'wallet_change_policy', 'It is immediate, cooling_off or second_person');
  end if;

  if update_organization.wallet_change_hours not between 1 and 720 then
    perform private.refuse('invalid_setting', update_organization.wallet_change_hours::text, 'wallet_change_hours',
      'It is a number of hours from 1 to 720');
  end if;

  if update_organization.salary_period not in ('month', 'half_month', 'two_weeks', 'week', 'run') then
    perform private.refuse('invalid_setting', private.quotable(update_organization.salary_period),
      'salary_period', 'It is month, half_month, two_weeks, week or run');
  end if;

  if update_organization.reclaim_after_days not between 1 and 3650 then
    perform private.refuse('invalid_setting', update_organization.reclaim_after_days::text, 'reclaim_after_days',
      'It is a number of days from 1 to 3650');
  end if;

  if update_organization.time_zone is not null and not private.is_time_zone(update_organization.time_zone) then
    perform private.refuse('invalid_time_zone', private.quotable(update_organization.time_zone));
  end if;

  update public.organizations as organization
  set name = coalesce(private.optional_text('The name', update_organization.name, 255), organization.name),
      required_approvals = coalesce(update_organization.required_approvals, organization.required_approvals),
      wallet_change_policy = coalesce(update_organization.wallet_change_policy, organization.wallet_change_policy),
      wallet_change_hours = coalesce(update_organization.wallet_change_hours, organization.wallet_change_hours),
      salary_period = coalesce(update_organization.salary_period, organization.salary_period),
      allows_claimable_balances = coalesce(update_organization.allows_claimable_balances,
        organization.allows_claimable_balances),
      reclaim_after_days = coalesce(update_organization.reclaim_after_days, organization.reclaim_after_days),
      time_zone = coalesce(update_organization.time_zone, organization.time_zone)
  where organization.id = v_before.id
  returning organization.* into v_after;

  perform private.write_audit(v_after.id, 'organization.updated', 'organization', v_after.id::text, (
    select jsonb_object_agg(changed.key,
      jsonb_build_object('old', to_jsonb(v_before) -> changed.key, 'new', changed.value))
    from jsonb_each(to_jsonb(v_after) - 'updated_at' - 'version') as changed
    where changed.value is distinct from to_jsonb(v_before) -> changed.key));

  return next v_after;
end;
$$;
comment on function private.update_organization(integer, text, integer, text, integer, text, boolean, integer, text) is
  'Changes settings of the caller''s organization and writes both values into the trail.';
grant execute on function private.update_organization(integer, text, integer, text, integer, text, boolean, integer,
  text) to authenticated;

create function public.update_organization(
  expected_version integer, name text default null, required_approvals integer default null,
  wallet_change_policy text default null,
  wallet_change_hours integer default null, salary_period text default null,
  allows_claimable_balances boolean default null, reclaim_after_days integer default null,
  time_zone text default null
)
returns setof public.organizations
language sql volatile security invoker
set search_path = ''
as $$
  select * from private.update_organization(expected_version, name, required_approvals, wallet_change_policy,
    wallet_change_hours, salary_period, allows_claimable_balances, reclaim_after_days, time_zone);
$$;
comment on function public.update_organization(integer, text, integer, text, integer, text, boolean, integer, text) is
  'Changes the settings that are given. For admins.';
revoke all on function public.update_organization(integer, text, integer, text, integer, text, boolean, integer, text)
  from public, anon, authenticated, service_role;
grant execute on function public.update_organization(integer, text, integer, text, integer, text, boolean, integer,
  text) to authenticated;
