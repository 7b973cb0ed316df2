-- migration: settings of an organization
-- How many people must approve, above which amounts more must, and how a changed payout address takes effect. Changes carry
-- the version the admin saw, so that two admins cannot overwrite each other unseen.
-- author: PayD | date: 2026-11-20
-- tables: private.error_codes, private.retention_rules, public.approval_thresholds, public.organizations
-- depends: 20261120090000, 20261120090100, 20261120090200, 20261120090500, 20261120090600, 20261120090700, 20261120090900, 20261120091100, 20261120091500, 20261120091900, 20261120101300
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
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
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

create trigger approval_thresholds_touch_version
  before update on public.approval_thresholds
  for each row execute function private.touch_version();

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
    perform private.refuse('version_outdated', coalesce(require_version.found_version::text, 'none'), coalesce(require_version.expected_version::text, 'none'));
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
  v_admin public.users := private.lock_organization_as_admin();
  v_before public.organizations;
  v_after public.organizations;
begin
  select organization.* into v_before
  from public.organizations as organization
  where organization.id = v_admin.organization_id;

  perform private.require_version(v_before.version, update_organization.expected_version);

  if update_organization.required_approvals not between 1 and 10 then
    perform private.refuse('invalid_setting', update_organization.required_approvals::text, 'required_approvals', 'It is a number from 1 to 10');
  end if;

  if update_organization.wallet_change_policy not in ('immediate', 'cooling_off', 'second_person') then
    perform private.refuse('invalid_setting', private.quotable(update_organization.wallet_change_policy), 'wallet_change_policy', 'It is immediate, cooling_off or second_person');
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

create function private.write_threshold_audit(before public.approval_thresholds, after public.approval_thresholds)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_threshold public.approval_thresholds := case when (write_threshold_audit.before).id is null then after else before end;
begin
  perform private.write_audit(
    v_threshold.organization_id,
    case when (write_threshold_audit.after).id is null then 'organization.threshold_removed' else 'organization.threshold_set' end,
    'approval_threshold', v_threshold.id::text,
    jsonb_build_object(
      'asset_code', v_threshold.asset_code, 'asset_issuer', v_threshold.asset_issuer, 'from_amount', v_threshold.from_amount::text,
      'required_approvals', jsonb_build_object(
        'old', (write_threshold_audit.before).required_approvals, 'new', (write_threshold_audit.after).required_approvals)));
end;
$$;
comment on function private.write_threshold_audit(public.approval_thresholds, public.approval_thresholds) is 'Writes what became of a threshold; a row without id is none.';

create function private.set_approval_threshold(
  asset_code text, asset_issuer text, from_amount text, required_approvals integer, expected_version integer, idempotency_key text
)
returns setof public.approval_thresholds
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.lock_organization_as_admin();
  v_issuer text := coalesce(btrim(set_approval_threshold.asset_issuer), '');
  v_from public.amount := private.parse_amount(set_approval_threshold.from_amount);
  v_first text;
  v_before public.approval_thresholds;
  v_after public.approval_thresholds;
begin
  if private.asset_problem(set_approval_threshold.asset_code, v_issuer) is not null then
    perform private.refuse(private.asset_problem(set_approval_threshold.asset_code, v_issuer),
      private.quotable(set_approval_threshold.asset_code));
  end if;

  if set_approval_threshold.required_approvals not between 1 and 10 then
    perform private.refuse('invalid_setting', set_approval_threshold.required_approvals::text, 'required_approvals', 'It is a number from 1 to 10');
  end if;

  -- The first result is kept whole, because a threshold that was removed cannot be read again.
  v_first := private.claim_idempotency_key('set_approval_threshold', set_approval_threshold.idempotency_key,
    jsonb_build_array(set_approval_threshold.asset_code, v_issuer, v_from::text, set_approval_threshold.required_approvals, set_approval_threshold.expected_version));
  if v_first is not null then
    return query
      select * from jsonb_populate_record(null::public.approval_thresholds, nullif(v_first, 'nothing')::jsonb) as first where first.id is not null;
    return;
  end if;

  select threshold.* into v_before
  from public.approval_thresholds as threshold
  where threshold.organization_id = v_admin.organization_id
    and threshold.asset_code = set_approval_threshold.asset_code
    and threshold.asset_issuer = v_issuer
    and threshold.from_amount = v_from
  for update;

  -- What is wanted and there already needs no version: whoever lost an answer repeats the call.
  if v_before.required_approvals is distinct from set_approval_threshold.required_approvals then
    perform private.require_version(v_before.version, set_approval_threshold.expected_version);

    if set_approval_threshold.required_approvals is null then
      delete from public.approval_thresholds as threshold
      where threshold.id = v_before.id;
    elsif v_before.id is null then
      insert into public.approval_thresholds (organization_id, asset_code, asset_issuer, from_amount, required_approvals)
      values (v_admin.organization_id, set_approval_threshold.asset_code, v_issuer, v_from, set_approval_threshold.required_approvals)
      returning * into v_after;
    else
      update public.approval_thresholds as threshold
      set required_approvals = set_approval_threshold.required_approvals
      where threshold.id = v_before.id
      returning threshold.* into v_after;
    end if;

    perform private.write_threshold_audit(v_before, v_after);
  end if;

  -- A removed threshold is answered as it was.
  if v_after.id is null then
    v_after := v_before;
  end if;

  perform private.keep_idempotent_result('set_approval_threshold', set_approval_threshold.idempotency_key,
    case when v_after.id is null then 'nothing' else (to_jsonb(v_after) || jsonb_build_object('from_amount', v_after.from_amount::text))::text end);

  if v_after.id is not null then
    return next v_after;
  end if;
end;
$$;
grant execute on function private.set_approval_threshold(text, text, text, integer, integer, text) to authenticated;

create function public.set_approval_threshold(
  asset_code text, asset_issuer text, from_amount text, required_approvals integer, expected_version integer default null,
  idempotency_key text default null
)
returns setof public.approval_thresholds
language sql volatile security invoker
set search_path = ''
as $$ select * from private.set_approval_threshold(asset_code, asset_issuer, from_amount, required_approvals, expected_version, idempotency_key); $$;
comment on function public.set_approval_threshold(text, text, text, integer, integer, text) is 'From this total on so many people must approve; null removes the threshold. An existing one is changed with the version that was seen. For admins.';
revoke all on function public.set_approval_threshold(text, text, text, integer, integer, text) from public, anon, authenticated, service_role;
grant execute on function public.set_approval_threshold(text, text, text, integer, integer, text) to authenticated;

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
