begin;
\ir ../../_shared/setup.sql.raw
select plan(29);

-- Every concept declares because of what a run can stand still. Nothing of it may lack a reason in the run, a finding, an
-- event or a way on.
select is_empty(
  $$
    select standstill.kind, standstill.function_name
    from private.standstills as standstill
    join pg_catalog.pg_proc as check_function on check_function.oid = to_regproc(standstill.function_name)
    where strpos(check_function.prosrc, quote_literal(standstill.kind)) = 0
      -- The kind of a finding about a provider is put together with its state.
      and not (standstill.kind ~ '^provider_' and strpos(check_function.prosrc, '''provider_'' ||') > 0) $$,
  'every reason for which a run stands still is found by the check that declares it');
select is_empty(
  $$
    select kind, event_type
    from private.standstills
    where event_type not in (select type from private.event_types) $$,
  'every reason for which a run stands still is told by an event of the catalogue');
select is_empty(
  $$
    select standstill.kind, command
    from private.standstills as standstill
    cross join unnest(standstill.commands) as command
    where not exists (
      select from pg_catalog.pg_proc as door
      where door.pronamespace = 'public'::regnamespace and door.proname = command
        and has_function_privilege('authenticated', door.oid, 'execute')) $$,
  'every way on from a standstill is a function that people can call');
select is_empty(
  $$
    select found.kind[1]
    from private.doctor_checks as declared
    join pg_catalog.pg_proc as check_function on check_function.oid = to_regproc(declared.function_name)
    cross join regexp_matches(check_function.prosrc,
      '''(?:alert|warning|info)''(?: else ''[a-z]+'' end| end)?,\s+''([a-z_]+)'', ''(?:payroll_run|transaction)'',', 'g') as found (kind)
    where found.kind[1] not in (select kind from private.standstills)
      -- A report that nobody writes keeps no payment; a failed run says so itself, and what can be paid is the way on.
      and found.kind[1] not in ('preflight_waits', 'payments_payable_again') $$,
  'every finding about a run or its transaction is declared as a reason for which a run stands still');
select set_eq(
  $$
    select distinct from_state from private.state_transitions
    where entity = 'payroll_run' and from_state <> '(new)' $$,
  $$ values ('draft'), ('pending'), ('processing'), ('failed'), ('discarded'), ('completed') $$,
  'no further state of a run can be left without this test to say who tells about it');
select set_eq(
  $$
    values ('prepared'), ('awaiting_signature'), ('submitting'), ('held'), ('applied'), ('applied_failed'),
      ('never_applied') $$,
  $$
    select distinct from_state from private.state_transitions
    where entity = 'transaction' and from_state <> '(new)' $$,
  'no further state of a transaction can be left without this test to say who tells about it');

-- Each is brought about here, so that one which is declared later must be brought about as well.
create temporary table seen (kind text);
select tests.create_organization_with('Acme', '{ada}', '{max,mia}');
select tests.configure_network();
select tests.create_employee('Acme', 'emma', '10');
create temporary table run as select tests.create_run('Acme') as id;
create function pg_temp.told(kind text) returns text language plpgsql as $$
declare
  v_run public.payroll_runs;
  v_events bigint;
begin
  select count(*) into v_events from public.events as event where event.type = 'payroll.waiting';
  perform private.note_standing_runs();
  perform private.note_standing_runs();
  insert into seen values (told.kind);
  select * into v_run from public.payroll_runs where id = (select id from run);
  return concat_ws(' ', v_run.waiting_kind, v_run.waiting_reason is not null and v_run.waiting_since is not null,
    (select count(*) from public.events as event where event.type = 'payroll.waiting') - v_events);
end;
$$;
-- Whether the finding exists, the run says it, and it is told once by payroll.waiting or before by an event of its own.
create function pg_temp.expected(kind text) returns text language sql as $$
  select standstill.kind || ' t ' || case standstill.event_type when 'payroll.waiting' then 1 else 0 end
  from private.standstills as standstill where standstill.kind = expected.kind; $$;

alter table public.payroll_runs disable trigger user;
alter table public.payroll_runs enable trigger payroll_runs_end_waiting;
select tests.walk_run((select id from run), 'submitted');
select is(pg_temp.told('nothing'), 'f 0', 'a run that was just submitted does not stand still');
delete from seen;
update public.payroll_runs set submitted_at = now() - interval '2 hours';
select is(pg_temp.told('payroll_run_waits_for_approval'), pg_temp.expected('payroll_run_waits_for_approval'),
  'a run that nobody approves says so');
update public.organizations set required_approvals = 9;
select is(pg_temp.told('payroll_run_without_approvers'), pg_temp.expected('payroll_run_without_approvers'),
  'a run that nobody may approve says so');
update public.organizations set required_approvals = 1;
update public.payroll_runs set approved_at = now() - interval '2 hours';
select is(pg_temp.told('payroll_run_not_started'), pg_temp.expected('payroll_run_not_started'),
  'an approved run that nobody starts says so');

update public.payroll_runs set status = 'processing', source_account = tests.treasury('Acme'), updated_at = now();
select is((select waiting_kind from public.payroll_runs), null, 'a run that is started waits for nobody to start it');
select is(pg_temp.told('nothing'), 'f 0', 'a run that was just started does not stand still');
delete from seen where kind = 'nothing';
update public.payroll_runs set updated_at = now() - interval '11 minutes';
select is(pg_temp.told('payroll_run_stuck'), pg_temp.expected('payroll_run_stuck'), 'a run that no worker pays says so');
select is((select updated_at < now() - interval '10 minutes' from public.payroll_runs), true,
  'a note that a run stands still is no movement of it');
update public.payroll_runs set updated_at = now(), stop_requested = 'pause', stop_reason = 'x', stop_requested_at = now();
select is(pg_temp.told('payroll_run_stopped'), pg_temp.expected('payroll_run_stopped'), 'a paused run says so');
update public.payroll_runs set stop_requested = 'cancel';
select is(pg_temp.told('payroll_run_cancelled'), pg_temp.expected('payroll_run_cancelled'),
  'a cancelled run that waits for the end of what was sent says so');
insert into private.approval_questions (organization_id, payroll_run_id, reason)
select organization_id, id, 'other wallets sign' from public.payroll_runs;
select is(pg_temp.told('payroll_run_asked_again'), pg_temp.expected('payroll_run_asked_again'),
  'a stopped run whose approvers are asked again says so');
delete from private.approval_questions;
update public.payroll_runs set stop_requested = null, stop_reason = null, stop_requested_at = null;

insert into private.sequence_numbers (source_account, sequence_number, recorded_at)
values (tests.treasury('Acme'), 7, now() - interval '6 minutes');
select is(pg_temp.told('sequence_number_open'), pg_temp.expected('sequence_number_open'),
  'a run whose account has an open number says so');
delete from private.sequence_numbers;

insert into private.account_looks (account_id, ledger, balances, waiting_ledger, waiting_balances, waiting_since)
values (tests.treasury('Acme'), 5, '{}', 9, '{}', now());
select is(pg_temp.told('balance_unexplained'), pg_temp.expected('balance_unexplained'),
  'a run whose account holds something else than is recorded says so');
delete from private.account_looks;

insert into private.funding_waits (source_account, organization_id, payroll_run_id, transaction_ids, next_look_at)
select tests.treasury('Acme'), tests.organization_id('Acme'), run.id, '{1}', now() from run;
select is(pg_temp.told('payments_in_flight'), pg_temp.expected('payments_in_flight'),
  'a run whose treasury waits for what is on its way says so');
delete from private.funding_waits;

alter table public.ledger_contradictions disable trigger user;
insert into public.ledger_contradictions (organization_id, source_account, kind, believed_sequence, believed_ledger,
  seen_ledger, last_seen_ledger, seen_sequence, last_seen_sequence, provider)
select tests.organization_id('Acme'), tests.treasury('Acme'), 'sequence_behind', '9', 5, 9, 9, '7', '7', 'https://horizon.example';
select is(pg_temp.told('ledger_contradicted'), pg_temp.expected('ledger_contradicted'),
  'a run whose account the ledger contradicts says so');
update public.ledger_contradictions
set state = 'proving', proposed_verdict = 'not_paid', proposed_by = tests.member_id('max', 'Acme'),
    proposed_reason = 'x', proposed_at = now(), resolved_by = tests.member_id('mia', 'Acme'), resolved_reason = 'x',
    resolved_at = now();
select is(pg_temp.told('payments_being_disproved'), pg_temp.expected('payments_being_disproved'),
  'a run whose account is being looked through says so');
delete from public.ledger_contradictions;

create function pg_temp.of_provider(state text) returns text language plpgsql as $$
begin
  update private.provider_states as known set state = of_provider.state, since = now() - interval '1 minute';
  return pg_temp.told('provider_' || of_provider.state);
end;
$$;
insert into private.provider_states (provider, state) values ('https://horizon.example', 'well');
select results_eq(
  $$
    select pg_temp.of_provider(state)
    from unnest(array['lagging', 'frozen', 'lying', 'unreachable', 'wrong_network', 'reset']) as state $$,
  $$
    select pg_temp.expected('provider_' || state)
    from unnest(array['lagging', 'frozen', 'lying', 'unreachable', 'wrong_network', 'reset']) as state $$,
  'a run that is paid while a provider is not well says so');
delete from private.provider_states;
insert into private.provider_budgets (provider, sent_away_until, last_sent_away_at, sent_away_count)
values ('https://horizon.example', now() + interval '1 minute', now(), 3);
select is(pg_temp.told('provider_sends_away'), pg_temp.expected('provider_sends_away'),
  'a run that is paid while a provider sends PayD away says so');
delete from private.provider_budgets;

update public.payroll_runs
set status = 'draft', source_account = null, approved_at = null, submitted_by = null, submitted_at = null,
    content_hash = null;
alter table public.payroll_runs enable trigger user;
select tests.walk_run((select id from run), 'submitting');
alter table public.transactions disable trigger user;
update public.transactions set created_at = now() - interval '6 minutes';
select is(pg_temp.told('transaction_unproven'), pg_temp.expected('transaction_unproven'),
  'a run whose transaction is not proven for long says so');
update public.transactions
set submission_state = 'held', held_reason = 'sequence_holder_not_verifiable', held_since = now();
select is(pg_temp.told('transaction_held'), pg_temp.expected('transaction_held'), 'a run whose transaction is held says so');
select alike((select waiting_reason from public.payroll_runs), '%no signature of a key%Nobody can check who did that.',
  'a run whose number was used by what no key signed says what cannot be checked');
update public.transactions set submission_state = 'awaiting_signature', held_reason = null, held_since = null;
insert into private.wallet_custody (account_id, organization_id)
values (tests.treasury('Acme'), tests.organization_id('Acme'));
select is(pg_temp.told('signatures_awaited'), pg_temp.expected('signatures_awaited'),
  'a run whose wallets have not signed says so');
delete from private.wallet_custody;

select set_eq(
  $$ select kind from seen $$,
  $$
    select kind from private.standstills
    -- Their own tests bring these about: many transactions, a project without keys, and a run with failure_reason.
    where kind not in ('payroll_run_rebuilding', 'doorbell_not_wired', 'payroll_run_failed') $$,
  'every reason for which a run can stand still was brought about');

select * from finish();
rollback;
