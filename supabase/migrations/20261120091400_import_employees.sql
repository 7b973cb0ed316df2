-- migration: import of employees
-- A file of people, checked row by row and written in one statement: a refused row says its line, code and cure, and the others are
-- imported. Matching is by e-mail, so importing the same file twice changes nothing.
-- author: PayD | date: 2026-11-20
-- tables: private.error_codes
-- depends: 20261120090000, 20261120090100, 20261120090200, 20261120090500, 20261120090600, 20261120091100, 20261120091200
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_import', 422, 'The rows to import are not an array of 1 to 1000 objects.', 'Send an array of objects, at most 1000 a call.'),
  ('first_name_missing', 422, 'The first name is empty.', 'Every employee needs a first name of at most 100 characters.'),
  ('last_name_missing', 422, 'The last name is empty.', 'Every employee needs a last name of at most 100 characters.'),
  ('invalid_status', 422, '%s is not a status.', 'The statuses are active, inactive and pending.'),
  ('duplicate_email_in_import', 422, 'An earlier row has the same e-mail address.', 'Keep one row for each person.');

create function private.import_problem(candidate jsonb)
returns text
language sql stable security definer
set search_path = ''
as $$
  select case
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
    when import_problem.candidate ->> 'salary' is not null and private.amount_problem(import_problem.candidate ->> 'salary') is not null
      then private.amount_problem(import_problem.candidate ->> 'salary')
    when private.asset_problem(import_problem.candidate ->> 'asset_code', import_problem.candidate ->> 'asset_issuer') is not null
      then private.asset_problem(import_problem.candidate ->> 'asset_code', import_problem.candidate ->> 'asset_issuer')
    when import_problem.candidate ->> 'wallet_address' is not null
      and not private.is_account_id(import_problem.candidate ->> 'wallet_address') then 'invalid_wallet_address'
  end;
$$;
comment on function private.import_problem(jsonb) is 'The error code of the first thing wrong with a normalised row, or null.';

create function private.import_problem_arguments(problem text, candidate jsonb)
returns text[]
language sql immutable security invoker
set search_path = ''
as $$
  -- The message repeats the offending value, except where that could be a key.
  select case import_problem_arguments.problem
    when 'secret_key_refused' then array['The row']
    when 'text_too_long' then array['A name, position or department', '100']
    when 'invalid_email' then array[coalesce(left(candidate ->> 'email', 80), 'Nothing')]
    when 'invalid_status' then array[coalesce(left(candidate ->> 'status', 40), 'Nothing')]
    when 'invalid_asset_code' then array[coalesce(left(candidate ->> 'asset_code', 40), 'Nothing')]
    when 'invalid_asset_issuer' then array[coalesce(left(candidate ->> 'asset_code', 40), 'Nothing')]
    -- A mistyped secret key is still most of a secret key.
    when 'invalid_wallet_address' then array[case
      when candidate ->> 'wallet_address' ~* 'S[A-Z2-7]{24}' then 'The given text'
      else coalesce(left(candidate ->> 'wallet_address', 80), 'Nothing')
    end]
    else array[coalesce(left(candidate ->> 'salary', 40), 'Nothing')]
  end;
$$;

create function private.normalise_import_row(given jsonb)
returns jsonb
language sql immutable security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'first_name', nullif(btrim(normalise_import_row.given ->> 'first_name'), ''),
    'last_name', nullif(btrim(normalise_import_row.given ->> 'last_name'), ''),
    'email', lower(nullif(btrim(normalise_import_row.given ->> 'email'), '')),
    'wallet_address', nullif(btrim(normalise_import_row.given ->> 'wallet_address'), ''),
    'salary', nullif(btrim(normalise_import_row.given ->> 'salary'), ''),
    'asset_code', coalesce(nullif(btrim(normalise_import_row.given ->> 'asset_code'), ''), 'XLM'),
    'asset_issuer', coalesce(btrim(normalise_import_row.given ->> 'asset_issuer'), ''),
    'position', nullif(btrim(normalise_import_row.given ->> 'position'), ''),
    'department', nullif(btrim(normalise_import_row.given ->> 'department'), ''),
    'status', coalesce(nullif(btrim(normalise_import_row.given ->> 'status'), ''), 'active'));
$$;
comment on function private.normalise_import_row(jsonb) is 'The row trimmed, with absent values null and defaults filled in.';

create function private.wanted_wallet_address(employee public.employees)
returns text
language sql stable security definer
set search_path = ''
as $$ select (employee).wallet_address; $$;
comment on function private.wanted_wallet_address(public.employees) is 'The address that was last asked for, whether or not it is in effect.';

create function private.with_unmentioned_fields(given jsonb, candidate jsonb, employee public.employees)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  -- A file without a column says nothing about it; only an empty cell takes a value away.
  select with_unmentioned_fields.candidate || coalesce((
    select jsonb_object_agg(field.key, field.value)
    from jsonb_each(jsonb_build_object(
      'wallet_address', private.wanted_wallet_address(with_unmentioned_fields.employee),
      'salary', (with_unmentioned_fields.employee).salary::text,
      'position', (with_unmentioned_fields.employee).position,
      'department', (with_unmentioned_fields.employee).department,
      'status', (with_unmentioned_fields.employee).status)
      || case when with_unmentioned_fields.given ? 'asset_code' then '{}'::jsonb else jsonb_build_object(
        'asset_code', (with_unmentioned_fields.employee).asset_code,
        'asset_issuer', (with_unmentioned_fields.employee).asset_issuer) end) as field
    where not with_unmentioned_fields.given ? field.key
  ), '{}');
$$;
comment on function private.with_unmentioned_fields(jsonb, jsonb, public.employees) is 'The candidate, with the employee''s own values where the given row has no such field.';

create function private.import_employees(rows jsonb, dry_run boolean)
returns table (line integer, outcome text, employee_id bigint, email text, code text, message text, hint text)
language plpgsql volatile security definer
set search_path = ''
-- After a first large import the statistics lag behind, and the planner would read all employees for each row.
set enable_seqscan = off
as $$
#variable_conflict use_column
declare v_member public.users := private.require_member('manager');
begin
  if jsonb_typeof(import_employees.rows) is distinct from 'array'
    or jsonb_array_length(import_employees.rows) not between 1 and 1000
    or exists (select from jsonb_array_elements(import_employees.rows) as element where jsonb_typeof(element) <> 'object') then
    perform private.refuse('invalid_import');
  end if;

  -- Two imports of one organization wait for each other, so that each sees what the other wrote.
  perform from public.organizations as organization
  where organization.id = v_member.organization_id
  for no key update;

  return query
  with given as (
    select
      element.ordinality as position,
      case when element.value ->> 'line' ~ '^[0-9]{1,9}$' then (element.value ->> 'line')::integer else element.ordinality::integer end as line,
      element.value as given,
      private.normalise_import_row(element.value) as candidate
    from jsonb_array_elements(import_employees.rows) with ordinality as element
  ),
  checked as (
    select
      given.*,
      coalesce(
        private.import_problem(given.candidate),
        case when row_number() over (partition by given.candidate ->> 'email' order by given.position) > 1 then 'duplicate_email_in_import' end
      ) as problem
    from given
  ),
  found_again as (
    select
      checked.position, checked.line, checked.problem,
      case when employee.id is null then checked.candidate
        else private.with_unmentioned_fields(checked.given, checked.candidate, employee.*::public.employees) end as candidate,
      employee.*::public.employees as employee
    from checked
    left join public.employees as employee
      on employee.organization_id = v_member.organization_id
      and employee.email = checked.candidate ->> 'email'
      and employee.deleted_at is null
      and checked.problem is null
  ),
  matched as (
    select
      checked.position, checked.line, checked.problem, checked.candidate,
      (checked.employee).id as existing_id,
      ((checked.employee).first_name, (checked.employee).last_name, private.wanted_wallet_address(checked.employee), (checked.employee).salary::numeric,
        (checked.employee).asset_code, (checked.employee).asset_issuer, (checked.employee).position, (checked.employee).department, (checked.employee).status)
      is distinct from
      (checked.candidate ->> 'first_name', checked.candidate ->> 'last_name', checked.candidate ->> 'wallet_address',
        case when checked.problem is null then (checked.candidate ->> 'salary')::numeric end, checked.candidate ->> 'asset_code',
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
      and not coalesce(import_employees.dry_run, false)
    returning employee.id
  ),
  inserted as (
    insert into public.employees
      (organization_id, first_name, last_name, email, wallet_address, salary, asset_code, asset_issuer, position, department, status)
    select
      v_member.organization_id,
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
      and not coalesce(import_employees.dry_run, false)
    order by matched.position
    returning employees.id, employees.email
  )
  select
    matched.line,
    case
      when matched.problem is not null then 'refused'
      when matched.existing_id is null then 'imported'
      when matched.differs then 'updated'
      else 'unchanged'
    end,
    coalesce(matched.existing_id, inserted.id),
    case when matched.problem is distinct from 'secret_key_refused' then matched.candidate ->> 'email' end,
    error.code,
    format(error.message, variadic private.import_problem_arguments(error.code, matched.candidate)),
    error.hint
  from matched
  left join inserted on inserted.email = matched.candidate ->> 'email' and matched.existing_id is null and matched.problem is null
  left join private.error_codes as error on error.code = matched.problem
  order by matched.position;
end;
$$;
grant execute on function private.import_employees(jsonb, boolean) to authenticated;

create function public.import_employees(rows jsonb, dry_run boolean default false)
returns table (line integer, outcome text, employee_id bigint, email text, code text, message text, hint text)
language sql volatile security invoker
set search_path = ''
as $$ select * from private.import_employees(rows, dry_run); $$;
comment on function public.import_employees(jsonb, boolean) is 'Imports up to 1000 employees; answers one row for each: imported, updated, unchanged or refused with code, message and hint.';
revoke all on function public.import_employees(jsonb, boolean) from public, anon, authenticated, service_role;
grant execute on function public.import_employees(jsonb, boolean) to authenticated;
