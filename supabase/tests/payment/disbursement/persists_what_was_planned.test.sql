begin;
\ir ../../_shared/setup.sql.raw
select plan(60);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '500');
select tests.create_employee('Acme', 'pia', '300');
create temporary table run as select tests.create_run('Acme') as id;
select tests.walk_run(id, 'processing') from run;
create temporary table work as select id, tests.lease_of_run(id) as lease from run;
grant select on work to public;

create function pg_temp.persist(
  operations jsonb, hash text default null, envelope text default null,
  sequence text default '1001', fee text default '100', max_ledger text default '1000',
  max_time text default '2099-12-01')
returns text language sql as $$
  select tests.error_code_of(
    format(
      'select public.persist_transaction(%s, %L, %L, %L, %L, %s, %s, %L, %L)', id, lease,
      coalesce(hash, tests.hash_of(envelope_of.run)), coalesce(envelope, envelope_of.run), sequence,
      coalesce(fee, 'null'), coalesce(max_ledger, 'null'), max_time, operations))
  from work
  cross join lateral (
    select coalesce(tests.envelope(id, case when sequence::numeric < 9223372036854775808 then sequence else '1' end, case jsonb_typeof(operations) when 'array' then
      (select jsonb_agg(one || jsonb_build_object('amount', one -> 'amount')) from jsonb_array_elements(operations) as one
        where one ? 'destination' and one ? 'operation_type') end,
      least(coalesce(fee::bigint, 1), 4294967295), coalesce(max_ledger::bigint, 1),
      coalesce(max_time::timestamptz, '2099-12-01')), 'AAAAAgAAAAA=') as run
  ) as envelope_of;
$$;
grant execute on function pg_temp.persist(jsonb, text, text, text, text, text, text) to public;
create temporary table planned as select tests.operations(id, lease) as operations from work;
grant select on planned to public;

select tests.as_service();
-- A worker cannot choose what to pay.
select is(
  pg_temp.persist(changed), 'operations_differ_from_plan',
  format('a transaction that differs from the plan by %s is refused', what))
from planned
cross join lateral (values
  (jsonb_set(operations, '{0,amount}', '"1000.0000001"'), 'an amount of one stroop more'),
  (jsonb_set(operations, '{0,amount}', '"999.9999999"'), 'an amount of one stroop less'),
  (jsonb_set(operations, '{0,amount}', '"1000"'), 'an amount in another notation'),
  (jsonb_set(operations, '{0,amount}', '1000'), 'an amount as a JSON number'),
  (jsonb_set(operations, '{0,destination}', to_jsonb(tests.address(20))), 'another destination'),
  (jsonb_set(operations, '{0,destination}', operations #> '{1,destination}'), 'the destination of a colleague'),
  (jsonb_set(operations, '{0,asset_code}', '"USDC"'), 'another asset'),
  (jsonb_set(operations, '{0,asset_issuer}', to_jsonb(tests.issuer())), 'another issuer'),
  (jsonb_set(operations, '{0,operation_type}', '"create_account"'), 'another kind of operation'),
  (jsonb_set(operations, '{0,employee_id}', operations #> '{1,employee_id}'), 'an employee who occurs twice'),
  (jsonb_set(jsonb_set(operations, '{0,operation_index}', '1'), '{1,operation_index}', '0'),
    'another order of the operations'),
  (operations - 0, 'the first employee left out'),
  (operations || (operations -> 0), 'an operation added twice'),
  (jsonb_build_array(operations -> 0, operations -> 1, operations -> 1), 'an operation in the place of another'),
  (operations || jsonb_build_array(jsonb_set(operations -> 0, '{operation_index}', '3')),
    'an employee who is not in the plan'),
  (jsonb_set(operations, '{0}', '{}'), 'an empty operation'),
  (operations #- '{0,destination}', 'an operation without its destination')
) as changes (changed, what);

select is(pg_temp.persist(operations), 'invalid_transaction', format('a transaction with %s is refused', what))
from (values
  ('null'::jsonb, 'no operations'), ('[]', 'an empty list of operations'),
  ('{}', 'an object in the place of the operations')
) as wrong (operations, what);

select is(
  pg_temp.persist(operations, hash => 'beef'), 'invalid_transaction', 'a transaction hash of the wrong form is refused')
from planned;
select is(
  pg_temp.persist(operations, envelope => tests.secret_key()), 'invalid_transaction',
  'an envelope that is a secret key is refused') from planned;
select is(
  pg_temp.persist(operations, sequence => '9223372036854775808'), 'invalid_transaction',
  'a sequence number above int64 is refused') from planned;
select is(pg_temp.persist(operations, fee => '0'), 'invalid_transaction', 'a transaction without a fee is refused')
from planned;
select is(
  pg_temp.persist(operations, max_ledger => null), 'invalid_transaction',
  'a transaction without a last ledger is refused: its end could never be proven') from planned;
select is(
  pg_temp.persist(operations, max_time => null), 'invalid_transaction',
  'a transaction without a last time is refused: its end could never be proven') from planned;


-- The list of operations is honest, and the envelope beside it is not: the database writes the bytes itself.
create function pg_temp.dishonest(changed jsonb, sequence text default '1001', fee bigint default 100,
  max_ledger bigint default 1000, max_time timestamptz default '2099-12-01', memo text default null)
returns text language sql as $$
  select replace(encode('\x00000002'::bytea || private.xdr_transaction(
    run.source_account, sequence, fee, max_ledger, max_time,
    case when dishonest.memo is not null then 'text' end, dishonest.memo, (
      select array_agg(private.xdr_operation(planned.operation_type, planned.destination, planned.asset_code,
        planned.asset_issuer, planned.amount) order by planned.position)
      from (
        select given.position, recorded.*
        from jsonb_array_elements(changed) with ordinality as given (operation, position)
        cross join lateral jsonb_to_record(given.operation) as recorded (operation_type text, destination text,
          asset_code text, asset_issuer text, amount numeric)) as planned)) || '\x00000000'::bytea, 'base64'), e'\n', '')
  from work join public.payroll_runs as run using (id);
$$;
select tests.reset();
create temporary table dishonest as
  select operations, envelope, what
  from planned
  cross join lateral (values
    (pg_temp.dishonest(jsonb_set(operations, '{0,destination}', to_jsonb(tests.address(20)))), 'pays a thief'),
    (pg_temp.dishonest(jsonb_set(operations, '{0,amount}', '"1000.0000001"')), 'pays one stroop more'),
    (pg_temp.dishonest(operations || (operations -> 0)), 'pays somebody twice'),
    (pg_temp.dishonest(operations - 0), 'leaves somebody out'),
    (pg_temp.dishonest(jsonb_set(jsonb_set(operations, '{0,asset_code}', '"USDC"'), '{0,asset_issuer}',
      to_jsonb(tests.issuer()))), 'pays in another asset'),
    (pg_temp.dishonest(operations, sequence => '1002'), 'has another sequence number'),
    (pg_temp.dishonest(operations, fee => 4294967295), 'offers another fee'),
    (pg_temp.dishonest(operations, max_ledger => 4294967295), 'is valid in later ledgers'),
    (pg_temp.dishonest(operations, max_time => '2099-01-01'), 'is valid at later times'),
    (pg_temp.dishonest(operations, memo => 'for the thief'), 'has another memo'),
    ('AAAAAgAAAAA=', 'holds nothing')
  ) as attempts (envelope, what);
grant select on dishonest to public;
select tests.as_service();
select is(
  pg_temp.persist(operations, envelope => envelope, hash => tests.hash_of(envelope)), 'envelope_differs_from_plan',
  format('an envelope that %s is refused beside an honest list of operations', what))
from dishonest;
select is(
  pg_temp.persist(operations, envelope => envelope), 'envelope_differs_from_plan',
  format('an envelope that %s is refused beside the hash of the honest one', what))
from dishonest;
select is(
  pg_temp.persist(operations, hash => tests.hash('one')), 'envelope_differs_from_plan',
  'a hash that is not the one of the planned transaction is refused')
from planned;
select is(
  pg_temp.persist(operations, max_time => '2099-12-01 00:00:00.5'), 'invalid_transaction',
  'a last time between two seconds is refused, because no transaction can say it')
from planned;

select tests.reset();
create function pg_temp.persist_after(change text, operations jsonb) returns text language plpgsql as $$
declare v_code text;
begin
  begin
    execute change;
    v_code := pg_temp.persist(operations);
    raise exception 'undo';
  exception when raise_exception then
    return v_code;
  end;
end;
$$;
select is(
  pg_temp.persist_after(change, operations), 'operations_differ_from_plan',
  format('a plan that pays an employee who %s since is not written', what))
from planned
cross join (values
  ($$ update public.employees set status = 'inactive' where first_name = 'pia' $$, 'was made inactive'),
  ($$ update public.employees set deleted_at = now() where first_name = 'pia' $$, 'left')
) as changes (change, what);
select is(
  (select count(*) from public.transactions) + (select count(*) from public.transaction_operations), 0::bigint,
  'a refused transaction is not written');

select tests.as_service();
select is(
  pg_temp.persist(operations - 2), 'no error', 'a transaction with the first two planned operations is accepted')
from planned;
select is(
  pg_temp.persist(operations - 2), 'no error', 'the same transaction persisted again after a lost answer is accepted')
from planned;
select tests.reset();
select results_eq(
  $$
    select operation_count, amount::text, submission_state, status, attempts, is_live, signed_envelope_xdr
    from public.transactions $$,
  $$ values (2, '1500.0000000', 'prepared', 'pending', 0, true, null::text) $$,
  'a persisted transaction is written once, unsigned, with the sum of its operations');
select set_eq(
  $$
    select employee.first_name, item.transaction_operation_id is not null from public.payroll_items as item
    join public.employees as employee on employee.id = item.employee_id $$,
  $$ values ('emma', true), ('olaf', true), ('pia', false) $$, 'an item points to the operation that pays it');

select tests.as_service();
select is(
  pg_temp.persist((select tests.operations(id, lease) from work), sequence => '1002'),
  'live_transaction_exists', 'a second transaction of an account is refused while the end of the first is unknown');

-- The same rules are held by constraints on every path.
select tests.reset();
select is(tests.error_code_of(format($$
  insert into public.transactions (
    organization_id, tx_hash, amount, asset_code, source_account, sequence_number, envelope_xdr, operation_count,
    fee_bid_stroops, max_ledger, max_time)
  select organization_id, %L, 1, 'XLM', source_account, '1003', 'AAAA', 1, 100, 10, now()
  from public.transactions $$, tests.hash('three'))), '23505',
    'a second live transaction of an account is refused by a unique index');
select is(tests.error_code_of($$
  insert into public.transaction_operations (
    organization_id, transaction_id, operation_index, payroll_run_id, employee_id, destination, asset_code, amount)
  select organization_id, transaction_id, 50, payroll_run_id, employee_id, destination, asset_code, amount
  from public.transaction_operations where operation_index = 0 $$), '23505',
  'a second live operation of an employee in a run is refused by a unique index');

select * from finish();
rollback;
