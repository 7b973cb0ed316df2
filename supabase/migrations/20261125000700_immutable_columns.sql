-- migration: immutable columns
-- What a row says about money, people or code is fixed when the row is written; only its state may change. Two
-- triggers say so: one names the columns that never change, the other those that alone may change.
-- author: PayD | date: 2026-11-25
-- tables: none | depends: 20261125000000, 20261125000100
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.keep_immutable_columns()
returns trigger
language plpgsql stable security definer
set search_path = ''
as $$
begin
  perform private.refuse('immutable_columns', tg_table_name, old.id::text);
  return null;
end;
$$;
comment on function private.keep_immutable_columns() is
  'Row trigger for updates of columns that are written once; its condition names them.';

create function private.refuse_other_changes()
returns trigger
language plpgsql stable security definer
set search_path = ''
-- A plan that was made for one changed row must not be used for ten thousand.
set plan_cache_mode = force_custom_plan
as $$
declare v_wrong record;
begin
  -- Ordered, because a bare limit makes the planner expect an early match and compare every row with every other.
  select row_after.id::text as id, field.key as column_name into v_wrong
  from rows_after as row_after
  join rows_before as row_before on row_before.id = row_after.id
  cross join lateral jsonb_each(to_jsonb(row_after)) as field
  where field.key <> all (tg_argv)
    and field.value is distinct from to_jsonb(row_before) -> field.key
  order by row_after.id
  limit 1;

  if found then
    perform private.refuse('column_is_fixed', v_wrong.column_name, tg_table_name, v_wrong.id);
  end if;

  -- A changed id matches no earlier row, and would otherwise pass unseen.
  if exists (select row_after.id from rows_after as row_after except select row_before.id
    from rows_before as row_before) then
    perform private.refuse('column_is_fixed', 'id', tg_table_name, 'row');
  end if;

  return null;
end;
$$;
comment on function private.refuse_other_changes() is
  'Statement trigger (columns): refuses an update of any other column.';
