-- migration: import of employees
-- A file of people, checked row by row and written in one statement: a refused row says its line, code and cure, and
-- the others are imported. Matching is by e-mail, so importing the same file twice changes nothing. An empty cell
-- takes away what an employee can be without, and says nothing about status and asset, which every employee has:
-- defaults are for new employees only. The answer names every value that changes or disappears, in a dry run before it
-- happens, and addresses that two people would share. Nothing is guessed about money.
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
  ('unknown_field', 422,
    '%s is not a field of an employee that can be set here.',
    'Use first_name, last_name, email, status, position, department, salary, asset_code, asset_issuer, '
    'wallet_address, memo_type and memo.'),
  ('memo_type_missing', 422,
    'The memo %s could be a text or a number, and these are two different memos.',
    'Say memo_type text or id, as the receiver of the payment asks for it.'),
  ('ambiguous_amount', 422,
    '%s could be thousands or a number with three decimals.',
    'Write thousands without a sign (60000), and decimals with another number of digits (60 or 60.00).'),
  ('duplicate_email_in_import', 422, 'An earlier row has the same e-mail address.', 'Keep one row for each person.');

create type private.employee_fields as (
  first_name text,
  last_name text,
  email text,
  wallet_address text,
  memo_type text,
  memo text,
  salary text,
  asset_code text,
  asset_issuer text,
  "position" text,
  department text,
  status text
);
comment on type private.employee_fields is 'What people can set of an employee, as the texts that they typed.';

create function private.tidy_value(value text)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  -- What is this long is refused, and needs no look before.
  if octet_length(tidy_value.value) > 2048 then
    return tidy_value.value;
  end if;

  return nullif(private.tidy_text(tidy_value.value), '');
end;
$$;
comment on function private.tidy_value(text) is 'A value in NFC and trimmed; null when it is empty.';

create function private.tidy_name_value(value text)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  -- What is this long is refused, and needs no look before.
  if octet_length(tidy_name_value.value) > 2048 then
    return tidy_name_value.value;
  end if;

  return nullif(private.tidy_name(tidy_name_value.value), '');
end;
$$;
comment on function private.tidy_name_value(text) is
  'A name as it is kept, in NFC, trimmed and without what nobody sees; null when it is empty.';

create function private.tidy_employee_fields(given jsonb)
returns private.employee_fields
language plpgsql immutable security invoker
set search_path = ''
as $$
declare v_fields private.employee_fields;
begin
  v_fields.first_name := private.tidy_name_value(tidy_employee_fields.given ->> 'first_name');
  v_fields.last_name := private.tidy_name_value(tidy_employee_fields.given ->> 'last_name');
  v_fields.email := lower(private.tidy_value(tidy_employee_fields.given ->> 'email'));

  -- Most fields are absent most of the time.
  if tidy_employee_fields.given - array['first_name', 'last_name', 'email', 'line'] <> '{}' then
    v_fields.wallet_address := private.tidy_value(tidy_employee_fields.given ->> 'wallet_address');
    v_fields.memo := private.tidy_value(tidy_employee_fields.given ->> 'memo');
    -- Digits could be either kind of memo, also as a spreadsheet shows them (12345.0, 1.2E+17), and a payment with the
    -- other one does not reach its receiver.
    v_fields.memo_type := case when v_fields.memo is not null
      then coalesce(lower(private.tidy_value(tidy_employee_fields.given ->> 'memo_type')),
        case when v_fields.memo !~ '^[0-9][0-9.,''\s]*([eE][-+]?[0-9]+)?$' then 'text' end) end;
    v_fields.salary := private.tidy_value(tidy_employee_fields.given ->> 'salary');
    v_fields.asset_code := private.tidy_value(tidy_employee_fields.given ->> 'asset_code');
    v_fields.asset_issuer := private.tidy_value(tidy_employee_fields.given ->> 'asset_issuer');
    v_fields.position := private.tidy_value(tidy_employee_fields.given ->> 'position');
    v_fields.department := private.tidy_value(tidy_employee_fields.given ->> 'department');
    v_fields.status := lower(private.tidy_value(tidy_employee_fields.given ->> 'status'));
  end if;

  return v_fields;
end;
$$;
comment on function private.tidy_employee_fields(jsonb) is
  'The fields in NFC and trimmed, with absent and empty values null. A memo without a type is a text unless it could '
  'be a number.';

create function private.unknown_employee_field(given jsonb)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  return (
    select field.key
    from jsonb_object_keys(unknown_employee_field.given - array['first_name', 'last_name', 'email', 'wallet_address',
      'memo_type', 'memo', 'salary', 'asset_code', 'asset_issuer', 'position', 'department', 'status']) as field (key)
    limit 1);
end;
$$;
comment on function private.unknown_employee_field(jsonb) is 'A field that no employee has, or null.';

create function private.name_problem(name text, missing text)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  return case
    when name_problem.name is null or private.without_blanks(name_problem.name) = '' then name_problem.missing
    when private.holds_control_character(name_problem.name) or name_problem.name ~ '[\n\r\t]'
      then 'control_character_refused'
  end;
end;
$$;
comment on function private.name_problem(text, text) is
  'The error code that says why the text is no name, or null: a name can be seen and holds no control character.';

create function private.employee_fields_problem(fields private.employee_fields)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  return case
    when length(fields.first_name) > 100 or length(fields.last_name) > 100 or length(fields.position) > 100
      or length(fields.department) > 100 then 'text_too_long'
    -- Letters, blanks and dots of ASCII make up most names.
    when fields.first_name !~ '^[A-Za-z][A-Za-z .''-]*$' and private.name_problem(fields.first_name, '') is not null
      or fields.first_name is null then private.name_problem(fields.first_name, 'first_name_missing')
    when fields.last_name !~ '^[A-Za-z][A-Za-z .''-]*$' and private.name_problem(fields.last_name, '') is not null
      or fields.last_name is null then private.name_problem(fields.last_name, 'last_name_missing')
    when not private.is_email(fields.email) then 'invalid_email'
    when fields.status not in ('active', 'inactive', 'pending') then 'invalid_status'
    when fields.salary is not null and private.amount_problem(fields.salary) is not null
      then private.amount_problem(fields.salary)
    -- An issuer without a code names no asset.
    when coalesce(fields.asset_code, fields.asset_issuer) is not null
      and private.asset_problem(fields.asset_code, coalesce(fields.asset_issuer, '')) is not null
      then private.asset_problem(fields.asset_code, coalesce(fields.asset_issuer, ''))
    when fields.wallet_address is not null and private.wallet_address_problem(fields.wallet_address) is not null
      then private.wallet_address_problem(fields.wallet_address)
    when fields.memo is not null and fields.memo_type is null then 'memo_type_missing'
    when fields.memo is not null then coalesce(private.memo_problem(fields.memo_type, fields.memo),
      case when private.holds_control_character(fields.memo) then 'control_character_refused' end,
      private.name_problem(coalesce(fields.position || fields.department, fields.position, fields.department, 'none'),
        null))
    when fields.position is not null or fields.department is not null then
      private.name_problem(coalesce(fields.position || fields.department, fields.position, fields.department), null)
  end;
end;
$$;
comment on function private.employee_fields_problem(private.employee_fields) is
  'The error code of the first thing wrong with the fields, or null.';

create function private.employee_fields_arguments(problem text, fields private.employee_fields, unknown text)
returns text[]
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  return case employee_fields_arguments.problem
    when 'secret_key_refused' then array['The row']
    when 'unknown_field' then array[private.quotable(employee_fields_arguments.unknown)]
    when 'text_too_long' then array['A name, position or department', '100']
    when 'control_character_refused' then array['A name, position, department or memo']
    when 'invalid_email' then array[private.quotable(fields.email, 80)]
    when 'invalid_status' then array[private.quotable(fields.status)]
    when 'invalid_asset_code' then array[private.quotable(fields.asset_code)]
    when 'invalid_asset_issuer' then array[private.quotable(fields.asset_code)]
    when 'invalid_wallet_address' then array[private.quotable(fields.wallet_address, 80)]
    when 'muxed_address_refused' then array[private.quotable(fields.wallet_address, 80)]
    when 'invalid_memo' then array[private.quotable(fields.memo)]
    when 'memo_type_missing' then array[private.quotable(fields.memo)]
    else array[private.quotable(fields.salary)]
  end;
end;
$$;
comment on function private.employee_fields_arguments(text, private.employee_fields, text) is
  'What the message of the problem repeats of the fields.';

-- UTF-8 that was read as Windows-1252: the import still happens, but a person should look at the name first.
create function private.looks_decoded_twice(value text)
returns boolean
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  return octet_length(looks_decoded_twice.value) <> length(looks_decoded_twice.value)
    and looks_decoded_twice.value ~
      '[ÃÂÄÅ][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u2013-\u203a\u20ac]|â€'
      '|([ÎÏÐÑ×ØÙ][\u0080-\u00bf\u02c6\u02dc\u2013-\u203a\u20ac\u2122]){2}'
      '|[ã-é][\u0080-\u00bf\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{2}';
end;
$$;
comment on function private.looks_decoded_twice(text) is 'Whether the text looks like JosÃ© where José was meant.';

create function private.write_import(organization_id bigint, rows jsonb, dry_run boolean)
returns table (outcome text, employee_id bigint, code text, changes jsonb, warnings jsonb)
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_is_dry constant boolean := coalesce(write_import.dry_run, false);
  -- One look at the file; only a file that holds a key is searched row by row.
  v_holds_key constant boolean := private.json_holds_secret_key(write_import.rows);
  v_emails constant text[] := array(
    select lower(private.tidy_value(element.value ->> 'email'))
    from jsonb_array_elements(write_import.rows) as element);
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

  perform private.require_room_for_employees(write_import.organization_id,
    cardinality(v_emails) - (select count(*) from public.employees as employee
      where employee.organization_id = write_import.organization_id
        and employee.email = any (v_emails)
        and employee.deleted_at is null));

  return query
  with given as materialized (
    select
      element.ordinality as place, element.value as document,
      case when pg_column_size(element.value) <= 16384 then private.tidy_employee_fields(element.value) end as fields
    from jsonb_array_elements(write_import.rows) with ordinality as element
  ),
  checked as materialized (
    select
      given.place, given.document, (given.fields).*,
      coalesce(
        -- First of all: a key must not reach any later check, message or log.
        case when v_holds_key and private.json_holds_secret_key(given.document - 'line') then 'secret_key_refused' end,
        case when given.document - array['line', 'first_name', 'last_name', 'email', 'wallet_address', 'memo_type',
          'memo', 'salary', 'asset_code', 'asset_issuer', 'position', 'department', 'status'] <> '{}'
          then 'unknown_field' end,
        case when pg_column_size(given.document) > 16384 then 'text_too_long' end,
        private.employee_fields_problem(given.fields),
        case when (given.fields).salary ~ '^[1-9][0-9]{0,2}\.[0-9]{3}$' then 'ambiguous_amount' end,
        case when row_number() over (partition by (given.fields).email order by given.place) > 1
          then 'duplicate_email_in_import' end
      ) as problem
    from given
  ),
  matched as materialized (
    select
      checked.*, employee.id as existing_id, wanted.*,
      employee.first_name as old_first_name, employee.last_name as old_last_name,
      employee.salary::numeric as old_salary,
      employee.asset_code as old_asset_code, employee.asset_issuer as old_asset_issuer,
      employee.position as old_position, employee.department as old_department, employee.status as old_status
    from checked
    -- The offset keeps one look-up in the index for each row: after a first import the statistics know no row.
    left join lateral (
      select employee.*
      from public.employees as employee
      where employee.organization_id = write_import.organization_id
        and employee.email = checked.email
        and employee.deleted_at is null
        and checked.problem is null
      offset 0
    ) as employee on true
    left join lateral private.wanted_destination(employee.id, employee.wallet_address, employee.memo_type,
      employee.memo) as wanted (old_wallet_address, old_memo_type, old_memo) on employee.id is not null
  ),
  -- A file without a column says nothing about it; an empty cell takes the value away. Code and issuer are one value,
  -- and so are an address and its memo.
  completed as materialized (
    select
      matched.place, matched.problem, matched.existing_id, matched.email,
      matched.first_name, matched.last_name,
      case when document ? 'wallet_address' then wallet_address else old_wallet_address end as wallet_address,
      case when document ? 'memo' then memo_type
        when document ? 'wallet_address' and wallet_address is distinct from old_wallet_address then null
        else old_memo_type end as memo_type,
      case when document ? 'memo' then memo
        when document ? 'wallet_address' and wallet_address is distinct from old_wallet_address then null
        else old_memo end as memo,
      case when problem is not null then null
        when document ? 'salary' then salary::numeric else old_salary end as salary,
      coalesce(asset_code, old_asset_code, 'XLM') as asset_code,
      case when asset_code is not null then coalesce(asset_issuer, '') else coalesce(old_asset_issuer, '') end
        as asset_issuer,
      case when document ? 'position' then matched.position else old_position end as "position",
      case when document ? 'department' then department else old_department end as department,
      coalesce(status, old_status, 'active') as status,
      old_first_name, old_last_name, old_wallet_address, old_memo_type, old_memo, old_salary, old_asset_code,
      old_asset_issuer, old_position, old_department, old_status
    from matched
  ),
  compared as materialized (
    select
      completed.*,
      case when existing_id is not null then (
        select jsonb_object_agg(field.name, jsonb_build_object('from', field.earlier, 'to', field.later))
        from (values
          ('first_name', old_first_name, completed.first_name), ('last_name', old_last_name, completed.last_name),
          ('wallet_address', old_wallet_address, completed.wallet_address),
          ('memo_type', old_memo_type, completed.memo_type), ('memo', old_memo, completed.memo),
          ('salary', trim_scale(old_salary)::text, trim_scale(completed.salary)::text),
          ('asset_code', old_asset_code, completed.asset_code),
          ('asset_issuer', old_asset_issuer, completed.asset_issuer),
          ('position', old_position, completed.position), ('department', old_department, completed.department),
          ('status', old_status, completed.status)
        ) as field (name, earlier, later)
        where field.earlier is distinct from field.later
      ) end as changes,
      case when problem is null and completed.wallet_address is not null then count(*) filter (where problem is null)
        over (partition by completed.wallet_address, completed.memo_type, completed.memo) > 1 end as is_shared_in_file
    from completed
  ),
  -- The counting above has sorted the rows by address; people are numbered as they stand in the file.
  marked as materialized (
    select
      compared.*,
      case when problem is null and existing_id is null and not v_is_dry
        then nextval('public.employees_id_seq') end as new_id
    from (select * from compared order by compared.place) as compared
  ),
  updated as (
    update public.employees as employee
    set first_name = marked.first_name,
        last_name = marked.last_name,
        wallet_address = marked.wallet_address,
        memo_type = marked.memo_type,
        memo = marked.memo,
        salary = marked.salary,
        asset_code = marked.asset_code,
        asset_issuer = marked.asset_issuer,
        position = marked.position,
        department = marked.department,
        status = marked.status
    from marked
    where employee.id = marked.existing_id
      and marked.changes is not null
      and not v_is_dry
  ),
  inserted as (
    insert into public.employees
      (id, organization_id, first_name, last_name, email, wallet_address, memo_type, memo, salary, asset_code,
        asset_issuer, position, department, status)
    overriding system value
    select
      marked.new_id, write_import.organization_id, marked.first_name, marked.last_name, marked.email,
      marked.wallet_address, marked.memo_type, marked.memo, marked.salary, marked.asset_code, marked.asset_issuer,
      marked.position, marked.department, marked.status
    from marked
    where marked.new_id is not null
    order by marked.place
  )
  select
    case
      when marked.problem is not null then 'refused'
      when marked.existing_id is null then 'imported'
      when marked.changes is not null then 'updated'
      else 'unchanged'
    end,
    coalesce(marked.existing_id, marked.new_id),
    marked.problem,
    marked.changes,
    case when marked.problem is null then nullif(
      case when marked.old_wallet_address is not null and marked.wallet_address is null
        then '[{"code": "wallet_removed"}]'::jsonb else '[]' end
      || case when marked.wallet_address is not null then coalesce((
        select jsonb_build_array(jsonb_build_object('code', 'wallet_shared', 'employee_ids', sharing.ids,
          'in_file', coalesce(marked.is_shared_in_file, false)))
        from (
          select coalesce(jsonb_agg(colleague.id order by colleague.id), '[]') as ids
          from (
            select colleague.id
            from public.employees as colleague
            where colleague.organization_id = write_import.organization_id
              and colleague.wallet_address = marked.wallet_address
              and (colleague.memo_type, colleague.memo) is not distinct from (marked.memo_type, marked.memo)
              and colleague.deleted_at is null
              and colleague.id is distinct from marked.existing_id
            order by colleague.id
            limit 10
          ) as colleague
        ) as sharing
        where sharing.ids <> '[]' or marked.is_shared_in_file
      ), '[]') else '[]' end
      || case when private.looks_decoded_twice(marked.first_name || marked.last_name)
        then '[{"code": "looks_decoded_twice"}]'::jsonb else '[]' end,
      '[]') end
  from marked
  order by marked.place;
end;
$$;
comment on function private.write_import(bigint, jsonb, boolean) is
  'What became of each row, in their order, with every value that changed and what a person should look at; a dry run '
  'only says what would.';

create function private.import_employees(rows jsonb, dry_run boolean, idempotency_key text)
returns table (
  line integer, outcome text, employee_id bigint, email text, code text, message text, hint text, changes jsonb,
  warnings jsonb
)
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_member public.users := private.require_member('manager');
  v_is_dry constant boolean := coalesce(import_employees.dry_run, false);
  v_results jsonb;
begin
  perform private.require_size('The import', import_employees.rows, 4096);

  if jsonb_typeof(import_employees.rows) is distinct from 'array'
    or jsonb_array_length(import_employees.rows) not between 1 and 1000
    or exists (select from jsonb_array_elements(import_employees.rows) as element
      where jsonb_typeof(element) <> 'object') then
    perform private.refuse('invalid_import');
  end if;

  -- A late repeat must not write the file over what was changed since. A dry run writes nothing and uses up no key.
  if not v_is_dry and import_employees.idempotency_key is not null then
    v_results := private.claim_idempotency_key('import_employees', import_employees.idempotency_key,
      jsonb_build_array(v_member.organization_id, import_employees.rows))::jsonb;
  end if;

  if v_results is null then
    select jsonb_agg(jsonb_build_array(written.outcome, written.employee_id, written.code, written.changes,
        written.warnings)
      order by written.ordinality) into v_results
    from private.write_import(v_member.organization_id, import_employees.rows, v_is_dry) with ordinality as written;

    -- Outcomes, ids, codes and warnings are remembered: what changed is personal, and the rest stands in the rows.
    if not v_is_dry and import_employees.idempotency_key is not null then
      perform private.keep_idempotent_result('import_employees', import_employees.idempotency_key,
        (select jsonb_agg(jsonb_set(result.value, '{3}', 'null') order by result.ordinality)
          from jsonb_array_elements(v_results) with ordinality as result)::text);
    end if;
  end if;

  return query
    select
      case when octet_length(element.value ->> 'line') < 10 and element.value ->> 'line' ~ '^[0-9]+$'
        then (element.value ->> 'line')::integer else element.ordinality::integer end,
      result.value ->> 0,
      (result.value ->> 1)::bigint,
      case when error.code is null or (error.code <> 'secret_key_refused' and private.is_quotable(typed.email))
        then typed.email end,
      error.code,
      case when error.code is not null then format(error.message, variadic private.employee_fields_arguments(error.code,
        private.tidy_employee_fields(element.value), private.unknown_employee_field(element.value - 'line'))) end,
      case when error.code is not null then error.hint end,
      nullif(result.value -> 3, 'null'),
      coalesce(nullif(result.value -> 4, 'null'), '[]')
    from jsonb_array_elements(import_employees.rows) with ordinality as element
    join jsonb_array_elements(v_results) with ordinality as result on result.ordinality = element.ordinality
    cross join lateral (
      select lower(private.tidy_value(left(element.value ->> 'email', 300))) as email offset 0
    ) as typed
    left join private.error_codes as error on error.code = result.value ->> 2
    order by element.ordinality;
end;
$$;
grant execute on function private.import_employees(jsonb, boolean, text) to authenticated;

create function public.import_employees(rows jsonb, dry_run boolean default false, idempotency_key text default null)
returns table (
  line integer, outcome text, employee_id bigint, email text, code text, message text, hint text, changes jsonb,
  warnings jsonb
)
language plpgsql volatile security invoker
set search_path = ''
-- PostgREST gives the whole request this time: one slow call must not hold a connection for long.
set statement_timeout = '5s'
as $$
begin
  return query select * from private.import_employees(
    import_employees.rows, import_employees.dry_run, import_employees.idempotency_key);
end;
$$;
comment on function public.import_employees(jsonb, boolean, text) is
  'Imports up to 1000 employees; answers one row for each: imported, updated, unchanged or refused with code, message '
  'and hint; changes has every value that changes ({field: {from, to}}), warnings what a person should look at.';
revoke all on function public.import_employees(jsonb, boolean, text) from public, anon, authenticated, service_role;
grant execute on function public.import_employees(jsonb, boolean, text) to authenticated;
