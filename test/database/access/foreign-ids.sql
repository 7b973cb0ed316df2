-- Acme, whose admins call, and Globex, whose rows they name: one or more of every kind, in every state in which its own people could do something
-- with it. bea is an admin of both and acts in Acme.
select tests.create_organization_with('Acme', '{ada,bea}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil,bea}', '{gwen,greg}', '{gus}');
select tests.configure_network();
select tests.create_employee('Acme', 'olga', '10');
select tests.create_employee('Globex', 'gina', '10');
select tests.create_employee('Globex', 'gerd', '10');
select tests.treasury('Globex');

create table tests.rows_named (kind text not null, id text not null);
create table tests.own_rows (kind text primary key, id text not null);
grant select on tests.rows_named, tests.own_rows to authenticated;

do $rows$
declare
  v_goal text;
  v_run_id bigint;
begin
  foreach v_goal in array array['draft', 'submitted', 'approved', 'failed', 'completed'] loop
    v_run_id := tests.create_run('Globex');
    if v_goal <> 'draft' then
      perform tests.walk_run(v_run_id, v_goal);
    end if;
    insert into tests.rows_named values ('payroll_run', v_run_id::text);
  end loop;

  -- The last one is under way, and its transaction waits for two people; those of the others are at their end.
  v_run_id := tests.create_run('Globex');
  perform tests.walk_run(v_run_id, 'submitting');
  perform public.hold_transaction(max(transaction.id), tests.lease_of_run(v_run_id), 'sequence_holder_not_seen')
  from public.transactions as transaction
  where transaction.payroll_run_id = v_run_id;
  insert into tests.rows_named values ('payroll_run', v_run_id::text);

  insert into tests.rows_named
  select 'transaction', transaction.id::text
  from public.transactions as transaction
  where transaction.organization_id = tests.organization_id('Globex');

  insert into tests.rows_named
  select 'payroll_item', min(item.id)::text
  from public.payroll_items as item
  where item.organization_id = tests.organization_id('Globex')
  group by item.payroll_run_id;

  -- What an employee of Globex did not claim can be taken back by its people.
  insert into public.claimable_balances (organization_id, claimable_balance_id, employee_id, payroll_run_id, asset_code,
    asset_issuer, amount, sponsor, claimant, synced_ledger, reclaimable_at)
  values (tests.organization_id('Globex'), '00000000' || tests.hash('balance'), tests.employee_id('Globex', 'gina'),
    v_run_id, 'USDC', tests.issuer(), 5, tests.treasury('Globex'), tests.address(2), 900, now());
  insert into tests.rows_named select 'claimable_balance', max(balance.id)::text from public.claimable_balances as balance;

  v_run_id := tests.create_run('Acme');
  perform tests.walk_run(v_run_id, 'failed');
  insert into tests.own_rows values ('failed_run', v_run_id::text);

  v_run_id := tests.create_run('Acme');
  perform tests.walk_run(v_run_id, 'approved');
  perform tests.treasury('Acme');
  insert into tests.own_rows values
    ('approved_run', v_run_id::text), ('draft_run', tests.create_run('Acme')::text), ('employee', tests.employee_id('Acme', 'olga')::text);
end;
$rows$;

do $people$
begin
  update public.employees set deleted_at = now(), status = 'inactive' where id = tests.employee_id('Globex', 'gerd');
  insert into tests.rows_named values
    ('employee', tests.employee_id('Globex', 'gina')::text), ('employee', tests.employee_id('Globex', 'gerd')::text),
    ('member', tests.member_id('gus', 'Globex')::text), ('member', tests.member_id('greg', 'Globex')::text),
    ('source_account', tests.treasury('Globex')), ('organization', tests.organization_id('Globex')::text);

  update public.organizations set wallet_change_policy = 'second_person' where id = tests.organization_id('Globex');
  perform tests.act_as('gil', 'Globex');
  perform public.remove_member(tests.member_id('greg', 'Globex'));
  perform public.invite_member('guest@globex.example', 'viewer');
  perform public.create_webhook_subscription('https://hooks.example/globex');
  perform public.create_payroll_schedule('{"name": "Salaries", "frequency": "weekly", "day_of_week": 1, "time_zone": "UTC"}');
  perform public.update_employee(tests.employee_id('Globex', 'gina'), 1, jsonb_build_object('wallet_address', tests.address(20)));
  perform public.pause_payroll_schedule((select id from public.create_payroll_schedule('{"name": "Paused", "frequency": "weekly", "day_of_week": 1, "time_zone": "UTC"}')));
  perform tests.act_as(null);
end;
$people$;

insert into tests.rows_named
select 'invitation', id::text from public.invitations where organization_id = tests.organization_id('Globex')
union all select 'webhook_subscription', id from public.webhook_subscriptions where organization_id = tests.organization_id('Globex')
union all select 'payroll_schedule', id::text from public.payroll_schedules where organization_id = tests.organization_id('Globex')
union all select 'wallet_change', id::text from public.wallet_changes where organization_id = tests.organization_id('Globex')
union all select 'wallet', min(id::text) from public.wallets
  where organization_id = tests.organization_id('Globex') and wallet_address = tests.treasury('Globex') and asset_issuer = ''
union all select 'notification', min(id)::text from public.notifications where organization_id = tests.organization_id('Globex') group by organization_id;

insert into public.ledger_contradictions
  (organization_id, source_account, kind, believed_sequence, believed_ledger, seen_sequence, seen_ledger, provider,
   last_seen_ledger)
select transaction.organization_id, transaction.source_account, 'account_missing', transaction.sequence_number,
  transaction.ledger, null, transaction.ledger, 'https://horizon.example', transaction.ledger
from public.transactions as transaction
where transaction.organization_id = tests.organization_id('Globex') and transaction.submission_state = 'applied'
order by transaction.id desc
limit 1;

insert into tests.rows_named
select 'ledger_contradiction', id::text from public.ledger_contradictions
where organization_id = tests.organization_id('Globex');

insert into public.history_gaps (organization_id, account_id, kind, from_ledger, to_ledger)
select history.organization_id, history.account_id, 'before_retention', 1, 2
from public.account_histories as history
where history.organization_id = tests.organization_id('Globex');

insert into tests.rows_named
select 'history_gap', id::text from public.history_gaps
where organization_id = tests.organization_id('Globex');

-- A signed attempt at Globex, whose event and number its own admins could name, and a subscription of Acme that could be sent that event.
do $webhooks$
begin
  perform tests.act_as('ada', 'Acme');
  perform public.create_webhook_subscription('https://hooks.example/acme');
  perform tests.act_as(null);

  insert into public.webhook_attempts (organization_id, endpoint_id, event_id, signed_at, attempt_number, outcome)
  select subscription.organization_id, subscription.endpoint_id, max(event.id), extract(epoch from now())::bigint, 1, 'delivered'
  from public.webhook_subscriptions as subscription
  join public.events as event on event.organization_id = subscription.organization_id
  where subscription.organization_id = tests.organization_id('Globex')
  group by subscription.organization_id, subscription.endpoint_id;

  insert into tests.rows_named
  select named.kind, named.id::text
  from public.webhook_attempts as attempt
  cross join lateral (values ('webhook_attempt', attempt.id), ('event', attempt.event_id)) as named (kind, id);

  insert into tests.own_rows
  select 'foreign_' || named.kind, named.id::text
  from public.webhook_attempts as attempt
  cross join lateral (values ('attempt', attempt.id), ('event', attempt.event_id)) as named (kind, id)
  union all
  select 'webhook_subscription', subscription.id
  from public.webhook_subscriptions as subscription
  where subscription.organization_id = tests.organization_id('Acme');
end;
$webhooks$;
