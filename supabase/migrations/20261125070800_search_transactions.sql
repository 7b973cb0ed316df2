-- migration: search of transactions
-- A transaction is found by the beginning of its hash or by words of its memo.
-- author: PayD | date: 2026-11-25
-- tables: none | depends: 20261125000000, 20261125000100, 20261125020200, 20261125040700, 20261125060100
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.search_transactions(words text, max_rows integer)
returns setof public.transactions
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
  v_organization_id bigint := private.organization_id();
  v_query tsquery := private.search_query(search_transactions.words);
  v_limit integer := least(greatest(coalesce(search_transactions.max_rows, 20), 1), 200);
begin
  if v_organization_id is null then
    perform private.require_member('viewer');
  end if;

  if v_query is null then
    perform private.refuse('search_too_short');
  end if;

  return query
    select transaction.*
    from public.transactions as transaction
    where transaction.organization_id = v_organization_id
      and transaction.search_vector @@ v_query
    order by transaction.created_at desc, transaction.id desc
    limit v_limit;
end;
$$;
grant execute on function private.search_transactions(text, integer) to authenticated;

create function public.search_transactions(words text, max_rows integer default 20)
returns setof public.transactions
language plpgsql stable security invoker
set search_path = ''
as $$
begin
  return query select * from private.search_transactions(search_transactions.words, search_transactions.max_rows);
end;
$$;
comment on function public.search_transactions(text, integer) is
  'The newest transactions whose hash, account, asset or memo has all words (prefixes).';
revoke all on function public.search_transactions(text, integer) from public, anon, authenticated, service_role;
grant execute on function public.search_transactions(text, integer) to authenticated;
