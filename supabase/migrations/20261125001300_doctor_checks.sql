-- migration: checks of the doctor
-- Every state in which something can stand still has a reason, says what it waits for and until when, and names the
-- function that goes on. Each concept declares its own checks: a function of the organization (null: all of them) that
-- answers findings.
-- author: PayD | date: 2026-11-30
-- tables: private.doctor_checks | depends: 20261125000000
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

create function private.checked_findings(organization_id bigint)
returns setof public.finding
language plpgsql stable security definer
set search_path = ''
as $$
declare v_check private.doctor_checks;
begin
  for v_check in
    select declared.* from private.doctor_checks as declared order by declared.function_name
  loop
    return query execute format('select * from %s($1)', v_check.function_name) using checked_findings.organization_id;
  end loop;
end;
$$;
comment on function private.checked_findings(bigint) is
  'What the declared checks find in one organization, or everywhere.';
