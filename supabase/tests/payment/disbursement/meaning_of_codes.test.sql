begin;
\ir ../../_shared/setup.sql.raw
select plan(24);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '500');
create temporary table run as select tests.create_run('Acme') as id;
select tests.walk_run(id, 'submitting') from run;

-- What becomes of the run and its two items under an outcome, undone afterwards.
create function pg_temp.after(evidence jsonb, last_code text default null) returns text language plpgsql as $$
declare v_answer text;
begin
  begin
    update public.transactions set last_code = after.last_code where is_live;
    perform public.record_outcome(evidence);
    v_answer := (select concat_ws(' ', run.status, run.failure_code) from public.payroll_runs as run)
      || ': ' || (select string_agg(concat_ws(' ', item.status, item.failure_code, case when item.transaction_operation_id is null then 'free' end), ', ' order by item.id) from public.payroll_items as item)
      || ': ' || (select string_agg(case when operation.is_live then 'live' else 'dead' end, ' ' order by operation.operation_index) from public.transaction_operations as operation);
    raise exception 'undo';
  exception when raise_exception then
    return v_answer;
  end;
end;
$$;
create function pg_temp.failed(codes text[], code text default 'tx_failed') returns jsonb language sql as $$
  select tests.evidence((select max(id) from public.transactions), 'failed', codes) || jsonb_build_object('transaction_code', code);
$$;
create function pg_temp.unused() returns jsonb language sql as $$ select tests.evidence((select max(id) from public.transactions), 'unused'); $$;

select is(pg_temp.after(pg_temp.failed(codes, code)), expected, what)
from (values
  ('{op_success,op_no_trust}'::text[], 'tx_failed', 'processing: pending free, failed op_no_trust: dead dead', 'a bad destination fails its item; the other waits for the next transaction'),
  ('{op_no_destination,op_no_trust}', 'tx_failed', 'failed items_not_paid: failed op_no_destination, failed op_no_trust: dead dead', 'bad destinations only: the run ends, each item with its code'),
  ('{op_line_full,op_success}', 'tx_failed', 'processing: failed op_line_full, pending free: dead dead', 'a full trustline is the employee''s'),
  ('{op_underfunded,op_underfunded}', 'tx_failed', 'failed op_underfunded: pending free, pending free: dead dead', 'an empty treasury stops the run and fails nobody'),
  ('{op_no_trust,op_underfunded}', 'tx_failed', 'failed op_underfunded: failed op_no_trust, pending free: dead dead', 'both at once: the item fails and the run stops'),
  ('{op_success,op_brand_new}', 'tx_failed', 'failed op_brand_new: pending free, pending free: dead dead', 'an unknown code of an operation waits for a person'),
  ('{}', 'tx_insufficient_balance', 'failed tx_insufficient_balance: pending free, pending free: dead dead', 'a failure of the whole transaction stops the run'),
  ('{}', 'tx_brand_new', 'failed tx_brand_new: pending free, pending free: dead dead', 'an unknown failure waits for a person'),
  ('{op_success,op_success}', 'tx_failed', 'failed tx_failed: pending free, pending free: dead dead', 'a failure with good operations only is not built again and again'),
  ('{op_success,op_success}', null, 'failed unknown: pending free, pending free: dead dead', 'nor one without any reason')
) as cases (codes, code, expected, what);

select is(pg_temp.after(pg_temp.unused(), last_code), expected, what)
from (values
  (null, 'processing: pending free, pending free: dead dead', 'a transaction that never came anywhere is built again'),
  ('tx_too_late', 'processing: pending free, pending free: dead dead', 'one that came too late as well'),
  ('tx_bad_seq', 'processing: pending free, pending free: dead dead', 'one whose number was taken as well'),
  ('tx_insufficient_fee', 'processing: pending free, pending free: dead dead', 'one that offered too little as well'),
  ('http_504', 'processing: pending free, pending free: dead dead', 'one whose answer never came as well'),
  ('rate_limit_exceeded', 'processing: pending free, pending free: dead dead', 'one that was turned away as well'),
  ('tx_bad_auth', 'failed tx_bad_auth: pending free, pending free: dead dead', 'a wrong signature stops the run: the next would be as wrong'),
  ('op_underfunded', 'failed op_underfunded: pending free, pending free: dead dead', 'an empty treasury stops the run'),
  ('op_malformed', 'failed op_malformed: pending free, pending free: dead dead', 'an operation that is never accepted stops the run: it is not known whose it is'),
  ('tx_brand_new', 'failed tx_brand_new: pending free, pending free: dead dead', 'an unknown result waits for a person')
) as cases (last_code, expected, what);

select is(pg_temp.after(tests.evidence((select max(id) from public.transactions), 'applied')), 'completed: completed, completed: live live', 'applied: everybody is paid and the run completed');
select is(pg_temp.after(tests.evidence((select max(id) from public.transactions), 'other')), 'processing: pending free, pending free: dead dead', 'another transaction took the number: it is built again');

select is_empty($$ select code from private.result_codes where sentence !~ '\.$' or hint !~ '\.$' $$, 'what a code means and what to do is said in sentences');
select is(
  (select string_agg(code, ' ' order by code) from private.result_codes where action = 'item'),
  'op_already_exists op_line_full op_low_reserve op_malformed op_no_destination op_no_trust op_not_authorized',
  'only codes of the destination fail an item');

select * from finish();
rollback;
