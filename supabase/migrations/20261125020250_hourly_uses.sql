-- migration: uses in an hour
-- Some commands create nothing that stays, yet each makes a worker, a provider or a receiver work. What a person may
-- ask for in an hour has a limit, so that a script in a loop hurts no other company.
-- author: PayD | date: 2026-11-30
-- tables: private.hourly_uses, private.personal_data, private.personal_data_erasures, private.retention_rules
-- depends: 20261125000000, 20261125000800, 20261125000900, 20261125001200, 20261125020100
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.hourly_uses (
  organization_id bigint not null,
  user_id bigint not null,
  limit_name text not null,
  hour timestamptz not null,
  used integer not null,
  constraint hourly_uses_are_counted_once primary key (organization_id, user_id, limit_name),
  constraint hourly_uses_user_is_a_member_of_the_organization
    foreign key (organization_id, user_id) references public.users (organization_id, id),
  constraint hourly_uses_used_is_positive check (used > 0)
);
comment on table private.hourly_uses is
  'How often each person asked for something in the newest hour in which it was asked for.';
alter table private.hourly_uses enable row level security;
alter table private.hourly_uses force row level security;

create function private.count_use(limit_name text, member public.users)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_used integer;
begin
  -- A refused use is not counted, because the refusal takes it back.
  insert into private.hourly_uses as known (organization_id, user_id, limit_name, hour, used)
  values ((member).organization_id, (member).id, count_use.limit_name, date_trunc('hour', now()), 1)
  on conflict on constraint hourly_uses_are_counted_once do update
  set hour = excluded.hour,
      used = case when known.hour = excluded.hour then known.used + 1 else 1 end
  returning known.used into v_used;

  perform private.require_limit(count_use.limit_name, v_used - 1);
end;
$$;
comment on function private.count_use(text, public.users) is
  'Counts that a person asks for something, and refuses it once the limit of the hour is reached.';

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('private.hourly_uses', 'delete', '1 day',
    'delete from private.hourly_uses where ctid = any (array(select old.ctid from private.hourly_uses as old '
    'where old.hour < $1 limit $2))',
    'Only the present hour counts.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('private.hourly_uses', 'member', 'user_id', '{}', 'How often the member asked for something within the last day.');

-- What an erasure does with them.
insert into private.personal_data_erasures (position, table_name, subject, column_name, statement) values
  (75, 'private.hourly_uses', 'member', 'user_id',
    'delete from private.hourly_uses where organization_id = $1 and user_id = $2::bigint');
