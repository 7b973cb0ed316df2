begin;
\ir ../../_shared/setup.sql.raw
select plan(36);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_organization_with('Globex', '{gil}', '{gus}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '500');
select tests.create_employee('Acme', 'pia', '300');
select tests.create_employee('Globex', 'earl', '700');
select tests.configure_network();
create temporary table named as
  select tests.treasury('Acme') as treasury, tests.treasury('Globex') as strange, tests.address(35) as channel,
    tests.address(36) as second, tests.create_run('Acme') as run;
grant select on named to public;
select tests.walk_run(run, 'processing') from named;
select tests.act_as('ada', 'Acme');
select public.add_channel_account(treasury, account)
from named cross join lateral (values (channel), (second)) as wanted (account);
select tests.act_as('gil', 'Globex');
select public.add_channel_account(strange, tests.address(37)) from named;
select tests.act_as(null);
select tests.confirm_channels();

-- The bytes are those that the Stellar SDK writes.
select is(
  encode(private.xdr_operation_of('GACGL5RNY4WVSZKG45GGYF4BJQMMBNDHYVSUJFJ7ZTFRPPERJFX5W5RD',
    private.xdr_operation('payment', 'GCR56SUVPJ3GL7IO6XPSO7B3CPTDHT7O5ASTFJSONO7DKNIYMPAJCT6A', 'XLM', '', 1)), 'hex'),
  '00000001' || '00000000' || '0465f62dc72d596546e74c6c17814c18c0b467c56544953fcccb17bc91496fdb' || '00000001'
    || '00000000' || 'a3df4a957a7665fd0ef5df277c3b13e633cfeee82532a64e6bbe35351863c091' || '00000000'
    || '0000000000989680',
  'an operation that acts for an account of its own names that account in front');

-- Who is planned through which account.
select tests.as_service();
create temporary table claims as
  select 1 as number, claim.* from public.claim_disbursement() as claim;
insert into claims select 2, claim.* from public.claim_disbursement() as claim;
insert into claims select 3, claim.* from public.claim_disbursement() as claim;
select tests.reset();
grant select on claims to public;
select results_eq(
  $$ select source_account, channel_account, signers from claims order by channel_account $$,
  $$ select treasury, account, array[account] from named cross join lateral (values (channel), (second)) as own (account)
     order by account $$,
  'each channel account of a treasury with a run to pay is leased, and the treasury itself is not');

create function pg_temp.envelope(
  transaction_source text, operation_source text, operations jsonb, sequence text default '1001',
  odd_source text default null)
returns text language sql security definer set search_path = '' as $$
  select replace(encode('\x00000002'::bytea || private.xdr_transaction(transaction_source, sequence, 100, 1000,
    '2099-12-01', null, null, (
      select array_agg(private.xdr_operation_of(
        case when planned.operation_index = 0 then coalesce(odd_source, operation_source) else operation_source end,
        private.xdr_operation(planned.operation_type, planned.destination, planned.asset_code, planned.asset_issuer,
          planned.amount)) order by planned.operation_index)
      from jsonb_to_recordset(operations) as planned (operation_index integer, operation_type text, destination text,
        asset_code text, asset_issuer text, amount numeric))) || '\x00000000'::bytea, 'base64'), e'\n', '');
$$;
create function pg_temp.persist(lease uuid, envelope text, operations jsonb, sequence text default '1001')
returns text language sql as $$
  select tests.error_code_of(format('select public.persist_transaction(%s, %L, %L, %L, %L, 100, 1000, %L, %L)',
    named.run, lease, tests.hash_of(envelope), envelope, sequence, '2099-12-01', operations))
  from named;
$$;
grant execute on function pg_temp.persist(uuid, text, jsonb, text), pg_temp.envelope(text, text, jsonb, text, text) to public;
create temporary table work as
  select claims.lease_token as lease, tests.operations(named.run, claims.lease_token, 1) as operations, named.*
  from claims, named where claims.channel_account = named.channel;
grant select on work to public;

select tests.as_service();
select is(pg_temp.persist(lease, envelope, operations), 'envelope_differs_from_plan',
  format('a transaction through a channel %s is refused', what))
from work
cross join lateral (values
  (pg_temp.envelope(channel, null, operations), 'whose operations act for the channel itself'),
  (pg_temp.envelope(channel, strange, operations), 'whose operations act for the treasury of another organization'),
  (pg_temp.envelope(channel, tests.address(38), operations), 'whose operations act for a stranger'),
  (pg_temp.envelope(channel, treasury, operations, odd_source => strange), 'of which one operation acts for another'),
  (pg_temp.envelope(treasury, null, operations), 'that takes the number of the treasury'),
  (pg_temp.envelope(treasury, treasury, operations), 'that takes the number of the treasury and names it as well'),
  (pg_temp.envelope(second, treasury, operations), 'that takes the number of another channel of the treasury'),
  (pg_temp.envelope(tests.address(37), treasury, operations), 'that takes the number of a stranger''s channel')
) as wrong (envelope, what);
select is(
  pg_temp.persist(gen_random_uuid(), pg_temp.envelope(channel, treasury, operations), operations), 'lease_lost',
  'a transaction through a channel under a token that was made up is refused')
from work;
select tests.reset();
create temporary table globex as select tests.lease(tests.address(37)) as lease;
grant select on globex to public;
select tests.as_service();
select is(
  pg_temp.persist(globex.lease, pg_temp.envelope(tests.address(37), treasury, operations), operations), 'lease_lost',
  'the channel of another organization gives no number to a run, whoever leases it')
from work, globex;
select is(
  tests.error_code_of(format('select public.plan_operations(%s, %L)', run, globex.lease)), 'lease_lost',
  'the lease of another organization''s channel shows nothing of what a run pays')
from work, globex;
select is(
  pg_temp.persist(lease, pg_temp.envelope(channel, treasury, operations), operations), 'no error',
  'a transaction with the number of the leased channel, whose operations act for the treasury, is written')
from work;

select tests.reset();
create temporary table written as select transaction.* from public.transactions as transaction;
select results_eq(
  $$ select source_account, channel_account, sequence_account, operation_count from written $$,
  $$ select treasury, channel, channel, 1 from named $$,
  'a written transaction says which treasury pays and which channel gives the number');
select throws_ok(
  $$ update public.transactions set channel_account = null $$, null, null,
  'the channel of a written transaction stays what it is');
select is(
  (select private.claimable_balance_id(written.sequence_account, '42', 0) from written),
  (select '00000000' || encode(sha256('\x00000006'::bytea || private.xdr_account(channel) || int8send(42)
    || int4send(0)), 'hex') from named),
  'the balance that an operation creates is named by the account that gives the number');

-- One transaction for each channel; the next channel pays the next people.
select tests.as_service();
select is(
  pg_temp.persist(lease, pg_temp.envelope(channel, treasury, next, '1002'), next, '1002'), 'live_transaction_exists',
  'a channel gives no second number while the first transaction is on its way')
from work cross join lateral tests.operations(work.run, work.lease, 1) as next;
create temporary table others as
  select claims.lease_token as lease, named.*, tests.operations(named.run, claims.lease_token, 1) as operations
  from claims, named where claims.channel_account = named.second;
select isnt(others.operations -> 0 -> 'employee_id', work.operations -> 0 -> 'employee_id',
  'what one channel pays already is not planned for another')
from others, work;
grant select on others to public;
select tests.as_service();
select is(
  pg_temp.persist(lease, pg_temp.envelope(second, treasury, operations), operations), 'payments_not_counted',
  'nothing is written through a channel before what another channel began is counted against the treasury')
from others;
select public.payments_in_flight(treasury, lease, 990) from others;
select is(
  pg_temp.persist(others.lease, pg_temp.envelope(others.second, others.treasury, work.operations), work.operations),
  'operations_differ_from_plan', 'an employee whom one channel pays is not paid through another as well')
from others, work;
select is(
  pg_temp.persist(lease, pg_temp.envelope(second, treasury, operations), operations), 'no error',
  'another channel of the same treasury pays the next people at the same time')
from others;

-- Both must sign.
select tests.reset();
create function pg_temp.signed(transaction_id bigint, signers text[])
returns text language sql as $$
  select replace(encode(substr(one.unsigned, 1, length(one.unsigned) - 4) || int4send(count(*)::integer)
    || string_agg(substr(one.bytes, length(one.unsigned) + 1), ''::bytea order by one.place), 'base64'), e'\n', '')
  from (
    select given.place, decode(transaction.envelope_xdr, 'base64') as unsigned,
      decode(tests.sign(transaction.envelope_xdr, given.signer), 'base64') as bytes
    from public.transactions as transaction, unnest(signers) with ordinality as given (signer, place)
    where transaction.id = transaction_id
  ) as one
  group by one.unsigned;
$$;
create temporary table attempts as
  select work.lease, written.id, what, pg_temp.signed(written.id, signers) as envelope
  from work, written cross join lateral (values
    (array[work.treasury], 'of the treasury alone'),
    (array[work.channel], 'of the channel alone'),
    (array[work.treasury, work.treasury], 'of the treasury twice'),
    (array[work.treasury, work.second], 'of the treasury and another channel'),
    (array[work.treasury, work.channel, tests.address(38)], 'of both and a stranger')
  ) as wrong (signers, what);
grant select on attempts to public;
select tests.as_service();
select is(
  tests.error_code_of(format('select public.begin_submission(%s, %L, %L)', id, lease, envelope)), 'signature_invalid',
  format('a transaction through a channel with the signature %s is not sent', what))
from attempts;
select tests.reset();
create temporary table complete as
  select work.lease, written.id, pg_temp.signed(written.id, array[work.treasury, work.channel]) as envelope
  from work, written;
grant select on complete to public;
select tests.as_service();
select is(
  tests.error_code_of(format('select public.begin_submission(%s, %L, %L)', id, lease, envelope)), 'no error',
  'a transaction through a channel with the signatures of the treasury and the channel is sent')
from complete;

-- Its end is proven by the account that gives the number.
select tests.reset();
create temporary table holders as
  select written.id, what, replace(encode('\x00000002'::bytea || other.bytes || int4send(cardinality(signers)) || (
      select string_agg(substr(decode(tests.sign(replace(encode('\x00000002'::bytea || other.bytes
        || '\x00000000'::bytea, 'base64'), e'\n', ''), signer.name), 'base64'), length(other.bytes) + 9), ''::bytea)
      from unnest(signers) as signer (name)), 'base64'), e'\n', '') as envelope, expected
  from written, named cross join lateral (values
    (named.treasury, array[named.treasury], 'of the treasury with the same number', 'evidence_proves_nothing'),
    (named.channel, array[named.treasury], 'of the channel that only the treasury signed', 'evidence_proves_nothing'),
    (named.channel, array[named.channel, tests.address(38)], 'of the channel for a stranger', 'no error')
  ) as held (account, signers, what, expected)
  cross join lateral (
    select private.xdr_transaction(held.account, '1001', 100, 5000, '2027-01-01', 'text', 'another tool',
      array[private.xdr_operation_of(tests.address(38), private.xdr_operation('payment', tests.address(5), 'XLM', '',
        1))]) as bytes) as other;
grant select on holders to public;
select tests.as_service();
select is(
  tests.error_code_of(format('select public.record_outcome(%L, %L)', jsonb_build_object('transaction_id', holders.id,
    'proof', 'sequence_used_by_other', 'other_ledger', 980, 'other_envelope_xdr', holders.envelope), complete.lease)),
  expected, format('a transaction %s %s', what, case when expected = 'no error'
    then 'proves that the number is used by another' else 'proves nothing about a payment through the channel' end))
from holders, complete order by expected;

-- What is wrong with a channel.
select is(
  tests.error_code_of(format('select public.record_channel_problem(%L, %L, %L)', named.channel, token, problem)), expected,
  format('a problem of a channel %s is %s', what, case when expected = 'no error' then 'kept' else 'refused' end))
from named, work cross join lateral (values
  (gen_random_uuid(), 'short_of_fees', 'lease_lost', 'under a token that was made up'),
  (work.lease, 'bored', 'invalid_channel_problem', 'without a known name'),
  (work.lease, 'short_of_fees', 'no error', 'under its lease')
) as told (token, problem, expected, what);
select tests.reset();
select is(
  (select count(*) from private.findings(tests.organization_id('Acme')) as finding
    where finding.kind = 'channel_account_unusable' and finding.resource_id = (select channel from named)),
  1::bigint, 'the doctor names a channel account that cannot be used');

-- A channel that was removed takes nothing new.
select tests.act_as('ada', 'Acme');
select public.remove_channel_account(treasury, channel) from named;
select tests.act_as(null);
select tests.as_service();
select is(
  pg_temp.persist(lease, pg_temp.envelope(channel, treasury, next, '1002'), next, '1002'), 'channel_account_removed',
  'a channel account that was removed gives no number any more')
from work cross join lateral tests.operations(work.run, work.lease, 1) as next;

select * from finish();
rollback;
