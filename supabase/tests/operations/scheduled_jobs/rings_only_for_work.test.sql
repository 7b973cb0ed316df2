begin;
\ir ../../_shared/setup.sql.raw
select plan(14);

-- pg_net and Vault as a hosted project has them; what is called is written down and goes nowhere.
create temporary table calls (function_name text);
do $$
begin
  if to_regproc('net.http_post') is not null then
    drop extension if exists pg_net cascade;
  end if;

  create schema if not exists net;
  create function net.http_post(
    url text, body jsonb default '{}', params jsonb default '{}', headers jsonb default '{}',
    timeout_milliseconds integer default 5000)
  returns bigint language sql
  as 'insert into pg_temp.calls values (regexp_replace(url, ''^.*/'', '''')) returning 1::bigint';

  if to_regclass('vault.decrypted_secrets') is null then
    create schema if not exists vault;
    create table vault.decrypted_secrets (name text, decrypted_secret text);
    insert into vault.decrypted_secrets values
      ('payd_project_url', 'https://project.supabase.co'), ('payd_cron_key', 'sb_secret_x');
  else
    perform vault.create_secret('https://project.supabase.co', 'payd_project_url');
    perform vault.create_secret('sb_secret_x', 'payd_cron_key');
  end if;
end;
$$;

-- What a new transaction begins with: nothing was rung in it, and the last call was not just now.
create function pg_temp.next_transaction() returns void language sql as $$
  select set_config('payd.rung', '', true);
$$;
create function pg_temp.a_while_later() returns void language sql as $$
  select setval('private.webhook_dispatch_rung_at', 0), pg_temp.next_transaction();
$$;
-- The ledger was read just now, reports are written and webhooks are delivered.
create function pg_temp.read_everything() returns void language sql as $$
  update public.wallets set last_synced_at = now(), synced_ledger = 1;
  update private.history_walks set next_read_at = now() + interval '1 day';
  update private.preflight_work set next_look_at = now() + interval '1 day';
  update public.sync_requests set state = 'done', completed_at = now(), wallets_read = 0, wallets_unreadable = 0
  where state = 'waiting';
  delete from private.webhook_ready;
$$;
-- So many turns of everything that is scheduled; answers which functions were called how often.
create function pg_temp.turns(count integer) returns text language plpgsql as $$
declare v_name text;
begin
  delete from calls;

  for turn in 1..turns.count loop
    for v_name in select job.name from private.scheduled_jobs as job order by job.name loop
      perform pg_temp.a_while_later();
      perform private.run_job(v_name);
    end loop;
  end loop;

  return pg_temp.called();
end;
$$;
create function pg_temp.called() returns text language sql as $$
  select coalesce(string_agg(one.function_name || ' ' || one.count, ', ' order by one.function_name), 'nobody')
  from (select function_name, count(*) from calls group by function_name) as one;
$$;

select set_eq(
  $$ select name from private.scheduled_jobs where kind = 'function' and due is null $$, array[]::text[],
  'every job that calls a function says when there is something to do');

-- A project that is set up and in which nothing happens: a draft waits, a subscription is on.
select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.configure_network();
create temporary table runs as select tests.create_run('Acme') as id;
insert into public.webhook_subscriptions (organization_id, url)
values (tests.organization_id('Acme'), 'https://hooks.example/1');
select pg_temp.read_everything();
select is(pg_temp.turns(5), 'nobody', 'a project in which nothing happens calls no function in five turns');

-- Each kind of work calls the function that does it, once a turn.
select tests.walk_run(id, 'approved') from runs;
select pg_temp.read_everything();
select is(pg_temp.turns(2), 'nobody', 'an approved run that nobody has started calls no function');
select public.enroll_source_account(tests.organization_id('Acme'), tests.address(30));
select tests.act_as('ada', 'Acme');
select public.disburse_payroll_run(id) from runs;
select tests.act_as(null);
select pg_temp.read_everything();
select is(pg_temp.turns(1), 'payroll-disburse 1', 'a run that is paid calls payroll-disburse once a turn');
select tests.as_service();
create temporary table claim as select * from public.claim_disbursement(60);
select tests.reset();
select is(pg_temp.turns(1), 'nobody', 'a run that a worker has leased calls nobody else');
update private.source_accounts set leased_until = now() - interval '1 second';
select is(pg_temp.turns(1), 'payroll-disburse 1', 'a run whose worker was lost calls payroll-disburse again');
update private.source_accounts set next_check_at = now() + interval '1 hour';
update public.wallets set last_synced_at = null, synced_ledger = null;
select is(pg_temp.turns(1), 'horizon-sync 1', 'a wallet that is to be read calls horizon-sync once a turn');
select pg_temp.read_everything();
select private.emit_event(tests.organization_id('Acme'), 'payroll.completed', 'payroll_run', '1', 'one', '{}');
select is(pg_temp.turns(1), 'webhook-dispatch 1', 'a webhook that waits calls webhook-dispatch once a turn');
select claim_webhook_deliveries(100);
select is(pg_temp.turns(3), 'nobody', 'webhooks that a worker has leased call nobody else');

-- Much at once calls about as often as little.
create function pg_temp.emit(prefix text, number integer) returns void language sql as $$
  select private.emit_event(tests.organization_id('Acme'), 'payroll.completed', 'payroll_run', prefix || number,
    prefix || number, '{}');
$$;
delete from calls;
select pg_temp.a_while_later();
select count(pg_temp.emit('one statement ', n)) from generate_series(1, 1000) as n;
select is(pg_temp.called(), 'webhook-dispatch 1', 'a thousand events of one statement make one call');
delete from calls;
select pg_temp.a_while_later();
create temporary table began as select clock_timestamp() as at;
select count(*) from (
  select pg_temp.next_transaction(), pg_temp.emit('many transactions ', n) from generate_series(1, 1000) as n) as each;
select cmp_ok(
  (select count(*) from calls), '<=',
  (select 1 + floor(extract(epoch from clock_timestamp() - began.at) * 4)::bigint from began),
  'a thousand events of as many transactions make one call in a quarter of a second');
select cmp_ok((select count(*) from calls), '>=', 1::bigint, 'a thousand events of as many transactions do call');
delete from calls;
select count(*) from (select pg_temp.next_transaction(), private.ring('webhook-dispatch') from generate_series(1, 3))
  as each;
select cmp_ok(
  (select count(*) from calls), '<=', 2::bigint, 'transactions that follow each other at once share a call');
update public.webhook_subscriptions set is_active = false, inactive_reason = 'paused';
delete from calls;
select pg_temp.a_while_later();
select pg_temp.emit('nobody listens ', 1);
select is(pg_temp.called(), 'nobody', 'an event that no subscription wants calls nobody');

select * from finish();
rollback;
