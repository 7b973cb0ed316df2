-- migration: history of preferences
-- Every version of a person's preferences, for two years, readable by that person only. The table is partitioned by
-- month; its partitions live in schema private, because row level security of a parent does not cover a partition that
-- is asked by name. A job makes the coming months; what comes without a partition lands in the default one and is
-- moved by the next run of the job.
-- author: PayD | date: 2026-11-25
-- tables: private.personal_data, private.personal_data_erasures, private.retention_exemptions, private.retention_rules,
--   private.scheduled_jobs, private.user_preferences_history_default, public.user_preferences,
--   public.user_preferences_history
-- depends: 20261125000000, 20261125000300, 20261125000600, 20261125000800, 20261125000900, 20261125020100,
--   20261125020200, 20261125120000
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.user_preferences_history (
  id bigint generated always as identity,
  organization_id bigint not null,
  user_id bigint not null,
  preferences jsonb not null,
  changed_key text,
  changed_by text not null,
  changed_at timestamptz not null default now(),
  constraint user_preferences_history_is_numbered primary key (id, changed_at),
  constraint user_preferences_history_user_is_a_member_of_the_organization
    foreign key (organization_id, user_id) references public.users (organization_id, id)
) partition by range (changed_at);
comment on table public.user_preferences_history is
  'Append-only: what a person''s preferences were after every change.';
comment on column public.user_preferences_history.changed_key is
  'The preference or branch that was changed; empty when all were reset.';
create index idx_prefs_history_user_id
  on public.user_preferences_history (organization_id, user_id, changed_at desc, id desc);

-- Row triggers reach every partition, a statement trigger only the table that a statement names.
create trigger user_preferences_history_refuse_change
  before update or delete on public.user_preferences_history
  for each row execute function private.refuse_change();
alter table public.user_preferences_history enable always trigger user_preferences_history_refuse_change;

create trigger user_preferences_history_refuse_truncate
  before truncate on public.user_preferences_history
  for each statement execute function private.refuse_change();
alter table public.user_preferences_history enable always trigger user_preferences_history_refuse_truncate;

alter table public.user_preferences_history enable row level security;
alter table public.user_preferences_history force row level security;
revoke all on table public.user_preferences_history from public, anon, authenticated, service_role;
revoke all on sequence public.user_preferences_history_id_seq from public, anon, authenticated, service_role;
grant select on table public.user_preferences_history to authenticated, service_role;

create policy "People can read the history of their own preferences"
  on public.user_preferences_history for select to authenticated
  using (organization_id = (select private.organization_id()) and user_id = (select private.user_id()));

create table private.user_preferences_history_default partition of public.user_preferences_history default;
comment on table private.user_preferences_history_default is
  'Changes of preferences in months that have no partition yet.';
alter table private.user_preferences_history_default enable row level security;
alter table private.user_preferences_history_default force row level security;
revoke all on table private.user_preferences_history_default from public, anon, authenticated, service_role;

create trigger user_preferences_history_default_refuse_truncate
  before truncate on private.user_preferences_history_default
  for each statement execute function private.refuse_change();
alter table private.user_preferences_history_default
  enable always trigger user_preferences_history_default_refuse_truncate;

create function private.write_preference_history()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  insert into public.user_preferences_history (organization_id, user_id, preferences, changed_key, changed_by)
  select chosen.organization_id, chosen.user_id, chosen.preferences,
  nullif(current_setting('payd.preference_key', true), ''), private.actor()
  from rows_after as chosen
  order by chosen.id;

  return null;
end;
$$;
comment on function private.write_preference_history() is 'Statement trigger: keeps every version of the preferences.';

create trigger user_preferences_write_history_of_inserts
  after insert on public.user_preferences
  referencing new table as rows_after
  for each statement execute function private.write_preference_history();

create trigger user_preferences_write_history_of_updates
  after update on public.user_preferences
  referencing new table as rows_after
  for each statement execute function private.write_preference_history();

insert into private.retention_exemptions (table_name, procedure, statement, reason) values (
  'public.user_preferences_history',
  'private.add_preference_partition(date)',
  'delete from private.user_preferences_history_default as waiting where waiting.changed_at >= $1 and '
  'waiting.changed_at < $2',
  'Rows of the default partition move to the partition of their month.');

create function private.add_preference_partition(month date)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_name text := to_char(add_preference_partition.month, '"user_preferences_history_"YYYY"_"MM');
  v_from timestamptz := add_preference_partition.month::timestamp at time zone 'UTC';
  v_to timestamptz := (add_preference_partition.month + interval '1 month') at time zone 'UTC';
begin
  if to_regclass('private.' || v_name) is not null then
    return false;
  end if;

  execute format(
    'create table private.%I (like public.user_preferences_history including defaults including constraints)', v_name);
  execute format('alter table private.%I enable row level security', v_name);
  execute format('alter table private.%I force row level security', v_name);
  execute format('revoke all on table private.%I from public, anon, authenticated, service_role', v_name);
  execute format('comment on table private.%I is %L', v_name,
    'Changes of preferences in ' || to_char(add_preference_partition.month, 'YYYY-MM') || ' (UTC).');
  execute format(
    'create trigger %I before truncate on private.%I for each statement execute function private.refuse_change()',
    v_name || '_refuse_truncate', v_name);

  -- What came before its partition moves into it; the default partition takes no row in between.
  lock table private.user_preferences_history_default in share row exclusive mode;
  execute format(
    'insert into private.%I (id, organization_id, user_id, preferences, changed_key, changed_by, changed_at)
     select waiting.id, waiting.organization_id, waiting.user_id, waiting.preferences, waiting.changed_key,
     waiting.changed_by, waiting.changed_at
     from private.user_preferences_history_default as waiting
     where waiting.changed_at >= $1 and waiting.changed_at < $2', v_name)
  using v_from, v_to;
  execute 'delete from private.user_preferences_history_default as waiting where waiting.changed_at >= $1 and '
    'waiting.changed_at < $2'
  using v_from, v_to;

  execute format(
    'alter table public.user_preferences_history attach partition private.%I for values from (%L) to (%L)', v_name,
    v_from, v_to);

  return true;
end;
$$;
comment on function private.add_preference_partition(date) is
  'Adds the partition of the month that starts on that day; false if it exists.';

create function private.keep_preference_partitions(p_now timestamptz default now(), months_ahead integer default 3)
returns table (added integer, dropped integer)
language plpgsql volatile security definer
set search_path = ''
-- Everybody who reads or writes preferences would queue behind a job that waits for its lock; it tries again the next
-- day.
set lock_timeout = '5s'
as $$
declare
  v_month date := date_trunc('month', keep_preference_partitions.p_now at time zone 'UTC')::date;
  v_partition record;
  v_is_empty boolean;
begin
  added := 0;
  dropped := 0;

  -- One at a time: two jobs would make the same partition.
  if not pg_try_advisory_xact_lock(hashtextextended('payd.preference_partitions', 0)) then
    return next;
    return;
  end if;

  for i in 0..least(greatest(keep_preference_partitions.months_ahead, 0), 24) loop
    added := added + private.add_preference_partition((v_month + make_interval(months => i))::date)::integer;
  end loop;

  -- Retention empties old partitions row by row; an empty one that can get no more rows is dropped.
  for v_partition in
    select child.relname as name
    from pg_catalog.pg_inherits as inheritance
    join pg_catalog.pg_class as child on child.oid = inheritance.inhrelid
    where inheritance.inhparent = 'public.user_preferences_history'::pg_catalog.regclass
      and child.relname ~ '^user_preferences_history_[0-9]{4}_[0-9]{2}$'
      and to_date(right(child.relname, 7), 'YYYY_MM') < (v_month - interval '24 months')::date
    order by child.relname
  loop
    execute format('select not exists (select from private.%I)', v_partition.name) into v_is_empty;
    if v_is_empty then
      execute format('drop table private.%I', v_partition.name);
      dropped := dropped + 1;
    end if;
  end loop;

  return next;
end;
$$;
comment on function private.keep_preference_partitions(timestamptz, integer) is
  'Makes the partitions of this and the coming months and drops empty ones that are over two years old.';

insert into private.scheduled_jobs (name, kind, target, every_seconds) values
  ('preference-partitions', 'sql', 'select private.keep_preference_partitions(now())', 86400);

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.user_preferences_history', 'delete', '2 years',
    'delete from public.user_preferences_history where changed_at < $1 and id = any (array(select old.id from '
    'public.user_preferences_history as old where old.changed_at < $1 limit $2))',
    'Two years are enough to explain a setting; emptied partitions are dropped by their own job.');

insert into private.retention_exemptions (table_name, procedure, statement, reason)
select rule.table_name, 'private.apply_retention(timestamp with time zone,integer,integer)', rule.statement, rule.reason
from private.retention_rules as rule
where rule.table_name = 'public.user_preferences_history';

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.user_preferences_history', 'member', 'user_id', '{}', 'What the person chose before.');

-- What an erasure does with them.
insert into private.personal_data_erasures (position, table_name, subject, column_name, statement) values
  (80, 'public.user_preferences_history', 'member', 'user_id',
    'delete from public.user_preferences_history where organization_id = $1 and user_id = $2::bigint');

insert into private.retention_exemptions (table_name, procedure, statement, reason)
select erasure.table_name, 'private.erase_subject(text,bigint,text)', erasure.statement,
'The history of preferences is only about the person.'
from private.personal_data_erasures as erasure
where erasure.table_name = 'public.user_preferences_history';
