begin;
\ir ../../_shared/setup.sql.raw
select plan(18);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '1000');
create temporary table run as select tests.create_run('Acme') as id;
select tests.walk_run(id, 'submitting') from run;
create temporary table sent as select max(id) as id, tests.lease_of_run((select id from run)) as lease from public.transactions;
create function pg_temp.answered(required bigint) returns void language sql
begin atomic select count(*) from sent, public.record_submission(sent.id, sent.lease, 400, 'tx_insufficient_fee', null,
  null, required); end;
create function pg_temp.planned() returns table (outer_hash text, fee_stroops bigint, envelope_xdr text) language sql
begin atomic select bump.* from sent, public.plan_fee_bump(sent.id, sent.lease) as bump; end;
-- A fee bump with the signature of an account of the tests.
create function pg_temp.signed(envelope text, account text) returns text language sql
begin atomic
  select replace(encode(substr(bytes.of, 1, length(bytes.of) - 4) || '\x00000001'::bytea
    || substr(made.public_key, 29) || '\x00000040'::bytea || made.signature, 'base64'), e'\n', '')
  from (select decode(envelope, 'base64') as of) as bytes
  join generate_series(30, 39) as number on tests.address(number) = account
  cross join lateral tests.signed(tests.seed(number),
    private.signed_bytes_of_fee_bump(substr(bytes.of, 5, length(bytes.of) - 8))) as made;
end;
create function pg_temp.send(envelope text) returns text language sql
begin atomic select tests.error_code_of(format('select public.begin_submission(%s, %L, %L)', sent.id, sent.lease, envelope))
  from sent; end;

select is_empty('select * from pg_temp.planned()', 'a transaction whose own fee is enough gets no fee bump');
select is(
  tests.error_code_of(format('select public.plan_fee_bump(%s, %L)', id, gen_random_uuid())), 'lease_lost',
  'a worker without the lease plans no fee bump') from sent;
select pg_temp.answered(2001);
select is(
  (select required_fee_stroops from public.transactions), 1001::bigint,
  'what the network asked for the whole transaction is kept for one operation, rounded up');
create temporary table bump as select * from pg_temp.planned();
select is((select fee_stroops from bump), 6006::bigint, 'twice of what was asked is offered, for the bump as well');
select is(
  (select outer_hash from private.fee_bumps), (select outer_hash from bump),
  'the hash of a fee bump is kept before it is signed');
select is(
  (select tx_hash from private.opened_envelope((select envelope_xdr from bump))),
  (select tx_hash from public.transactions), 'a fee bump pays the fee of the very transaction');
select results_eq(
  'select outer_hash from pg_temp.planned()', 'select outer_hash from bump',
  'a fee bump that is still enough is planned once');

select is(
  pg_temp.send((select envelope_xdr from bump)), 'signature_invalid', 'a fee bump without signature is not sent');
create temporary table stranger as
select number as of from generate_series(30, 39) as number
where tests.address(number) <> (select source_account from public.transactions) limit 1;
select is(
  pg_temp.send(pg_temp.signed((select envelope_xdr from bump), tests.address((select of from stranger)))),
  'signature_invalid', 'a fee bump with the signature of another account is not sent');
select is(
  pg_temp.send(pg_temp.signed(replace(encode('\x00000005'::bytea || private.xdr_fee_bump(
      (select source_account from public.transactions), 6007,
      decode((select signed_envelope_xdr from public.transactions), 'base64')) || '\x00000000'::bytea, 'base64'), e'\n', ''),
    (select source_account from public.transactions))), 'envelope_differs_from_plan',
  'a fee bump that pays one stroop more than planned is not sent, however good its signature is');
select is(
  pg_temp.send(pg_temp.signed(replace(encode('\x00000005'::bytea || private.xdr_fee_bump(
      (select source_account from public.transactions), 6006,
      decode(tests.other_envelope((select id from sent)), 'base64')) || '\x00000000'::bytea, 'base64'), e'\n', ''),
    (select source_account from public.transactions))), 'envelope_differs_from_plan',
  'a fee bump around another signed transaction is not sent');
select is(
  pg_temp.send(pg_temp.signed((select envelope_xdr from bump), (select source_account from public.transactions))),
  'no error', 'the planned fee bump with the signature of the account is sent');
select is(
  (select (attempts, private.is_fee_bump(signed_envelope_xdr)) from public.transactions), (2, false),
  'a fee bump is an attempt, and the transaction inside stays as it was signed');

select private.configure_fee_limit(5000);
select pg_temp.answered(12000);
select is(
  (select (required_fee_stroops, (select fee_stroops from pg_temp.planned())) from public.transactions),
  (4000::bigint, 15000::bigint), 'a fee bump offers no more than the limit of the project');
select pg_temp.answered(15003);
select is(
  (select fee_stroops from pg_temp.planned()), 15000::bigint, 'above the limit the last fee bump is all that is sent');
select tests.settle(tests.evidence((select id from sent), 'unused'));
select is(
  (select (status, failure_code) from public.payroll_runs), ('failed'::text, 'fee_above_cap'::text),
  'a run of which the network asks more than the limit stops with that reason');
select is(
  tests.error_code_of('select private.configure_fee_limit(99)'), 'invalid_fee_limit', 'a limit below the least fee is refused');
select is(
  tests.error_code_of('update private.fee_bumps set fee_stroops = 1'), 'append_only', 'a fee bump that was planned stays as it was');

select * from finish();
rollback;
