begin;
\ir ../../_shared/setup.sql.raw
select plan(24);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_organization_with('Globex', '{gil}', '{gus}');
select tests.configure_network();
create temporary table named as
  select tests.treasury('Acme') as treasury, tests.treasury('Globex') as strange, tests.address(35) as channel,
    tests.address(36) as future;
grant select on named to public;

create function pg_temp.add(treasury text, account text) returns text language sql as $$
  select tests.error_code_of(format('select public.add_channel_account(%L, %L)', treasury, account)); $$;
create function pg_temp.confirm(treasury text, account text, signature text) returns text language sql as $$
  select tests.error_code_of(format('select public.confirm_channel_account(%L, %L, %L)', treasury, account, signature));
$$;
-- What the key of an account signs about a treasury on a network.
create function pg_temp.statement(
  treasury text, account text, network text default 'Test SDF Network ; September 2015',
  preamble text default 'PayD channel account')
returns bytea language sql as $$
  select sha256(convert_to(preamble || e'\n' || network || e'\n' || treasury || e'\n' || account, 'UTF8')); $$;
create function pg_temp.signature(number integer, message bytea) returns text language sql as $$
  select encode(signed.signature, 'hex') from tests.signed(tests.seed(number), message) as signed; $$;
grant execute on function pg_temp.add(text, text), pg_temp.confirm(text, text, text) to public;

-- Anybody may name an account, and nobody has it by that.
select tests.act_as('gil', 'Globex');
select is(pg_temp.add(strange, channel), 'no error', 'an admin may name an account whose key the admin does not have')
from named;
select is(pg_temp.add(strange, future), 'no error', 'an admin may name an account that another company will enroll')
from named;
select is(
  (select (confirmed_at is null, problem)::text from public.channel_accounts() where channel_account = channel), '(t,)',
  'an account that was named only is listed as not confirmed')
from named;
select tests.act_as('ada', 'Acme');
select is(pg_temp.add(treasury, channel), 'no error', 'an account that another company has named only can be named too')
from named;
select is(
  (select array_agg(channel_account) from public.channel_accounts()), (select array[channel] from named),
  'a company does not see what another company has named');
select tests.act_as(null);
select is(
  tests.error_code_of(format('select public.enroll_source_account(%s, %L)', tests.organization_id('Acme'), future)),
  'no error', 'an account that a stranger has named as a channel can be enrolled as a treasury')
from named;
select is(
  (select count(*) from private.source_accounts where channel_of is not null), 0::bigint,
  'an account that was named only is no source account, so nothing goes through it');

-- The key of the account decides, for one treasury.
select tests.as_service();
select is(
  (select count(*) from public.claim_channel_wishes()), 3::bigint, 'a worker is given what was named to look for keys');
select is(
  (select count(*) from public.claim_channel_wishes()), 0::bigint,
  'another worker is not given the same while the first one looks');
select tests.reset();
create temporary table proofs as
  select pg_temp.signature(35, pg_temp.statement(treasury, channel)) as right_one,
    pg_temp.signature(30, pg_temp.statement(treasury, channel)) as of_treasury,
    pg_temp.signature(35, pg_temp.statement(strange, channel)) as for_strange,
    pg_temp.signature(35, pg_temp.statement(treasury, channel, 'Public Global Stellar Network ; September 2015'))
      as for_public,
    pg_temp.signature(35, pg_temp.statement(treasury, channel, preamble => 'Hello')) as of_another_text,
    pg_temp.signature(36, pg_temp.statement(strange, future)) as of_future
  from named;
grant select on proofs to public;
select tests.as_service();
select is(pg_temp.confirm(treasury, channel, proof), 'channel_proof_invalid',
  format('a channel is not confirmed by the signature %s', what))
from named, proofs cross join lateral (values
  (of_treasury, 'of the treasury'), (for_strange, 'of its key for another treasury'),
  (for_public, 'of its key on another network'), (of_another_text, 'of its key under another text'),
  ('', 'that is empty'), (upper(right_one), 'in another spelling')) as given (proof, what);
select is(pg_temp.confirm(treasury, future, right_one), 'channel_account_not_found',
  'an account that nobody has named for a treasury is not confirmed for it')
from named, proofs;
select is(pg_temp.confirm(treasury, channel, null), 'no error', 'a worker without the key says so') from named;
select is(pg_temp.confirm(strange, future, of_future), 'no error',
  'a signature for an account that is a treasury meanwhile is answered')
from named, proofs;
select is(pg_temp.confirm(treasury, channel, right_one), 'no error', 'the signature of its key confirms a channel')
from named, proofs;
select tests.reset();
select results_eq(
  $$ select account_id, channel_of from private.source_accounts where channel_of is not null $$,
  $$ select channel, treasury from named $$,
  'a confirmed account serves the treasury that its key has signed for, and no other one');

-- Whoever only named it is left with nothing.
select is(
  (select problem from private.channel_wishes where channel_account = future), 'account_taken',
  'what became a treasury is no channel, and whoever named it hears so')
from named;
select tests.as_service();
select is(pg_temp.confirm(strange, channel, for_strange), 'no error',
  'a signature of the same key for a second treasury is answered')
from named, proofs;
select tests.reset();
select is(
  (select channel_of from private.source_accounts where account_id = channel), treasury,
  'an account whose key has signed for a second treasury still serves the first one')
from named;
select results_eq(
  $$ select kind, resource_id from private.findings(tests.organization_id('Globex')) as finding order by 2 $$,
  $$ select 'channel_account_unusable', account from named cross join lateral (values (channel), (future)) as own (account)
     order by 2 $$,
  'the doctor names what waits for a key that will not come');

select * from finish();
rollback;
