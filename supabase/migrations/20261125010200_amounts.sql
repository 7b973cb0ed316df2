-- migration: exact money
-- An amount is a decimal number of units of one asset with seven decimals, at most what Stellar carries in int64
-- stroops. It leaves the API as a string, because a JSON number loses digits in JavaScript; it enters as text, because
-- numeric(20,7) would round an eighth decimal silently and would read 1e3 or NaN.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes | depends: 20261125000000, 20261125000100, 20261125010000
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

-- db-ignore squawk/ban-create-domain-with-constraint: a domain that is made here has no rows that the checks stop.
create domain public.amount as numeric(20, 7)
  constraint amount_is_not_negative check (value >= 0)
  constraint amount_fits_int64_stroops check (value <= 922337203685.4775807);
comment on domain public.amount is 'Units of an asset, seven decimals, 0 to 922337203685.4775807. A string in JSON.';

create function private.amount_to_json(amount public.amount)
returns json
language sql immutable security invoker
set search_path = ''
as $$ select to_json(amount_to_json.amount::text); $$;
-- PostgREST drops the cast from its schema cache, and answers with numbers, if its own role may not execute it.
grant execute on function private.amount_to_json(public.amount) to authenticator, anon, authenticated, service_role;

-- PostgreSQL warns that it ignores a cast from a domain; PostgREST is the one that reads it.
create cast (public.amount as json) with function private.amount_to_json(public.amount) as implicit;

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_amount', 422, '%s is not an amount.',
    'Write digits and at most one decimal point, such as 4200.50; no signs, separators or exponents.'),
  ('too_many_decimals', 422,
    '%s has more than seven decimals.',
    'Stellar carries seven decimals; round the amount yourself, PayD never rounds money.'),
  ('amount_not_positive', 422, '%s is not greater than zero.', 'Give an amount of at least 0.0000001.'),
  ('amount_too_large', 422, '%s is more than Stellar can carry.', 'The largest amount is 922337203685.4775807.');

create function private.amount_problem(value text)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  -- Nearly every amount is as plain as this.
  if amount_problem.value ~ '^[1-9][0-9]{0,10}(\.[0-9]{1,7})?$' then
    return null;
  end if;

  return case
    when amount_problem.value is null then 'invalid_amount'
    when octet_length(amount_problem.value) > 1000 then 'invalid_amount'
    when amount_problem.value ~ '^-[0-9]+(\.[0-9]+)?$' then 'amount_not_positive'
    when amount_problem.value !~ '^(0|[1-9][0-9]*)(\.[0-9]+)?$' then 'invalid_amount'
    when amount_problem.value ~ '\.[0-9]{8,}$' then 'too_many_decimals'
    when length(split_part(amount_problem.value, '.', 1)) > 12 then 'amount_too_large'
    when amount_problem.value::numeric > 922337203685.4775807 then 'amount_too_large'
    when amount_problem.value::numeric = 0 then 'amount_not_positive'
  end;
end;
$$;
comment on function private.amount_problem(text) is
  'The error code that says why the text is no payable amount, or null.';

create function private.parse_amount(value text)
returns public.amount
language plpgsql stable security definer
set search_path = ''
as $$
declare v_problem text := private.amount_problem(parse_amount.value);
begin
  if v_problem is not null and private.holds_secret_key(left(parse_amount.value, 1000)) then
    perform private.refuse('secret_key_refused', 'The amount');
  end if;

  if v_problem is not null then
    perform private.refuse(v_problem, private.quotable(parse_amount.value));
  end if;

  return parse_amount.value::public.amount;
end;
$$;
comment on function private.parse_amount(text) is 'The payable amount the text says; refuses every other text.';
