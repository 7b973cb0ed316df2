-- migration: checks of the doctor
-- Every state in which something can stand still has a reason, says what it waits for and until when, and names the
-- function that goes on. Each concept declares its own checks: a function of the organization (null: all of them) that
-- answers findings.
-- author: PayD | date: 2026-11-30
-- tables: private.doctor_checks, private.standstills | depends: 20261125000000
-- class: add-table, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create type public.finding as (
  organization_id bigint,
  severity text,
  kind text,
  resource_type text,
  resource_id text,
  since timestamptz,
  problem text,
  safe_action text,
  waits_for text,
  until timestamptz,
  command text
);
comment on type public.finding is
  'Something that stands still: since when and why, what it waits for and until when, the safe thing to do, and the '
  'function that does it.';

create function private.minute_of(instant timestamptz)
returns text
language sql immutable security invoker
set search_path = ''
as $$ select to_char(minute_of.instant at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'); $$;
comment on function private.minute_of(timestamptz) is 'An instant as a person reads it.';

create table private.doctor_checks (
  function_name text primary key,
  reason text not null,
  constraint doctor_checks_function_name_is_of_schema_private check (function_name ~ '^private\.[a-z][a-z0-9_]*$'),
  constraint doctor_checks_reason_is_a_sentence check (reason ~ '\.$')
);
comment on table private.doctor_checks is
  'The functions that the doctor asks: each takes an organization, or null for all, and answers public.finding rows.';
alter table private.doctor_checks enable row level security;
alter table private.doctor_checks force row level security;

-- Why a run can stand still, so that the run itself says it and an event tells it.
create table private.standstills (
  kind text primary key,
  function_name text not null references private.doctor_checks (function_name),
  event_type text not null,
  commands text[] not null,
  constraint standstills_kind_is_snake_case check (kind ~ '^[a-z][a-z0-9_]*$')
);
comment on table private.standstills is
  'The kinds of findings because of which a payroll run stands still. Each concept declares its own.';
comment on column private.standstills.event_type is
  'Which event tells it: one of the concept, or payroll.waiting, which is written once the run is seen to stand still.';
comment on column private.standstills.commands is
  'What people call to lead the run on; empty where only the operator can.';
create index standstills_function_name_idx on private.standstills (function_name);
alter table private.standstills enable row level security;
alter table private.standstills force row level security;

create function private.unanswered_check(function_name text, organization_id bigint, code text, message text)
returns public.finding
language sql immutable security definer
set search_path = ''
as $$
  -- The message may quote a row of any organization, so only the operator reads it.
  select row(unanswered_check.organization_id, 'alert', 'check_unanswered', 'doctor_check',
    unanswered_check.function_name, null,
    format('The check %s could not answer: %s', unanswered_check.function_name,
      case when unanswered_check.organization_id is null
        then format('%s (%s)', left(unanswered_check.message, 500), unanswered_check.code)
        else format('it ended with the error %s.', unanswered_check.code) end),
    'What the other checks say is complete. Ask the operator to look into the log of the database.',
    'the operator of the project', null, null)::public.finding;
$$;
comment on function private.unanswered_check(text, bigint, text, text) is
  'The finding that one check could not answer, and why.';

create function private.findings_of(function_names text[], organization_id bigint)
returns setof public.finding
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_check private.doctor_checks;
  v_found public.finding[];
begin
  for v_check in
    select declared.*
    from private.doctor_checks as declared
    where declared.function_name = any (findings_of.function_names)
    order by declared.function_name
  loop
    -- A check that raises says so itself, and the others answer.
    begin
      execute format('select array_agg(found) from %s($1) as found', v_check.function_name)
      into v_found
      using findings_of.organization_id;

      return query select found.* from unnest(v_found) as found;
    exception when others then
      raise warning 'The check % of the doctor raises: % (%)', v_check.function_name, sqlerrm, sqlstate;

      return next private.unanswered_check(v_check.function_name, findings_of.organization_id, sqlstate, sqlerrm);
    end;
  end loop;
end;
$$;
comment on function private.findings_of(text[], bigint) is
  'What these of the declared checks find in one organization, or everywhere.';

create function private.findings(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select found.*
  from private.findings_of(array(select declared.function_name from private.doctor_checks as declared),
    findings.organization_id) as found;
$$;
comment on function private.findings(bigint) is
  'What stands still in one organization, or everywhere (null), by the checks that every concept declares.';
