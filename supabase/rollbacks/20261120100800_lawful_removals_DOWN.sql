-- rollback-of: 20261120100800_lawful_removals
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create or replace function private.refuse_change()
returns trigger
language plpgsql stable security definer
set search_path = ''
as $$
begin
  perform private.refuse('append_only', tg_table_name);
  return null;
end;
$$;
comment on function private.refuse_change() is 'Statement trigger of append-only tables.';

drop function private.removal_is_lawful(text, text);
drop table private.lawful_removals;
