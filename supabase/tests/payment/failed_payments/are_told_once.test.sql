begin;
\ir ../../_shared/setup.sql.raw
select plan(6);

-- Whoever leaves while a run is being paid is not paid, and whoever listens hears of it once.
select tests.create_organization_with('Acme', '{ada}', '{max,mia}');
select tests.create_employee('Acme', 'emma', '10');
select tests.create_employee('Acme', 'otto', '20');
create temporary table work as select tests.create_run('Acme') as id;
select tests.act_as('max', 'Acme');
select public.add_bonus(id, tests.employee_id('Acme', 'otto'), '2.5', 'Thanks') from work;
select tests.act_as(null);
select tests.walk_run(id, 'processing') from work;
alter table work add column lease uuid;
update work set lease = tests.lease_of_run(id);
create function pg_temp.told() returns text[] language sql as $$
  select coalesce(array_agg(data ->> 'amount' || ' ' || (data ->> 'code') order by event.id), '{}')
  from public.events as event cross join lateral (select event.body::jsonb -> 'data' as data) as told
  where event.type = 'payment.failed'; $$;

update public.employees set status = 'inactive' where first_name = 'otto';
select count(*) from work, public.plan_operations(id, lease);
select is(
  pg_temp.told(), '{22.5000000 employee_not_payable}'::text[],
  'base and bonus of an employee who left fail as one payment, and that is told');
select count(*) from work, public.plan_operations(id, lease);
select is(cardinality(pg_temp.told()), 1, 'a failed payment is not told again by the next plan');
select private.tell_failed_items(null);
select private.tell_failed_items(array(select item.id from public.payroll_items as item where item.status = 'pending'));
select is(cardinality(pg_temp.told()), 1, 'items that have not failed are not told of');
select is(
  (
    select (data ? 'tx_hash', data ->> 'destination' = tests.address(1) or data ? 'destination')::text
    from public.events as event cross join lateral (select event.body::jsonb -> 'data' as data) as told
    where event.type = 'payment.failed'), '(f,t)', 'a payment that was never sent names no transaction');

-- The network may refuse a transaction at the door and name the operation.
select tests.persist(id, lease) from work;
select public.begin_submission(transaction.id, lease, tests.signed_envelope(transaction.id))
from work, public.transactions as transaction;
select public.record_submission(transaction.id, lease, 400, 'tx_failed', '{op_no_destination}')
from work, public.transactions as transaction;
select public.record_outcome(tests.evidence(transaction.id, 'unused'), lease)
from work, public.transactions as transaction;
select is(
  pg_temp.told(), '{22.5000000 employee_not_payable,10.0000000 op_no_destination}'::text[],
  'a payment that the network refused before any ledger is told as well');
select is(
  (select array_agg(distinct status) from public.payroll_items), '{failed}'::text[],
  'each payment that is told has failed');

select * from finish();
rollback;
