-- migration: planted
-- One mistake, planted on purpose.
-- author: PayD | date: 2026-02-01
-- tables: public.notes | depends: 20260101000000
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create or replace function private.touch_updated_at()
returns trigger
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  new.updated_at := transaction_timestamp();
  return new;
end;
$$;
