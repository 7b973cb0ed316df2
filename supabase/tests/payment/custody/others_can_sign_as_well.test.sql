begin;
\ir ../../_shared/setup.sql.raw
select plan(21);

-- A worker signs for the treasury of Acme, and two people of the company can sign for it as well.
select tests.create_organization_with('Acme', '{ada}', '{max,mia}');
select tests.configure_network();
select tests.create_employee('Acme', 'emma', '10');
create temporary table treasury as select tests.treasury('Acme') as account;
grant select on treasury to public;
create function pg_temp.named() returns text language sql as $$
  select (custody, signing_seconds, threshold,
    array(select entry ->> 'signer' from jsonb_array_elements(signers) as entry order by 1)
      <@ array[account, tests.address(36), tests.address(37)], jsonb_array_length(signers))::text
  from treasury, public.treasuries() as known where known.source_account = account; $$;
create function pg_temp.set_custody(custody text, signers text[] default null) returns text language sql as $$
  select tests.error_code_of(format('select public.set_treasury_custody(%L, %L, %L::text[])', account, custody, signers))
  from treasury; $$;
grant execute on function pg_temp.named(), pg_temp.set_custody(text, text[]) to public;

select tests.authenticate_as('ada');
select is(pg_temp.set_custody('server', array[tests.address(36), tests.address(37)]), 'no error',
  'an admin names who can sign beside the server');
select is(pg_temp.named(), '(server,,,t,3)', 'the account itself stays among the signers where the server signs');
select is(pg_temp.set_custody('server'), 'no error', 'saying again that the server signs is possible');
select is(pg_temp.named(), '(server,,,t,3)', 'other signers that are not mentioned stay');
select tests.reset();
select is(
  (select (private.is_signed_by_wallets(account), private.signers_of(account) @> array[account, tests.address(36)])::text
    from treasury), '(f,t)', 'a treasury with other signers is still signed for by the server');

create temporary table work as select tests.create_run('Acme') as run_id;
select tests.walk_run(run_id, 'processing') from work;
alter table work add column lease uuid, add column id bigint;
update work set lease = tests.lease_of_run(run_id);
grant select on work to public;
create function pg_temp.weigh(own integer, first integer, second integer, threshold integer) returns text language sql as $$
  select tests.error_code_of(format('select public.record_signers(%L, %L, 100, %s, %L)', account, lease, threshold,
    jsonb_build_array(jsonb_build_object('key', account, 'weight', own), jsonb_build_object('key', tests.address(36),
      'weight', first), jsonb_build_object('key', tests.address(37), 'weight', second))))
  from work, treasury; $$;
grant execute on function pg_temp.weigh(integer, integer, integer, integer) to public;
select tests.as_service();
select is(pg_temp.weigh(2, 1, 1, 2), 'no error', 'a worker notes what the other signers weigh');
select tests.reset();
do $$
declare
  v_work record;
  v_operations jsonb;
  v_envelope text;
  v_until constant timestamptz := date_trunc('second', now()) + interval '5 minutes';
begin
  select * into v_work from work;
  v_operations := tests.operations(v_work.run_id, v_work.lease);
  v_envelope := tests.envelope(v_work.run_id, '1001', v_operations, 100, 1000, v_until);
  update work set id = (
    select stored.id from public.persist_transaction(v_work.run_id, v_work.lease, tests.hash_of(v_envelope), v_envelope,
      '1001', 100, 1000, v_until, v_operations) as stored);
end $$;
select is((select submission_state from public.transactions), 'prepared',
  'a transaction is not handed to wallets because others can sign as well');

-- Another transaction with the same number, with the signatures of some accounts.
create function pg_temp.holder(variadic accounts text[]) returns text language sql as $$
  select replace(encode(substr(decode(other, 'base64'), 1, length(decode(other, 'base64')) - 76)
    || int4send(cardinality(accounts))
    || coalesce(string_agg(right_part.signature, ''::bytea order by given.place), ''::bytea), 'base64'), e'\n', '')
  from work cross join lateral tests.other_envelope(work.id) as other
  left join unnest(accounts) with ordinality as given (account, place) on true
  left join lateral (
    select substr(signed, length(signed) - 71) as signature
    from decode(tests.sign(replace(encode(substr(decode(other, 'base64'), 1, length(decode(other, 'base64')) - 76)
      || '\x00000000'::bytea, 'base64'), e'\n', ''), given.account), 'base64') as signed) as right_part on true
  group by other; $$;
create function pg_temp.proves(envelope text) returns boolean language sql as $$
  select private.is_released(account, opened.transaction_xdr, opened.signatures)
  from treasury, private.opened_envelope(envelope) as opened; $$;
select is(pg_temp.proves(envelope), proves, what)
from treasury cross join lateral (values
  (pg_temp.holder(account), true, 'the account''s own key alone has used the number'),
  (pg_temp.holder(tests.address(36), tests.address(37)), true, 'two other signers whose weight suffices have used it'),
  (pg_temp.holder(tests.address(37), tests.address(36)), true, 'the order of signatures does not matter'),
  (pg_temp.holder(tests.address(36)), false, 'one other signer whose weight does not suffice has not used it'),
  (pg_temp.holder(tests.address(36), tests.address(36)), false, 'one signer who signs twice counts once'),
  (pg_temp.holder(tests.address(39), tests.address(38)), false, 'strangers have not used it'),
  (pg_temp.holder(tests.address(36), tests.address(39)), false, 'the weight of a stranger is not added'),
  (pg_temp.holder(account, tests.address(39)), true, 'a signature that nobody can check takes nothing away')
) as cases (envelope, proves, what);
select is(
  pg_temp.proves(overlay(pg_temp.holder(account) placing 'AAAA' from length(pg_temp.holder(account)) - 99)), false,
  'a signature under the hint of another key is none')
from treasury;
select is(pg_temp.proves(pg_temp.holder(variadic '{}'::text[])), false,
  'a transaction without signatures, as one that was signed beforehand, proves nothing');

-- What weighs enough ends the transaction, and what weighs too little does not.
create function pg_temp.ended(envelope text) returns text language sql as $$
  select tests.error_code_of(format('select public.record_outcome(%L, %L)', jsonb_build_object('transaction_id', id,
    'proof', 'sequence_used_by_other', 'other_ledger', 500, 'other_envelope_xdr', envelope), lease)) from work; $$;
select is(pg_temp.ended(pg_temp.holder(tests.address(36))), 'evidence_proves_nothing',
  'too little weight does not end a transaction of PayD');
select is(
  (select pg_temp.weigh(2, 0, 0, 2) || ' ' || pg_temp.ended(pg_temp.holder(tests.address(36), tests.address(37)))),
  'no error evidence_proves_nothing', 'signers whom the ledger does not know any more end nothing');
select pg_temp.weigh(2, 1, 1, 2);
select is(pg_temp.ended(pg_temp.holder(tests.address(36), tests.address(37))), 'no error',
  'signers with enough weight prove who used the number');
select is(
  (select (submission_state, proof)::text from public.transactions), '(never_applied,sequence_used_by_other)',
  'what signers with enough weight sent ends PayD''s own transaction as never applied');

select * from finish();
rollback;
