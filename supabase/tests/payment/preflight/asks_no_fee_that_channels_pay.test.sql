begin;
\ir ../../_shared/setup.sql.raw
select plan(8);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', person.name, '100')
from unnest(array['emma', 'olaf', 'pia']) as person (name);
select tests.configure_network();
create temporary table named as
  select tests.treasury('Acme') as treasury, tests.address(35) as channel, tests.address(36) as second,
    tests.create_run('Acme') as run;
select tests.act_as('ada', 'Acme');
select public.add_channel_account(treasury, account)
from named cross join lateral (values (channel), (second)) as wanted (account);
select tests.act_as(null);
select tests.confirm_channels();

-- A report from what a worker read of the treasury, which can spend exactly the 300 XLM of the run, and of its channels.
create function pg_temp.report(channels jsonb) returns text language plpgsql as $$
declare
  v_report public.payroll_preflights;
  v_token constant uuid := gen_random_uuid();
begin
  perform tests.act_as('max', 'Acme');
  select asked.* into v_report from public.request_payroll_preflight((select run from named)) as asked;
  perform tests.act_as(null);
  update private.preflight_work set lease_token = v_token, leased_until = now() + interval '1 minute'
  where payroll_preflight_id = v_report.id;
  select finished.* into v_report
  from public.finish_preflight(v_report.id, v_token, jsonb_build_object('account_exists', true, 'ledger', 52, 'has_key',
    true, 'subentry_count', 0, 'num_sponsoring', 0, 'num_sponsored', 0, 'threshold', 0, 'weight', 1, 'channels', channels,
    'balances', jsonb_build_array(jsonb_build_object('asset_code', 'XLM', 'asset_issuer', '', 'balance', '301.0000000',
      'limit', null, 'buying_liabilities', '0.0000000', 'selling_liabilities', '0.0000000', 'is_authorized', true))))
    as finished;
  return concat_ws(' ', v_report.needed, v_report.short, (
    select string_agg(finding.code || coalesce(':' || finding.amount, ''), ' ' order by finding.code)
    from public.payroll_preflight_findings as finding
    where finding.payroll_preflight_id = v_report.id and finding.code <> 'account_not_read'));
end;
$$;
create function pg_temp.channel(account text, spendable text, problem text default null) returns jsonb language sql as $$
  select jsonb_build_object('account_id', account, 'problem', problem, 'spendable', spendable); $$;

select is(
  pg_temp.report(jsonb_build_array(pg_temp.channel(channel, '1.0100000'), pg_temp.channel(second, '1.0100000'))),
  '300.0000000 0.0000000', 'a treasury whose channels pay even the highest fees needs the payments and nothing else')
from named;
select is(
  pg_temp.report(jsonb_build_array(pg_temp.channel(channel, '1.0100000'),
    pg_temp.channel(second, null, 'key_missing'))),
  '300.0000000 0.0000000 channel_unusable', 'one usable channel with enough for all fees suffices')
from named;
select is(
  pg_temp.report(jsonb_build_array(pg_temp.channel(channel, '1.0099999'),
    pg_temp.channel(second, null, 'account_missing'))),
  '300.0300000 0.0300000 channel_short_of_fees:0.0000001 channel_unusable fees_may_not_suffice:0.0300000',
  'a channel that lacks one stroop at the highest fee is named, and the treasury may have to pay')
from named;
select is(
  (select replace(sentence, channel, 'G') || ' ' || cure from public.payroll_preflight_findings, named
    where code = 'channel_short_of_fees' order by id limit 1),
  'The channel account G can spend 1.0099999 XLM, and its part of the fees takes up to 1.0100000: it is short by 0.0000001 '
    'XLM. Send it 0.0000001 XLM. When it has nothing left, the other channel accounts pay, or the treasury account by its '
    'own numbers.',
  'a finding about a channel says by how much it is short and what to send');
select is(
  pg_temp.report(jsonb_build_array(pg_temp.channel(channel, '0.0099999', 'short_of_fees'),
    pg_temp.channel(second, null, 'key_missing'))),
  '300.0300000 0.0300000 channel_unusable channel_unusable treasury_short:0.0300000',
  'a treasury none of whose channels can be used pays the fees itself, and lacks them')
from named;
select is(
  pg_temp.report(jsonb_build_array(pg_temp.channel(second, null, 'key_missing'))),
  '300.0300000 0.0300000 channel_not_read channel_unusable fees_may_not_suffice:0.0300000',
  'with a channel that was not read it is not known who pays the fees')
from named;
select is(
  pg_temp.report('"nonsense"'), '300.0300000 0.0300000 channel_not_read channel_not_read fees_may_not_suffice:0.0300000',
  'channels that nobody can read are channels that were not read');
select is(
  pg_temp.report(jsonb_build_array(pg_temp.channel(channel, '1e9'), pg_temp.channel(tests.address(37), '9.0000000'))),
  '300.0300000 0.0300000 channel_not_read channel_short_of_fees:1.0100000 fees_may_not_suffice:0.0300000',
  'an amount that is none counts as nothing, and a stranger''s account pays no fee')
from named;
select * from finish();
rollback;
