-- migration: approval thresholds
-- An organization may demand more approvals for runs above an amount of an asset.
-- author: PayD | date: 2026-11-25
-- tables: private.limits, public.approval_thresholds
-- depends: 20261125000000, 20261125000100, 20261125001200, 20261125010000, 20261125010200, 20261125010400,
--   20261125010500, 20261125020000, 20261125020100, 20261125020200, 20261125020300, 20261125020400, 20261125020600
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

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
  constraint approval_thresholds_are_unique_per_asset_and_amount
    unique (organization_id, asset_code, asset_issuer, from_amount),
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

create function private.write_threshold_audit(before public.approval_thresholds, after public.approval_thresholds)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_threshold public.approval_thresholds := case when (write_threshold_audit.before).id is null then after
  else before end;
begin
  perform private.write_audit(
    v_threshold.organization_id,
    case when (write_threshold_audit.after).id is null then 'organization.threshold_removed'
      else 'organization.threshold_set' end,
    'approval_threshold', v_threshold.id::text,
    jsonb_build_object(
      'asset_code', v_threshold.asset_code, 'asset_issuer', v_threshold.asset_issuer, 'from_amount',
      v_threshold.from_amount::text,
      'required_approvals', jsonb_build_object(
        'old', (write_threshold_audit.before).required_approvals, 'new',
        (write_threshold_audit.after).required_approvals)));
end;
$$;
comment on function private.write_threshold_audit(public.approval_thresholds, public.approval_thresholds) is
  'Writes what became of a threshold; a row without id is none.';

create function private.set_approval_threshold(
  asset_code text, asset_issuer text, from_amount text, required_approvals integer, expected_version integer,
  idempotency_key text
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
    perform private.refuse('invalid_setting', set_approval_threshold.required_approvals::text, 'required_approvals',
      'It is a number from 1 to 10');
  end if;

  -- The first result is kept whole, because a threshold that was removed cannot be read again.
  v_first := private.claim_idempotency_key('set_approval_threshold', set_approval_threshold.idempotency_key,
    jsonb_build_array(set_approval_threshold.asset_code, v_issuer, v_from::text,
      set_approval_threshold.required_approvals, set_approval_threshold.expected_version));
  if v_first is not null then
    return query
      select * from jsonb_populate_record(null::public.approval_thresholds, nullif(v_first, 'nothing')::jsonb) as first
        where first.id is not null;
    return;
  end if;

  select threshold.* into v_before
  from public.approval_thresholds as threshold
  where threshold.organization_id = v_admin.organization_id
    and threshold.asset_code = set_approval_threshold.asset_code
    and threshold.asset_issuer = v_issuer
    and threshold.from_amount = v_from
  for update;

  -- What is wanted and there already needs no version: a client that lost the answer repeats the call.
  if v_before.required_approvals is distinct from set_approval_threshold.required_approvals then
    perform private.require_version(v_before.version, set_approval_threshold.expected_version);

    if set_approval_threshold.required_approvals is null then
      delete from public.approval_thresholds as threshold
      where threshold.id = v_before.id;
    elsif v_before.id is null then
      perform private.require_limit('approval_thresholds_per_organization', count(*))
      from public.approval_thresholds as threshold
      where threshold.organization_id = v_admin.organization_id;

      insert into public.approval_thresholds
        (organization_id, asset_code, asset_issuer, from_amount, required_approvals)
      values (v_admin.organization_id, set_approval_threshold.asset_code, v_issuer, v_from,
        set_approval_threshold.required_approvals)
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
    case when v_after.id is null then 'nothing'
      else (to_jsonb(v_after) || jsonb_build_object('from_amount', v_after.from_amount::text))::text end);

  if v_after.id is not null then
    return next v_after;
  end if;
end;
$$;
comment on function private.set_approval_threshold(text, text, text, integer, integer, text) is
  'Sets, changes or removes one threshold, with the version that was seen.';
grant execute on function private.set_approval_threshold(text, text, text, integer, integer, text) to authenticated;

create function public.set_approval_threshold(
  asset_code text, asset_issuer text, from_amount text, required_approvals integer,
  expected_version integer default null,
  idempotency_key text default null
)
returns setof public.approval_thresholds
language sql volatile security invoker
set search_path = ''
as $$
  select * from private.set_approval_threshold(asset_code, asset_issuer, from_amount, required_approvals,
    expected_version, idempotency_key);
$$;
comment on function public.set_approval_threshold(text, text, text, integer, integer, text) is
  'From this total on so many people must approve; null removes the threshold. An existing one is changed with the '
  'version that was seen. For admins.';
revoke all on function public.set_approval_threshold(text, text, text, integer, integer, text)
  from public, anon, authenticated, service_role;
grant execute on function public.set_approval_threshold(text, text, text, integer, integer, text) to authenticated;

-- How much of it is possible.
insert into private.limits (name, at_most, what, hint) values
  ('approval_thresholds_per_organization', 50, 'approval thresholds in the organization',
    'Remove one that is no longer needed.');
