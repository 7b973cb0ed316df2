-- migration: import of employees
-- A file of people, checked row by row and written in one statement: a refused row says its line, code and cure, and
-- the others are imported. Matching is by e-mail, so importing the same file twice changes nothing. An empty cell
-- takes away what an employee can be without, and says nothing about status and asset, which nobody is without:
-- defaults are for new employees only.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes
-- depends: 20261125000000, 20261125000100, 20261125010000, 20261125010200, 20261125010300, 20261125010400,
--   20261125020000, 20261125020100, 20261125020200, 20261125020300, 20261125040000
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_import', 422,
    'The rows to import are not an array of 1 to 1000 objects.',
    'Send an array of objects, at most 1000 a call.'),
  ('first_name_missing', 422, 'The first name is empty.',
    'Every employee needs a first name of at most 100 characters.'),
  ('last_name_missing', 422, 'The last name is empty.', 'Every employee needs a last name of at most 100 characters.'),
  ('invalid_status', 422, '%s is not a status.', 'The statuses are active, inactive and pending.'),
  ('duplicate_email_in_import', 422, 'An earlier row has the same e-mail address.', 'Keep one row for each person.');

create function private.import_problem(candidate jsonb)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return case
    -- First of all: a key must not reach any later check, message or log.
    when exists (
      select from jsonb_each_text(import_problem.candidate) as field
      where private.holds_secret_key(field.value)
    ) then 'secret_key_refused'
    when coalesce(import_problem.candidate ->> 'first_name', '') = '' then 'first_name_missing'
    when coalesce(import_problem.candidate ->> 'last_name', '') = '' then 'last_name_missing'
    when length(import_problem.candidate ->> 'first_name') > 100
      or length(import_problem.candidate ->> 'last_name') > 100
      or length(import_problem.candidate ->> 'position') > 100
      or length(import_problem.candidate ->> 'department') > 100 then 'text_too_long'
    when not private.is_email(import_problem.candidate ->> 'email') then 'invalid_email'
    when import_problem.candidate ->> 'status' not in ('active', 'inactive', 'pending') then 'invalid_status'
    when import_problem.candidate ->> 'salary' is not null
      and private.amount_problem(import_problem.candidate ->> 'salary') is not null
      then private.amount_problem(import_problem.candidate ->> 'salary')
    -- An issuer without a code names no asset.
    when coalesce(import_problem.candidate ->> 'asset_code', import_problem.candidate ->> 'asset_issuer') is not null
      and private.asset_problem(import_problem.candidate ->> 'asset_code',
        coalesce(import_problem.candidate ->> 'asset_issuer', '')) is not null
      then private.asset_problem(import_problem.candidate ->> 'asset_code',
        coalesce(import_problem.candidate ->> 'asset_issuer', ''))
    when import_problem.candidate ->> 'wallet_address' is not null
      and not private.is_account_id(import_problem.candidate ->> 'wallet_address') then 'invalid_wallet_address'
  end;
end;
$$;
comment on function private.import_problem(jsonb) is
  'The error code of the first thing wrong with a normalised row, or null.';

create function private.import_problem_arguments(problem text, candidate jsonb)
returns text[]
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  return case import_problem_arguments.problem
    when 'secret_key_refused' then array['The row']
    when 'text_too_long' then array['A name, position or department', '100']
    when 'invalid_email' then array[private.quotable(candidate ->> 'email', 80)]
    when 'invalid_status' then array[private.quotable(candidate ->> 'status')]
    when 'invalid_asset_code' then array[private.quotable(candidate ->> 'asset_code')]
    when 'invalid_asset_issuer' then array[private.quotable(candidate ->> 'asset_code')]
    when 'invalid_wallet_address' then array[private.quotable(candidate ->> 'wallet_address', 80)]
    else array[private.quotable(candidate ->> 'salary')]
  end;
end;
$$;
comment on function private.import_problem_arguments(text, jsonb) is
  'What the message of the problem repeats of the row.';

create function private.normalise_import_row(given jsonb)
returns jsonb
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  return jsonb_build_object(
    'first_name', nullif(btrim(normalise_import_row.given ->> 'first_name'), ''),
    'last_name', nullif(btrim(normalise_import_row.given ->> 'last_name'), ''),
    'email', lower(nullif(btrim(normalise_import_row.given ->> 'email'), '')),
    'wallet_address', nullif(btrim(normalise_import_row.given ->> 'wallet_address'), ''),
    'salary', nullif(btrim(normalise_import_row.given ->> 'salary'), ''),
    'asset_code', nullif(btrim(normalise_import_row.given ->> 'asset_code'), ''),
    'asset_issuer', nullif(btrim(normalise_import_row.given ->> 'asset_issuer'), ''),
    'position', nullif(btrim(normalise_import_row.given ->> 'position'), ''),
    'department', nullif(btrim(normalise_import_row.given ->> 'department'), ''),
    'status', nullif(btrim(normalise_import_row.given ->> 'status'), ''));
end;
$$;
comment on function private.normalise_import_row(jsonb) is 'The row trimmed, with absent and empty values null.';

create function private.completed_import_row(given jsonb, candidate jsonb, employee public.employees)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return completed_import_row.candidate
    || jsonb_build_object('status', coalesce(completed_import_row.candidate ->> 'status',
      (completed_import_row.employee).status, 'active'))
    -- Code and issuer are one value: whoever names the code names the asset.
    || case
      when completed_import_row.candidate ->> 'asset_code' is not null
        then jsonb_build_object('asset_issuer', coalesce(completed_import_row.candidate ->> 'asset_issuer', ''))
      else jsonb_build_object(
        'asset_code', coalesce((completed_import_row.employee).asset_code, 'XLM'),
        'asset_issuer', coalesce((completed_import_row.employee).asset_issuer, ''))
    end
    -- A file without a column says nothing about it; an empty cell takes the value away.
    || coalesce((
      select jsonb_object_agg(field.key, field.value)
      from jsonb_each(jsonb_build_object(
        'wallet_address', private.wanted_wallet_address(completed_import_row.employee),
        'salary', (completed_import_row.employee).salary::text,
        'position', (completed_import_row.employee).position,
        'department', (completed_import_row.employee).department)) as field
      where not completed_import_row.given ? field.key
    ), '{}');
end;
$$;
comment on function private.completed_import_row(jsonb, jsonb, public.employees) is
  'The candidate with what the given row leaves open: the values of the employee with that e-mail, or the defaults of '
  'a new one.';

create function private.write_import(organization_id bigint, rows jsonb, dry_run boolean)
returns table (outcome text, employee_id bigint, code text)
language plpgsql volatile security definer
set search_path = ''
-- After a first large import the statistics lag behind, and the planner would read all employees for each row.
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  v_emails constant text[] := array(
    select lower(btrim(element.value ->> 'email')) from jsonb_array_elements(write_import.rows) as element);
begin
  -- Two imports of one organization wait for each other, so that each sees what the other wrote.
  perform from public.organizations as organization
  where organization.id = write_import.organization_id
  for no key update;

  -- What a row leaves open is filled in from the employee, who must not change in between. Employees are locked before
  -- anything of theirs.
  perform from public.employees as employee
  where employee.organization_id = write_import.organization_id
    and employee.email = any (v_emails)
    and employee.deleted_at is null
  order by employee.id
  for no key update;

  return query
  with given as (
    select
      element.ordinality as position,
      element.value as given,
      private.normalise_import_row(element.value) as candidate
    from jsonb_array_elements(write_import.rows) with ordinality as element
  ),
  checked as (
    select
      given.*,
      coalesce(
        private.import_problem(given.candidate),
        case when row_number() over (partition by given.candidate ->> 'email'
          order by given.position) > 1 then 'duplicate_email_in_import' end
      ) as problem
    from given
  ),
  found_again as (
    select
      checked.position, checked.problem,
      case when checked.problem is null
        then private.completed_import_row(checked.given, checked.candidate, employee.*::public.employees)
        else checked.candidate end as candidate,
      employee.*::public.employees as employee
    from checked
    left join public.employees as employee
      on employee.organization_id = write_import.organization_id
      and employee.email = checked.candidate ->> 'email'
      and employee.deleted_at is null
      and checked.problem is null
  ),
  matched as (
    select
      checked.position, checked.problem, checked.candidate,
      (checked.employee).id as existing_id,
      ((checked.employee).first_name, (checked.employee).last_name, private.wanted_wallet_address(checked.employee),
        (checked.employee).salary::numeric,
        (checked.employee).asset_code, (checked.employee).asset_issuer, (checked.employee).position,
        (checked.employee).department, (checked.employee).status)
      is distinct from
      (checked.candidate ->> 'first_name', checked.candidate ->> 'last_name', checked.candidate ->> 'wallet_address',
        case when checked.problem is null then (checked.candidate ->> 'salary')::numeric end,
        checked.candidate ->> 'asset_code',
        checked.candidate ->> 'asset_issuer', checked.candidate ->> 'position', checked.candidate ->> 'department',
        checked.candidate ->> 'status') as differs
    from found_again as checked
  ),
  updated as (
    update public.employees as employee
    set first_name = matched.candidate ->> 'first_name',
        last_name = matched.candidate ->> 'last_name',
        wallet_address = matched.candidate ->> 'wallet_address',
        salary = (matched.candidate ->> 'salary')::public.amount,
        asset_code = matched.candidate ->> 'asset_code',
        asset_issuer = matched.candidate ->> 'asset_issuer',
        position = matched.candidate ->> 'position',
        department = matched.candidate ->> 'department',
        status = matched.candidate ->> 'status'
    from matched
    where employee.id = matched.existing_id
      and matched.differs
      and not coalesce(write_import.dry_run, false)
    returning employee.id
  ),
  inserted as (
    insert into public.employees
      (organization_id, first_name, last_name, email, wallet_address, salary, asset_code, asset_issuer, position,
        department, status)
    select
      write_import.organization_id,
      matched.candidate ->> 'first_name',
      matched.candidate ->> 'last_name',
      matched.candidate ->> 'email',
      matched.candidate ->> 'wallet_address',
      (matched.candidate ->> 'salary')::public.amount,
      matched.candidate ->> 'asset_code',
      matched.candidate ->> 'asset_issuer',
      matched.candidate ->> 'position',
      matched.candidate ->> 'department',
      matched.candidate ->> 'status'
    from matched
    where matched.problem is null
      and matched.existing_id is null
      and not coalesce(write_import.dry_run, false)
    order by matched.position
    returning employees.id, employees.email
  )
  select
    case
      when matched.problem is not null then 'refused'
      when matched.existing_id is null then 'imported'
      when matched.differs then 'updated'
      else 'unchanged'
    end,
    coalesce(matched.existing_id, inserted.id),
    matched.problem
  from matched
  left join inserted on inserted.email = matched.candidate ->> 'email' and matched.existing_id is null
    and matched.problem is null
  order by matched.position;
end;
$$;
comment on function private.write_import(bigint, jsonb, boolean) is
  'What became of each row, in their order; a dry run only says what would.';

create function private.import_employees(rows jsonb, dry_run boolean, idempotency_key text)
returns table (line integer, outcome text, employee_id bigint, email text, code text, message text, hint text)
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_member public.users := private.require_member('manager');
  v_is_dry constant boolean := coalesce(import_employees.dry_run, false);
  v_results jsonb;
begin
  if jsonb_typeof(import_employees.rows) is distinct from 'array'
    or jsonb_array_length(import_employees.rows) not between 1 and 1000
    or exists (select from jsonb_array_elements(import_employees.rows) as element
      where jsonb_typeof(element) <> 'object') then
    perform private.refuse('invalid_import');
  end if;

  -- A late repeat must not write the file over what was changed since. A dry run writes nothing and uses up no key.
  if not v_is_dry then
    v_results := private.claim_idempotency_key('import_employees', import_employees.idempotency_key,
      jsonb_build_array(v_member.organization_id, import_employees.rows))::jsonb;
  end if;

  if v_results is null then
    select jsonb_agg(jsonb_build_array(written.outcome, written.employee_id, written.code)
      order by written.ordinality) into v_results
    from private.write_import(v_member.organization_id, import_employees.rows, v_is_dry) with ordinality as written;

    -- Only outcomes, ids and codes are remembered: everything else stands in the rows, which are the same.
    if not v_is_dry then
      perform private.keep_idempotent_result('import_employees', import_employees.idempotency_key, v_results::text);
    end if;
  end if;

  return query
    select
      case when element.value ->> 'line' ~ '^[0-9]{1,9}$' then (element.value ->> 'line')::integer
        else element.ordinality::integer end,
      result.value ->> 0,
      (result.value ->> 1)::bigint,
      case when error.code is null or (error.code <> 'secret_key_refused'
        and private.is_quotable(normalised.candidate ->> 'email'))
        then normalised.candidate ->> 'email' end,
      error.code,
      format(error.message, variadic private.import_problem_arguments(error.code, normalised.candidate)),
      error.hint
    from jsonb_array_elements(import_employees.rows) with ordinality as element
    join jsonb_array_elements(v_results) with ordinality as result on result.ordinality = element.ordinality
    cross join lateral (select private.normalise_import_row(element.value) as candidate) as normalised
    left join private.error_codes as error on error.code = result.value ->> 2
    order by element.ordinality;
end;
$$;
grant execute on function private.import_employees(jsonb, boolean, text) to authenticated;

create function public.import_employees(rows jsonb, dry_run boolean default false, idempotency_key text default null)
returns table (line integer, outcome text, employee_id bigint, email text, code text, message text, hint text)
language sql volatile security invoker
set search_path = ''
-- PostgREST gives the whole request this time: one slow call must not hold a connection for long.
set statement_timeout = '5s'
as $$ select * from private.import_employees(rows, dry_run, idempotency_key); $$;
comment on function public.import_employees(jsonb, boolean, text) is
  'Imports up to 1000 employees; answers one row for each: imported, updated, unchanged or refused with code, message '
  'and hint.';
revoke all on function public.import_employees(jsonb, boolean, text) from public, anon, authenticated, service_role;
grant execute on function public.import_employees(jsonb, boolean, text) to authenticated;
