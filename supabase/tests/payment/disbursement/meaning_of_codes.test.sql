begin;
\ir ../../_shared/setup.sql.raw
select plan(24);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '500');
create temporary table run as select tests.create_run('Acme') as id;
select tests.walk_run(id, 'submitting') from run;

-- The state of the run and its two items after an outcome, undone afterwards.
create function pg_temp.after(evidence jsonb, last_code text default null, operation integer default null)
returns text language plpgsql as $$
declare v_answer text;
begin
  begin
    update public.transactions set last_code = after.last_code, last_operation_index = after.operation where is_live;
    perform tests.settle(evidence);
    v_answer := (select concat_ws(' ', run.status, run.failure_code) from public.payroll_runs as run)
      || ': ' || (
        select string_agg(
          concat_ws(
            ' ', item.status, item.failure_code, case when item.transaction_operation_id is null then 'free' end), ', '
          order by item.id) from public.payroll_items as item)
      || ': ' || (
        select string_agg(
          case when operation.is_live then 'live' else 'dead' end, ' ' order by operation.operation_index)
        from public.transaction_operations as operation);
    raise exception 'undo';
  exception when raise_exception then
    return v_answer;
  end;
end;
$$;
create function pg_temp.failed(codes text[], code text default 'tx_failed') returns jsonb language sql as $$
  select tests.evidence((select max(id) from public.transactions), 'failed', codes)
    || case when code = 'tx_failed' then '{}' else jsonb_build_object(
      'result_xdr', tests.result_xdr((select max(id) from public.transactions), code)) end;
$$;
create function pg_temp.unused() returns jsonb language sql as $$
  select tests.evidence((select max(id) from public.transactions), 'unused'); $$;

select is(pg_temp.after(pg_temp.failed(codes, code)), expected, what)
from (values
  ('{op_success,op_no_trust}'::text[], 'tx_failed', 'processing: pending free, failed op_no_trust: dead dead',
    'a missing trustline fails its item, and the other item waits for the next transaction'),
  ('{op_no_destination,op_no_trust}', 'tx_failed',
    'failed items_not_paid: failed op_no_destination, failed op_no_trust: dead dead',
    'missing destinations in every operation end the run, each item with its own code'),
  ('{op_line_full,op_success}', 'tx_failed', 'processing: failed op_line_full, pending free: dead dead',
    'a full trustline fails the item of its employee'),
  ('{op_underfunded,op_underfunded}', 'tx_failed', 'failed op_underfunded: pending free, pending free: dead dead',
    'an empty treasury stops the run and fails no item'),
  ('{op_no_trust,op_underfunded}', 'tx_failed', 'failed op_underfunded: failed op_no_trust, pending free: dead dead',
    'a missing trustline together with an empty treasury fails the item and stops the run'),
  ('{op_success,op_brand_new}', 'tx_failed', 'failed op_unknown_77: pending free, pending free: dead dead',
    'an unknown operation code stops the run'),
  ('{}', 'tx_insufficient_balance', 'failed tx_insufficient_balance: pending free, pending free: dead dead',
    'a failure of the whole transaction stops the run'),
  ('{op_success,op_success}', 'tx_failed', 'failed tx_failed: pending free, pending free: dead dead',
    'a failed transaction with successful operations only stops the run')
) as cases (codes, code, expected, what);

select is(pg_temp.after(pg_temp.unused(), last_code), expected, what)
from (values
  (null, 'processing: pending free, pending free: dead dead',
    'a transaction that was never applied and has no code is built again'),
  ('tx_too_late', 'processing: pending free, pending free: dead dead',
    'a transaction that was never applied because it was too late is built again'),
  ('tx_bad_seq', 'processing: pending free, pending free: dead dead',
    'a transaction that was never applied because its number was taken is built again'),
  ('tx_insufficient_fee', 'processing: pending free, pending free: dead dead',
    'a transaction that was never applied because its fee was too low is built again'),
  ('http_504', 'processing: pending free, pending free: dead dead',
    'a transaction that was never applied and whose answer never came is built again'),
  ('rate_limit_exceeded', 'processing: pending free, pending free: dead dead',
    'a transaction that was never applied because of a rate limit is built again'),
  ('tx_bad_auth', 'failed tx_bad_auth: pending free, pending free: dead dead',
    'a transaction with a wrong signature stops the run, because the next one would have it too'),
  ('op_underfunded', 'failed op_underfunded: pending free, pending free: dead dead',
    'a transaction that was refused because of an empty treasury stops the run'),
  ('op_malformed', 'failed op_malformed: pending free, pending free: dead dead',
    'a transaction with a malformed operation stops the run, because the operation is not known'),
  ('tx_brand_new', 'failed tx_brand_new: pending free, pending free: dead dead',
    'a transaction with an unknown result stops the run')
) as cases (last_code, expected, what);

select is(
  pg_temp.after(pg_temp.unused(), 'op_no_trust', 1), 'processing: pending free, failed op_no_trust free: dead dead',
  'a code that the network gives one operation before any ledger fails the items of that employee only');
select is(
  pg_temp.after(pg_temp.unused(), 'op_no_trust'), 'failed op_no_trust: pending free, pending free: dead dead',
  'a code that names no operation stops the run, because nobody knows whom it is about');
select is(
  pg_temp.after(tests.evidence((select max(id) from public.transactions), 'applied')),
  'completed: completed, completed: live live', 'an applied transaction completes both items and the run');
select is(
  pg_temp.after(tests.evidence((select max(id) from public.transactions), 'other')),
  'processing: pending free, pending free: dead dead', 'a transaction whose number another one used is built again');

select is_empty(
  $$ select code from private.result_codes where sentence !~ '\.$' or hint !~ '\.$' $$,
  'the meaning and the hint of every result code are full sentences');
select is(
  (select string_agg(distinct code, ' ' order by code) from private.result_codes where action = 'item'),
  'op_already_exists op_line_full op_low_reserve op_malformed op_no_destination op_no_trust op_not_authorized',
  'only codes of the destination fail an item');

select * from finish();
rollback;
