begin;
\ir ../../_shared/setup.sql.raw
select plan(31);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}');
create temporary table named as
  select tests.treasury('Acme') as acme, tests.treasury('Globex') as globex;
grant select on named to public;
create function pg_temp.set_custody(account text, custody text, signers text[] default null, seconds integer default null)
returns text language sql as $$
  select tests.error_code_of(format('select public.set_treasury_custody(%L, %L, %L::text[], %L::integer)', account,
    custody, signers, seconds)); $$;
grant execute on function pg_temp.set_custody(text, text, text[], integer) to public;

select tests.authenticate_as('vic');
select is(
  (select (source_account = acme, custody, signers)::text from public.treasuries(), named),
  '(t,server,[])', 'a treasury is signed for by the server until an admin says otherwise');
select is(pg_temp.set_custody(acme, 'wallet'), 'role_too_low', 'a viewer cannot say who signs') from named;
select tests.authenticate_as('max');
select is(pg_temp.set_custody(acme, 'wallet'), 'role_too_low', 'a manager cannot say who signs') from named;
select tests.as_anon();
select is(pg_temp.set_custody('G', 'wallet'), '42501', 'a stranger cannot say who signs');

select tests.authenticate_as('ada');
select is(pg_temp.set_custody(account, custody, signers, seconds), code, what)
from named cross join lateral (values
  (globex, 'wallet', null::text[], null::integer, 'source_account_unknown', 'the treasury of another organization is unknown'),
  ('nothing', 'wallet', null, null, 'source_account_unknown', 'an address that is no treasury is unknown'),
  (null, 'wallet', null, null, 'source_account_unknown', 'a missing treasury is unknown'),
  (acme, 'both', null, null, 'invalid_custody', 'an unknown kind of custody is refused'),
  (acme, null, null, null, 'invalid_custody', 'a missing kind of custody is refused'),
  (acme, 'wallet', '{}', null, 'invalid_signers', 'an empty list of signers is refused'),
  (acme, 'wallet', '{nobody}', null, 'invalid_signers', 'a signer that is no address is refused'),
  (acme, 'wallet', array[null::text], null, 'invalid_signers', 'a missing signer is refused'),
  (acme, 'wallet', array[[tests.address(31)], [tests.address(32)]], null, 'invalid_signers',
    'a table of signers is refused'),
  (acme, 'wallet', array(select tests.address(number) from generate_series(1, 21) as number), null, 'invalid_signers',
    'more than 20 signers are refused'),
  (acme, 'wallet', array[tests.secret_key()], null, 'secret_key_refused', 'a secret key in the place of a signer is refused'),
  (tests.secret_key(), 'wallet', null, null, 'secret_key_refused', 'a secret key in the place of the treasury is refused'),
  (acme, 'wallet', null, 899, 'invalid_signing_time', 'less than 15 minutes to sign are refused'),
  (acme, 'wallet', null, 604801, 'invalid_signing_time', 'more than 7 days to sign are refused')
) as cases (account, custody, signers, seconds, code, what);
select unalike(
  tests.error_of(format('select public.set_treasury_custody(%L, ''wallet'', %L)', acme, array[tests.secret_key()])),
  '%' || tests.secret_key() || '%', 'the refusal of a secret key does not repeat it')
from named;

select is(
  (
    select (custody, signing_seconds, threshold, weight, signers)::text
    from named, public.set_treasury_custody(acme, 'wallet')),
  (
    select (
      'wallet'::text, 86400, null::integer, null::bigint,
      jsonb_build_array(jsonb_build_object('signer', acme, 'weight', null)))::text from named),
  'the account itself signs, within a day, where no signers are named');
select is(
  (
    select (signing_seconds, jsonb_array_length(signers))::text
    from named, public.set_treasury_custody(acme, 'wallet', array[tests.address(31), tests.address(32),
      tests.address(31)], 900)),
  '(900,2)', 'signers that are named take the place of the earlier ones, each once');
select is(
  (
    select (signing_seconds, jsonb_array_length(signers))::text
    from named, public.set_treasury_custody(acme, 'wallet')),
  '(900,2)', 'what is not said stays as it is');
select tests.authenticate_as('gil');
select is(
  (select array_agg(source_account = globex and custody = 'server') from public.treasuries(), named),
  array[true], 'another organization sees its own treasury and nothing of this one');
select tests.as_service();
select is(
  tests.error_code_of('select * from private.wallet_signers'), '42501', 'the service cannot read the signers themselves');
select is(
  tests.error_code_of(format('select public.set_treasury_custody(%L, ''server'')', acme)), '42501',
  'the service cannot say who signs, so that its key alone does not make a worker sign')
from named;

-- What is being paid is signed by whom it was started for.
select tests.reset();
select tests.create_employee('Acme', 'emma', '10');
create temporary table run as select tests.create_run('Acme') as id;
select tests.walk_run(id, 'processing') from run;
select tests.authenticate_as('ada');
select is(
  pg_temp.set_custody(acme, 'server'), 'custody_in_use', 'the server does not take over while a run is being paid')
from named;
select is(
  pg_temp.set_custody(acme, 'wallet', array[tests.address(33)]), 'no error',
  'another signer may be named while a run is being paid')
from named;
select tests.reset();
select is(
  (select (private.is_signed_by_wallets(acme), private.signers_of(acme) = array[tests.address(33)],
    private.is_signed_by_wallets(globex), private.signers_of(globex) = array[globex])::text from named),
  '(t,t,f,t)', 'the named wallets count for the one treasury, and the account itself for the other');
select is(
  (
    select array_agg(changes ->> 'custody' order by id) from public.audit_logs
    where action = 'source_account.custody_set'), '{wallet,wallet,wallet,wallet}'::text[],
  'the audit trail names every change of who signs');
select throws_ok(
  format('insert into private.wallet_signers (account_id, organization_id, signer) values (%L, %s, %L)', acme,
    tests.organization_id('Globex'), tests.address(34)), '23503', null,
  'a signer of one organization cannot stand at the treasury of another')
from named;
update public.payroll_runs set status = 'failed', failure_code = 'x', failure_reason = 'x';
select tests.authenticate_as('ada');
select is(
  (select (custody, signers)::text from named, public.set_treasury_custody(acme, 'server')), '(server,[])',
  'the server signs again once nothing is being paid')
from named;

select * from finish();
rollback;
