begin;
\ir ../../_shared/setup.sql.raw
select plan(6);

select tests.create_organization_with('Acme', '{ada}');
select tests.create_organization_with('Globex', '{gil}');
select tests.configure_network();
select public.enroll_source_account(tests.organization_id('Acme'), tests.address(30));

create function pg_temp.moved(number integer, closed timestamptz, direction text, kind text, amount numeric)
returns void language sql as $$
  insert into public.ledger_transactions (organization_id, account_id, ledger, application_order, tx_hash, origin,
    source_account, sequence_number, fee_account, fee_charged_stroops, is_successful, result_code, operation_count,
    is_signed_by_source, closed_at)
  values (tests.organization_id('Acme'), tests.address(30), 100 + number, 1, lpad(number::text, 64, 'b'), 'foreign',
    tests.address(30), number::text, tests.address(30), 100, true, 'tx_success', 1, true, closed);
  insert into public.ledger_movements (organization_id, account_id, ledger, application_order, place, operation_index,
    kind, direction, asset_code, amount, tx_hash, closed_at)
  values (tests.organization_id('Acme'), tests.address(30), 100 + number, 1, 0, case when kind <> 'fee' then 0 end,
    kind, direction, 'XLM', amount, lpad(number::text, 64, 'b'), closed);
$$;
select pg_temp.moved(1, '2026-11-24 23:59:59+00', 'in', 'payment', 100);
select pg_temp.moved(2, '2026-11-25 00:00:00+00', 'out', 'payment', 30);
select pg_temp.moved(3, '2026-11-25 12:00:00+00', 'out', 'fee', 0.00001);
select pg_temp.moved(4, '2026-11-25 13:00:00+00', 'out', 'trade', 5);
insert into private.ledger_positions (account_id, asset_code, asset_issuer, checked_ledger, checked_balance)
values (tests.address(30), 'XLM', '', 103, 569.99999);

select tests.authenticate_as('ada');
select results_eq(
  $$ select day::text, opening_balance, received, paid_otherwise, fees, closing_balance, unplanned_movements
     from public.ledger_statements order by day $$,
  $$ values
    ('2026-11-24', '500.0000000', '100.0000000', '0.0000000', '0.0000000', '600.0000000', 0),
    ('2026-11-25', '600.0000000', '0.0000000', '35.0000000', '0.0000100', '564.9999900', 1) $$,
  'a statement sums each day of the ledger and carries the balance from one to the next');
select results_eq(
  $$ select kind, amount, ledger from public.ledger_differences $$,
  $$ values ('payment_without_plan', '30.0000000', 102::bigint) $$,
  'a payment that no payroll planned is listed, and fees and trades are not');

select tests.authenticate_as('gil');
select is(
  (select count(*) from public.ledger_statements) + (select count(*) from public.ledger_differences), 0::bigint,
  'another organization reads neither statements nor differences');

select tests.reset();
delete from private.ledger_positions;
select tests.authenticate_as('ada');
select is(
  (select array_agg(closing_balance) from public.ledger_statements), array[null, null]::text[],
  'a balance is not said before the history and the account agreed once');

select tests.reset();
insert into public.history_gaps (organization_id, account_id, kind, from_ledger, to_ledger, tx_hash)
values (tests.organization_id('Acme'), tests.address(30), 'payment_not_seen', 110, 110, repeat('c', 64));
select tests.authenticate_as('ada');
select results_eq(
  $$ select kind, tx_hash, state from public.ledger_differences where history_gap_id is not null $$,
  $$ values ('plan_without_payment', repeat('c', 64), 'open') $$,
  'a payment that the ledger does not show is listed');
select tests.reset();
update public.history_gaps set state = 'filled', closed_at = now();
select tests.authenticate_as('ada');
select is(
  (select count(*) from public.ledger_differences where history_gap_id is not null), 0::bigint,
  'a payment that was seen later is no difference any more');

select * from finish();
rollback;
