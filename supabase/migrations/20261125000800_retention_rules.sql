-- migration: retention
-- How long every table keeps its rows is data. What has lived its time is deleted, or moved to schema archive, in
-- batches of one statement each, so that a row is never in both places or in none. Every call is bounded and continues
-- where the last one ended, with any clock.
-- author: PayD | date: 2026-11-25
-- tables: private.retention_rules, private.scheduled_jobs | depends: 20261125000000, 20261125000300
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.retention_rules (
  table_name text primary key,
  action text not null,
  keep_for interval,
  statement text,
  reason text not null,
  constraint retention_rules_action_is_known check (action in ('keep', 'delete', 'archive')),
  constraint retention_rules_kept_tables_have_neither_time_nor_statement
    check ((action = 'keep') = (keep_for is null) and (action = 'keep') = (statement is null)),
  constraint retention_rules_keep_for_is_at_least_a_day check (keep_for >= interval '1 day'),
  constraint retention_rules_reason_is_a_sentence check (reason ~ '\.$')
);
comment on table private.retention_rules is
  'How long every table keeps its rows, and the statement that takes a batch of old ones away.';
comment on column private.retention_rules.statement is
  '$1 is the time before which rows are old, $2 the size of the batch.';
alter table private.retention_rules enable row level security;
alter table private.retention_rules force row level security;

create function private.apply_retention(
  p_now timestamptz default now(), batch_size integer default 10000, max_batches integer default 100
)
returns table (table_name text, action text, rows bigint, is_complete boolean)
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_rule private.retention_rules;
  v_before timestamptz;
  v_rows bigint;
begin
  -- A second call at the same time has nothing to do.
  if not pg_try_advisory_xact_lock(hashtextextended('payd.retention', 0)) then
    return;
  end if;

  for v_rule in
    select rule.* from private.retention_rules as rule where rule.action <> 'keep' order by rule.table_name
  loop
    table_name := v_rule.table_name;
    action := v_rule.action;
    rows := 0;
    is_complete := false;
    -- Days and years are those of UTC, whatever the session says.
    v_before := (apply_retention.p_now at time zone 'UTC' - v_rule.keep_for) at time zone 'UTC';

    for batch in 1..greatest(apply_retention.max_batches, 0) loop
      execute v_rule.statement using v_before, greatest(apply_retention.batch_size, 1);
      get diagnostics v_rows = row_count;
      rows := rows + v_rows;
      is_complete := v_rows < greatest(apply_retention.batch_size, 1);
      exit when is_complete;
    end loop;

    return next;
  end loop;
end;
$$;
comment on function private.apply_retention(timestamptz, integer, integer) is
  'Takes old rows away in batches; answers how many for each table, and whether none are left.';

insert into private.scheduled_jobs (name, kind, target, every_seconds) values
  ('retention', 'sql', 'select private.apply_retention(now())', 86400);
