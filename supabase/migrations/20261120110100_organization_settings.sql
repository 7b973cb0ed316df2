-- migration: settings of an organization
-- How many people must approve, above which amounts more must, and how a changed payout address takes effect. Changes carry
-- the version the admin saw, so that two admins cannot overwrite each other unseen.
-- author: PayD | date: 2026-11-20
-- tables: private.error_codes, private.retention_rules, public.approval_thresholds, public.organizations
-- depends: 20261120090000, 20261120090100, 20261120090200, 20261120090500, 20261120090600, 20261120090900, 20261120091500, 20261120091900, 20261120101300
-- class: add-table, add-column, modify-rls, data-migration, add-constraint, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

alter table public.organizations
  add column wallet_change_policy text not null default 'cooling_off',
  add column wallet_change_hours integer not null default 72,
  add constraint organizations_wallet_change_policy_is_known check (wallet_change_policy in ('immediate', 'cooling_off', 'second_person')) not valid,
  add constraint organizations_wallet_change_hours_is_1_to_720 check (wallet_change_hours between 1 and 720) not valid;
comment on column public.organizations.wallet_change_policy is 'How a changed payout address takes effect: at once, after a cooling-off period, or when a second person confirms.';
comment on column public.organizations.wallet_change_hours is 'The cooling-off period in hours.';

create table public.approval_thresholds (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  asset_code text not null,
  asset_issuer text not null default '',
  from_amount public.amount not null,
  required_approvals integer not null,
  created_at timestamptz not null default now(),
  constraint approval_thresholds_are_unique_per_asset_and_amount unique (organization_id, asset_code, asset_issuer, from_amount),
  constraint approval_thresholds_required_approvals_is_1_to_10 check (required_approvals between 1 and 10),
  constraint approval_thresholds_are_for_an_asset check (private.asset_problem(asset_code, asset_issuer) is null)
);
comment on table public.approval_thresholds is 'From which total of a run on more people must approve.';

alter table public.approval_thresholds enable row level security;
alter table public.approval_thresholds force row level security;
revoke all on table public.approval_thresholds from public, anon, authenticated, service_role;
revoke all on sequence public.approval_thresholds_id_seq from public, anon, authenticated, service_role;
grant select on table public.approval_thresholds to authenticated, service_role;

create policy "Members can read the approval thresholds of their organization"
  on public.approval_thresholds for select to authenticated
  using (organization_id = (select private.organization_id()));

insert into private.retention_rules (table_name, action, reason) values
  ('public.approval_thresholds', 'keep', 'Indefinite: a few rows for each organization.');

insert into private.error_codes (code, http_status, message, hint) values
  ('version_outdated', 409, 'Somebody changed this since you read it: it has version %s, you saw %s.', 'Read it again and repeat your change on what is there now.'),
  ('invalid_setting', 422, '%1$s is not a possible value of %2$s.', '%3$s.');

create function private.require_version(found_version integer, expected_version integer)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
begin
  if require_version.expected_version is distinct from require_version.found_version then
    perform private.refuse('version_outdated', require_version.found_version::text, coalesce(require_version.expected_version::text, 'none'));
  end if;
end;
$$;
comment on function private.require_version(integer, integer) is 'Refuses a change of something the caller has not seen as it is now.';

create function private.update_organization(
  expected_version integer, name text, required_approvals integer, wallet_change_policy text, wallet_change_hours integer
)
returns setof public.organizations
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.require_member('admin');
  v_before public.organizations;
  v_after public.organizations;
begin
  select organization.* into v_before
  from public.organizations as organization
  where organization.id = v_admin.organization_id
  for update;

  perform private.require_version(v_before.version, update_organization.expected_version);

  if update_organization.required_approvals not between 1 and 10 then
    perform private.refuse('invalid_setting', update_organization.required_approvals::text, 'required_approvals', 'It is a number from 1 to 10');
  end if;

  if update_organization.wallet_change_policy not in ('immediate', 'cooling_off', 'second_person') then
    perform private.refuse('invalid_setting', left(private.without_secret_key(update_organization.wallet_change_policy), 40), 'wallet_change_policy', 'It is immediate, cooling_off or second_person');
  end if;

  if update_organization.wallet_change_hours not between 1 and 720 then
    perform private.refuse('invalid_setting', update_organization.wallet_change_hours::text, 'wallet_change_hours', 'It is a number of hours from 1 to 720');
  end if;

  begin
    update public.organizations as organization
    set name = coalesce(private.optional_text('The name', update_organization.name, 255), organization.name),
        required_approvals = coalesce(update_organization.required_approvals, organization.required_approvals),
        wallet_change_policy = coalesce(update_organization.wallet_change_policy, organization.wallet_change_policy),
        wallet_change_hours = coalesce(update_organization.wallet_change_hours, organization.wallet_change_hours)
    where organization.id = v_before.id
    returning organization.* into v_after;
  exception when unique_violation then
    perform private.refuse('organization_name_taken');
  end;

  perform private.write_audit(v_after.id, 'organization.updated', 'organization', v_after.id::text, (
    select jsonb_object_agg(changed.key, jsonb_build_object('old', to_jsonb(v_before) -> changed.key, 'new', changed.value))
    from jsonb_each(to_jsonb(v_after) - 'updated_at' - 'version') as changed
    where changed.value is distinct from to_jsonb(v_before) -> changed.key));

  return next v_after;
end;
$$;
grant execute on function private.update_organization(integer, text, integer, text, integer) to authenticated;

create function public.update_organization(
  expected_version integer, name text default null, required_approvals integer default null, wallet_change_policy text default null,
  wallet_change_hours integer default null
)
returns setof public.organizations
language sql volatile security invoker
set search_path = ''
as $$ select * from private.update_organization(expected_version, name, required_approvals, wallet_change_policy, wallet_change_hours); $$;
comment on function public.update_organization(integer, text, integer, text, integer) is 'Changes the settings that are given. For admins.';
revoke all on function public.update_organization(integer, text, integer, text, integer) from public, anon, authenticated, service_role;
grant execute on function public.update_organization(integer, text, integer, text, integer) to authenticated;

create function private.set_approval_threshold(asset_code text, asset_issuer text, from_amount text, required_approvals integer)
returns setof public.approval_thresholds
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_admin public.users := private.require_member('admin');
  v_issuer text := coalesce(btrim(set_approval_threshold.asset_issuer), '');
  v_from public.amount := private.parse_amount(set_approval_threshold.from_amount);
begin
  if private.asset_problem(set_approval_threshold.asset_code, v_issuer) is not null then
    perform private.refuse(private.asset_problem(set_approval_threshold.asset_code, v_issuer),
      case when private.holds_secret_key(set_approval_threshold.asset_code) then 'Nothing' else coalesce(left(set_approval_threshold.asset_code, 40), 'Nothing') end);
  end if;

  -- No approvals means no threshold.
  if set_approval_threshold.required_approvals is null then
    return query
      delete from public.approval_thresholds as threshold
      where threshold.organization_id = v_admin.organization_id
        and threshold.asset_code = set_approval_threshold.asset_code
        and threshold.asset_issuer = v_issuer
        and threshold.from_amount = v_from
      returning threshold.*;
    return;
  end if;

  if set_approval_threshold.required_approvals not between 1 and 10 then
    perform private.refuse('invalid_setting', set_approval_threshold.required_approvals::text, 'required_approvals', 'It is a number from 1 to 10');
  end if;

  perform private.write_audit(v_admin.organization_id, 'organization.threshold_set', 'organization', v_admin.organization_id::text,
    jsonb_build_object('asset_code', set_approval_threshold.asset_code, 'from_amount', v_from::text, 'required_approvals', set_approval_threshold.required_approvals));

  return query
    insert into public.approval_thresholds (organization_id, asset_code, asset_issuer, from_amount, required_approvals)
    values (v_admin.organization_id, set_approval_threshold.asset_code, v_issuer, v_from, set_approval_threshold.required_approvals)
    on conflict on constraint approval_thresholds_are_unique_per_asset_and_amount
    do update set required_approvals = excluded.required_approvals
    returning *;
end;
$$;
grant execute on function private.set_approval_threshold(text, text, text, integer) to authenticated;

create function public.set_approval_threshold(asset_code text, asset_issuer text, from_amount text, required_approvals integer)
returns setof public.approval_thresholds
language sql volatile security invoker
set search_path = ''
as $$ select * from private.set_approval_threshold(asset_code, asset_issuer, from_amount, required_approvals); $$;
comment on function public.set_approval_threshold(text, text, text, integer) is 'From this total on so many people must approve; null removes the threshold. For admins.';
revoke all on function public.set_approval_threshold(text, text, text, integer) from public, anon, authenticated, service_role;
grant execute on function public.set_approval_threshold(text, text, text, integer) to authenticated;

create or replace function private.required_approvals(run public.payroll_runs)
returns integer
language sql stable security definer
set search_path = ''
as $$
  select greatest(organization.required_approvals, (
    select max(threshold.required_approvals)
    from public.approval_thresholds as threshold
    where threshold.organization_id = organization.id
      and threshold.asset_code = (run).asset_code
      and threshold.asset_issuer = (run).asset_issuer
      and threshold.from_amount::numeric <= (run).total_amount::numeric))
  from public.organizations as organization
  where organization.id = (run).organization_id;
$$;
comment on function private.required_approvals(public.payroll_runs) is 'How many people other than the submitter must approve the run.';
