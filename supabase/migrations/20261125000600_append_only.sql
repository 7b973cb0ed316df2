-- migration: append-only tables and their retention exemptions
-- An append-only table refuses update, delete and truncate for every role, the owner included; an error is raised,
-- because a silent rule would look like success. Retention and erasure must still take rows out of some of them: each
-- such statement is a row of private.retention_exemptions, with the one procedure that may run it. The trigger reads
-- the call stack, which no role, setting or plain statement can pretend: the removal passes only if exactly that
-- statement is being run by exactly that procedure. The triggers are ENABLE ALWAYS, so
-- that a session that plays a replica fires them too. Against the owner of the tables, who can drop a trigger, only
-- a copy elsewhere helps.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.retention_exemptions | depends: 20261125000000, 20261125000100
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('append_only', 403,
    'Rows of %s can only be added.',
    'Nothing can be changed or removed there; write a new row that corrects the old one.'),
  ('immutable_columns', 403,
    'What row %2$s of %1$s says about money was fixed when it was written.',
    'Only its state may change; what is wrong is corrected by a new row.');

create table private.retention_exemptions (
  table_name text not null,
  procedure text not null,
  statement text not null,
  reason text not null,
  constraint retention_exemptions_are_listed_once primary key (table_name, procedure, statement),
  constraint retention_exemptions_statement_is_one_line check (statement !~ '[\n\r]'),
  constraint retention_exemptions_reason_is_a_sentence check (reason ~ '\.$')
);
comment on table private.retention_exemptions is
  'Every statement that may remove rows of an append-only table, and the procedure it must be run by.';
alter table private.retention_exemptions enable row level security;
alter table private.retention_exemptions force row level security;

create function private.removal_is_exempt(table_name text, context text)
returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
declare
  -- The frames of the stack, innermost first: the trigger, the statement that fired it, the procedure that runs the
  -- statement, …
  v_frames text := substr(removal_is_exempt.context, strpos(removal_is_exempt.context, e'\n') + 1);
  v_removal private.retention_exemptions;
  v_at integer;
  v_after text;
  v_frame text;
begin
  for v_removal in
    select removal.*
    from private.retention_exemptions as removal
    where removal.table_name = removal_is_exempt.table_name
  loop
    v_at := strpos(v_frames, v_removal.statement);
    v_after := substr(v_frames, v_at + length(v_removal.statement));

    v_frame := split_part(v_after, e'\n', 2);

    -- Before the statement stands at most the label of its frame and after it the closing quote, in whatever language
    -- the server speaks: too little room for another statement that only quotes this one. Before the procedure stands
    -- the label of its frame: a function whose name contains the procedure would be written with quotes or a schema.
    if v_at between 1 and 21
      and length(split_part(v_after, e'\n', 1)) between 1 and 2
      and strpos(v_frame, ' ' || v_removal.procedure || ' ') > 0
      and left(v_frame, strpos(v_frame, ' ' || v_removal.procedure || ' ')) !~ '[".(]' then
      return true;
    end if;
  end loop;

  return false;
end;
$$;
comment on function private.removal_is_exempt(text, text) is
  'Whether the call stack is that of a listed statement in its procedure.';

create function private.refuse_change()
returns trigger
language plpgsql stable security definer
set search_path = ''
as $$
declare v_context text;
begin
  if tg_op = 'DELETE' then
    get diagnostics v_context = pg_context;

    -- Rows of a partition belong to the table that is partitioned.
    if private.removal_is_exempt(coalesce(pg_catalog.pg_partition_root(tg_relid), tg_relid)::pg_catalog.regclass::text,
      v_context) then
      return case when tg_level = 'ROW' then old end;
    end if;
  end if;

  perform private.refuse('append_only', tg_table_name);
  return null;
end;
$$;
comment on function private.refuse_change() is 'Trigger of append-only tables; lets only lawful removals pass.';
