-- rollback-of: 20261125010200_amounts
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.parse_amount(text);
drop function private.amount_problem(text);
delete from private.error_codes
where code in (
  'invalid_amount',
  'too_many_decimals',
  'amount_not_positive',
  'amount_too_large');
drop cast (public.amount as json);
drop function private.amount_to_json(public.amount);
drop domain public.amount;
