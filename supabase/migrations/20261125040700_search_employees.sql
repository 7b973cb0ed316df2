-- migration: search of employees
-- Full-text search under row level security cannot use the index, because @@ is not leakproof (50 times slower in a
-- large tenant). So the search runs as definer with the organization as an explicit condition, and always gets a plan
-- of its own, since a rare and a common word need different ones. Words match by prefix; a transaction is also found
-- by the beginning of its hash. The doors are in PL/pgSQL, because a function in SQL with a search path is planned
-- anew in every request, which costs as much as the search of a small company.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes | depends: 20261125000000, 20261125000100, 20261125010000, 20261125020200, 20261125040000
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('search_too_short', 422, 'The search has no word.', 'Type at least one letter or digit.');

create function private.search_query(words text)
returns tsquery
language plpgsql immutable security invoker
set search_path = ''
as $$
-- Everything that is no letter or digit separates words, so a search cannot contain query operators.
declare v_words text := btrim(regexp_replace(private.folded_text(left(search_query.words, 200)),
  '[^[:alnum:]]+', ' ', 'g'));
begin
  if v_words = '' then
    return null;
  end if;

  return to_tsquery('pg_catalog.simple', '''' || replace(v_words, ' ', ''':* & ''') || ''':*');
end;
$$;
comment on function private.search_query(text) is
  'All words without accents, each as a prefix; null when there is none.';

create function private.search_employees(words text, max_rows integer)
returns setof public.employees
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
  v_organization_id bigint := private.organization_id();
  v_query tsquery := private.search_query(search_employees.words);
  v_limit integer := least(greatest(coalesce(search_employees.max_rows, 20), 1), 200);
begin
  if v_organization_id is null then
    perform private.require_member('viewer');
  end if;

  if v_query is null then
    perform private.refuse('search_too_short');
  end if;

  return query
    select employee.*
    from public.employees as employee
    where employee.organization_id = v_organization_id
      and employee.search_vector @@ v_query
      and employee.deleted_at is null
    order by employee.created_at desc, employee.id desc
    limit v_limit;
end;
$$;
grant execute on function private.search_employees(text, integer) to authenticated;

create function public.search_employees(words text, max_rows integer default 20)
returns setof public.employees
language plpgsql stable security invoker
set search_path = ''
as $$
begin
  return query select * from private.search_employees(search_employees.words, search_employees.max_rows);
end;
$$;
comment on function public.search_employees(text, integer) is
  'The newest employees whose name, e-mail, position or department has all words (prefixes).';
revoke all on function public.search_employees(text, integer) from public, anon, authenticated, service_role;
grant execute on function public.search_employees(text, integer) to authenticated;
