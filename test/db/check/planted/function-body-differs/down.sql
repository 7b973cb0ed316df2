-- rollback-of: 20260201000000_planted
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create or replace function private.touch_updated_at()
returns trigger
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  new.updated_at := statement_timestamp();
  return new;
end;
$$;
