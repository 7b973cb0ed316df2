-- migration: what may be removed from an append-only table
-- Retention and erasure must take rows out of tables that otherwise only grow. Each of these statements is a row here, with the one procedure that
-- may run it. The trigger reads the call stack, which no role, setting or plain statement can pretend, the owner's included: the removal is
-- lawful only if exactly that statement is being run by exactly that procedure.
-- author: PayD | date: 2026-11-20
-- tables: private.lawful_removals | depends: 20261120090000, 20261120090900
-- class: add-table, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.lawful_removals (
  table_name text not null,
  procedure text not null,
  statement text not null,
  reason text not null,
  constraint lawful_removals_are_listed_once primary key (table_name, procedure, statement),
  constraint lawful_removals_statement_is_one_line check (statement !~ '[\n\r]'),
  constraint lawful_removals_reason_is_a_sentence check (reason ~ '\.$')
);
comment on table private.lawful_removals is 'Every statement that may remove rows of an append-only table, and the procedure it must be run by.';
alter table private.lawful_removals enable row level security;
alter table private.lawful_removals force row level security;

create function private.removal_is_lawful(table_name text, context text)
returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
declare
  -- The frames of the stack, innermost first: the trigger, the statement that fired it, the procedure that runs the statement, …
  v_frames text := substr(removal_is_lawful.context, strpos(removal_is_lawful.context, e'\n') + 1);
  v_removal private.lawful_removals;
  v_at integer;
  v_after text;
begin
  for v_removal in
    select removal.*
    from private.lawful_removals as removal
    where removal.table_name = removal_is_lawful.table_name
  loop
    v_at := strpos(v_frames, v_removal.statement);
    v_after := substr(v_frames, v_at + length(v_removal.statement));

    -- Before the statement stands at most the label of its frame and after it the closing quote, in whatever language the server speaks:
    -- too little room for another statement that only quotes this one.
    if v_at between 1 and 21
      and length(split_part(v_after, e'\n', 1)) between 1 and 2
      and strpos(split_part(v_after, e'\n', 2), ' ' || v_removal.procedure) > 0 then
      return true;
    end if;
  end loop;

  return false;
end;
$$;
comment on function private.removal_is_lawful(text, text) is 'Whether the call stack is that of a listed statement in its procedure.';

create or replace function private.refuse_change()
returns trigger
language plpgsql stable security definer
set search_path = ''
as $$
declare v_context text;
begin
  if tg_op = 'DELETE' then
    get diagnostics v_context = pg_context;

    -- Rows of a partition belong to the table that is partitioned.
    if private.removal_is_lawful(coalesce(pg_catalog.pg_partition_root(tg_relid), tg_relid)::pg_catalog.regclass::text, v_context) then
      return case when tg_level = 'ROW' then old end;
    end if;
  end if;

  perform private.refuse('append_only', tg_table_name);
  return null;
end;
$$;
comment on function private.refuse_change() is 'Trigger of append-only tables; lets only lawful removals pass.';
