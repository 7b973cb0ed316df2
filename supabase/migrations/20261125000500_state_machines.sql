-- migration: state machines
-- Which state may follow which is data. A statement trigger compares the rows before and after, so that no path into a
-- table, by any role, can skip a step; the error names where a row stands, where it should have gone and where it
-- may go.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.state_transitions | depends: 20261125000000, 20261125000100
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.state_transitions (
  entity text not null,
  from_state text not null,
  to_state text not null,
  only_as_correction boolean not null default false,
  constraint state_transitions_are_listed_once primary key (entity, from_state, to_state)
);
comment on table private.state_transitions is
  'The allowed transitions of every state machine. A new row comes from the state (new).';
comment on column private.state_transitions.only_as_correction is
  'The state before is final; only proof that it was recorded wrongly leads out of it.';
alter table private.state_transitions enable row level security;
alter table private.state_transitions force row level security;

insert into private.error_codes (code, http_status, message, hint) values
  ('transition_not_allowed', 409, '%1$s %2$s cannot go from %3$s to %4$s.', 'From there it can go to: %5$s.');

create function private.is_correcting()
returns boolean
language sql stable security definer
set search_path = ''
as $$
  -- Of this transaction and no later one, whatever becomes of the session.
  select coalesce(current_setting('payd.correction', true) = pg_current_xact_id_if_assigned()::text, false);
$$;
comment on function private.is_correcting() is
  'Whether this transaction corrects what is proven to have been recorded wrongly.';

create function private.enforce_transitions()
returns trigger
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_entity constant text := tg_argv[0];
  v_column constant text := tg_argv[1];
  v_wrong record;
begin
  -- Ordered, because a bare limit makes the planner expect an early match and compare every row with every other.
  if tg_op = 'INSERT' then
    execute format(
      'select row_after.id::text as id, ''(new)'' as from_state, row_after.%1$I as to_state
       from rows_after as row_after
       where not exists (
         select from private.state_transitions as allowed
         where allowed.entity = $1 and allowed.from_state = ''(new)'' and allowed.to_state = row_after.%1$I)
       order by row_after.id
       limit 1', v_column)
    into v_wrong using v_entity;
  else
    execute format(
      'select row_before.id::text as id, row_before.%1$I as from_state, row_after.%1$I as to_state
       from rows_before as row_before
       join rows_after as row_after on row_after.id = row_before.id
       where row_after.%1$I <> row_before.%1$I
         and not exists (
           select from private.state_transitions as allowed
           where allowed.entity = $1 and allowed.from_state = row_before.%1$I and allowed.to_state = row_after.%1$I
             and (not allowed.only_as_correction or private.is_correcting()))
       order by row_before.id
       limit 1', v_column)
    into v_wrong using v_entity;
  end if;

  if v_wrong.id is not null then
    perform private.refuse('transition_not_allowed',
      initcap(replace(v_entity, '_', ' ')), v_wrong.id, v_wrong.from_state, v_wrong.to_state,
      coalesce((
        select string_agg(allowed.to_state, ', ' order by allowed.to_state)
        from private.state_transitions as allowed
        where allowed.entity = v_entity and allowed.from_state = v_wrong.from_state
          and not allowed.only_as_correction
      ), 'nowhere, it is final'));
  end if;

  return null;
end;
$$;
comment on function private.enforce_transitions() is
  'Statement trigger (entity, column): refuses every transition that is not listed.';
