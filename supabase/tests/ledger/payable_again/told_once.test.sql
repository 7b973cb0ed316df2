begin;
\ir ../../_shared/setup.sql.raw
select plan(6);

-- Olaf has no trustline when he is paid, and adds one afterwards.
select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_organization_with('Globex', '{gil}');
select tests.create_employee('Acme', 'emma', '1000', tests.address(2), 'USDC', tests.issuer());
select tests.create_employee('Acme', 'olaf', '500', tests.address(3), 'USDC', tests.issuer());
create temporary table work as select tests.create_run('Acme', 'USDC', tests.issuer()) as id;
select tests.walk_run(id, 'submitting') from work;
select tests.settle(
  tests.evidence((select max(id) from public.transactions), 'failed', '{op_success,op_no_trust}'));
create function pg_temp.found(organization text) returns text[] language sql as $$
  select coalesce(array_agg(finding.kind || ' ' || left(finding.problem, 1)), '{}')
  from private.check_payable_again(tests.organization_id(organization)) as finding; $$;
create function pg_temp.look(trustline text, is_frozen boolean, seen interval) returns void language sql as $$
  update public.wallets as wallet
  set account_state = 'exists', trustline_state = trustline, is_frozen = look.is_frozen, synced_ledger = 2000,
    last_synced_at = now() + seen
  where wallet.wallet_address = tests.address(3) and wallet.asset_code = 'USDC'; $$;

select pg_temp.look('exists', false, '1 minute');
select is(pg_temp.found('Acme'), '{}'::text[], 'a run that still goes on has nothing to be retried');
create temporary table rest as select tests.persist(id, tests.lease_of_run(id)) as id from work;
select public.begin_submission(rest.id, tests.lease_of_run(work.id), tests.signed_envelope(rest.id)) from work, rest;
select tests.settle(tests.evidence(id, 'applied')) from rest;

select pg_temp.look('missing', false, '1 minute');
select is(pg_temp.found('Acme'), '{}'::text[], 'a payment is not payable while the trustline is missing');
select pg_temp.look('exists', true, '1 minute');
select is(pg_temp.found('Acme'), '{}'::text[], 'a payment is not payable while the issuer holds the trustline frozen');
select pg_temp.look('exists', false, '-1 minute');
select is(pg_temp.found('Acme'), '{}'::text[], 'a look from before the failure says nothing about the account of now');
select pg_temp.look('exists', false, '1 minute');
select is(
  pg_temp.found('Acme'), '{payments_payable_again 1}'::text[],
  'a failed run names the items that can be paid once their trustline is there');
select is(pg_temp.found('Globex'), '{}'::text[], 'another organization hears nothing of items that can be paid again');

select * from finish();
rollback;
