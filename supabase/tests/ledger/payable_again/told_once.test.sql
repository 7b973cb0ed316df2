begin;
\ir ../../_shared/setup.sql.raw
select plan(17);

-- Olaf, who also gets a bonus, has no trustline when he is paid, and the line of Otto is full. Both mend it afterwards.
select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}');
select tests.create_employee('Acme', name, '500', tests.address(number), 'USDC', tests.issuer())
from (values ('emma', 2), ('olaf', 3), ('otto', 4)) as employee (name, number);
create temporary table work as select tests.create_run('Acme', 'USDC', tests.issuer()) as id;
select tests.act_as('ada', 'Acme');
select public.add_bonus((select id from work), tests.employee_id('Acme', 'olaf'), '5');
select tests.reset();
select tests.walk_run(id, 'submitting') from work;
select tests.settle(
  tests.evidence((select max(id) from public.transactions), 'failed', '{op_success,op_no_trust,op_line_full}'));

create function pg_temp.found(organization text) returns text[] language sql as $$
  select coalesce(array_agg(finding.kind || ' ' || left(finding.problem, 1)), '{}')
  from private.check_payable_again(tests.organization_id(organization)) as finding; $$;
create function pg_temp.look(
  number integer, trustline text, is_frozen boolean, seen interval, trust_limit numeric default 10000,
  memo_required boolean default false
) returns void language sql as $$
  update public.wallets as wallet
  set account_state = 'exists', trustline_state = trustline, is_frozen = look.is_frozen, synced_ledger = 2000,
    balance = 0, buying_liabilities = 0, trust_limit = look.trust_limit, memo_required = look.memo_required,
    last_synced_at = now() + seen
  where wallet.wallet_address = tests.address(number) and wallet.asset_code = 'USDC'; $$;
create function pg_temp.told() returns text[] language sql as $$
  select coalesce(array_agg(format('%s %s %s %s of %s', event.data ->> 'employee_id', event.data ->> 'amount',
    event.data ->> 'code', event.data ->> 'is_first', event.data ->> 'payable_people') order by event.sequence), '{}')
  from (select sequence, type, body::jsonb -> 'data' as data from public.events) as event
  where event.type = 'payment.payable_again'; $$;
create function pg_temp.line(name text, amount text, code text, is_first boolean, people integer) returns text
language sql as $$
  select format('%s %s %s %s of %s', tests.employee_id('Acme', name), amount, code, is_first::text, people); $$;

select pg_temp.look(3, 'exists', false, '1 minute');
select is(pg_temp.found('Acme'), '{}'::text[], 'a run that still goes on has nothing to be retried');
select is(pg_temp.told(), '{}'::text[], 'nobody hears of people who can be paid while the run still goes on');
create temporary table rest as select tests.persist(id, tests.lease_of_run(id)) as id from work;
select public.begin_submission(rest.id, tests.lease_of_run(work.id), tests.signed_envelope(rest.id)) from work, rest;
select tests.settle(tests.evidence(id, 'applied')) from rest;

select pg_temp.look(3, 'missing', false, '1 minute');
select is(pg_temp.found('Acme'), '{}'::text[], 'a person is not payable while the trustline is missing');
select pg_temp.look(3, 'exists', true, '1 minute');
select is(pg_temp.found('Acme'), '{}'::text[], 'a person is not payable while the issuer holds the trustline frozen');
select pg_temp.look(3, 'exists', false, '1 minute', 504.9999999);
select is(pg_temp.found('Acme'), '{}'::text[], 'a person is not payable while the line has no room for all that is due');
select pg_temp.look(3, 'exists', false, '1 minute', 10000, true);
select is(pg_temp.found('Acme'), '{}'::text[], 'a person is not payable while the account wants a memo');
select pg_temp.look(3, 'exists', false, '-1 minute');
select is(pg_temp.found('Acme'), '{}'::text[], 'a look from before the failure says nothing about the account of now');
select is(pg_temp.told(), '{}'::text[], 'no event tells of a person who cannot be paid yet');

select pg_temp.look(3, 'exists', false, '1 minute', 505);
select is(
  pg_temp.found('Acme'), '{payments_payable_again 1}'::text[],
  'a failed run counts a person with two items once, as soon as the account takes both');
select is(
  pg_temp.told(), array[pg_temp.line('olaf', '505.0000000', 'op_no_trust', true, 1)],
  'an event tells of the person with all that is due');
select pg_temp.look(3, 'exists', false, '2 minutes', 505);
select is(cardinality(pg_temp.told()), 1, 'a person who is seen again is told of once');

select pg_temp.look(4, 'exists', false, '1 minute', 499);
select is(cardinality(pg_temp.told()), 1, 'a line that is still too full tells nothing');
select pg_temp.look(4, 'exists', false, '2 minutes', 500);
select is(
  (pg_temp.told())[2], pg_temp.line('otto', '500.0000000', 'op_line_full', true, 2),
  'a line that was full and has room now is told of, with all who can be paid');
select is(pg_temp.found('Acme'), '{payments_payable_again 2}'::text[], 'the finding counts both people');
select is(
  (select array_agg(distinct notice.title) from public.notifications as notice
    where notice.type = 'payment.payable_again' and notice.title like '%1 more%'),
  array[format('Payroll run %s can be paid to 1 more of its people', (select batch_id from public.payroll_runs))],
  'the inbox names the run and how many people wait');
select is(
  (select count(distinct member.role) || ' roles, ' || count(*) || ' notices' from public.notifications as notice
    join public.users as member on member.id = notice.user_id where notice.type = 'payment.payable_again'),
  '2 roles, 4 notices', 'admins and managers are notified of each look, and viewers are not');
select is(pg_temp.found('Globex'), '{}'::text[], 'another organization hears nothing of people who can be paid again');

select * from finish();
rollback;
