begin;
\ir ../../_shared/setup.sql.raw
select plan(12);

-- Every function that takes a text or a document is called with arguments that work, and then with a secret key in each
-- text in turn. Each call is undone, so that all calls meet the same world.
select tests.create_organization_with('Acme', '{ada}', '{max,mia}');
select tests.create_organization_with('Globex', '{gil}');
select tests.create_organization_with('Quiet', '{ada}');
select tests.configure_network();
select tests.create_employee('Acme', name) from unnest(array['emma', 'olaf', 'gone']) as name;
update public.employees set deleted_at = now(), status = 'inactive' where first_name = 'gone';
update public.employees set email = 'ada@example.com' where first_name = 'olaf';
update auth.users set email_confirmed_at = now() where email = 'ada@example.com';

-- Arguments are expressions; '*' stands for every function that has no value of its own.
create temporary table known (door text, argument text, value text);
do $$
declare
  v_processing bigint := tests.create_run('Acme');
  v_draft bigint; v_pending bigint; v_approved bigint; v_by_max bigint; v_mia bigint := tests.member_id('mia', 'Acme');
  v_lease uuid;
  v_channel_lease constant uuid := gen_random_uuid();
  v_contract constant text := 'CAYK5KTDGRAUDUPY4YO3YSU4DKD4Z6D5LJ5DASEA36ACV2XN33ZR2LFD';
begin
  perform tests.walk_run(v_processing, 'processing');
  v_lease := tests.lease_of_run(v_processing);
  v_draft := tests.create_run('Acme');
  v_pending := tests.create_run('Acme');
  perform tests.walk_run(v_pending, 'submitted');
  v_approved := tests.create_run('Acme');
  perform tests.walk_run(v_approved, 'approved');
  perform tests.act_as('max', 'Acme');
  v_by_max := (
    select id from public.create_payroll_run('2027-12-01', '2027-12-31'));
  perform tests.submit(v_by_max);
  perform tests.act_as(null);
  perform public.register_contract('Bulk payment', v_contract, tests.hash('one'));
  perform tests.act_as('gil', 'Globex');
  insert into known select 'accept_invitation', 'token', quote_literal(token)
  from public.invite_member('ada@example.com', 'viewer');
  perform tests.act_as('max', 'Acme');
  insert into known select 'accept_employee_invitation', 'token', quote_literal(token)
  from public.invite_employee(tests.employee_id('Acme', 'olaf'));
  perform tests.act_as('ada', 'Acme');
  perform public.remove_member(v_mia);
  insert into public.ledger_contradictions (
    organization_id, source_account, kind, believed_sequence, believed_ledger, seen_ledger, provider, last_seen_ledger)
  values (
    tests.organization_id('Acme'), tests.address(39), 'account_missing', '1', 1, 1, 'https://horizon.example', 1);
  insert into private.channel_wishes (source_account, channel_account, organization_id)
  values (tests.treasury('Acme'), tests.address(36), tests.organization_id('Acme'));

  -- A channel account that another worker holds.
  insert into private.source_accounts (account_id, organization_id, channel_of, lease_token, leased_until)
  values (tests.address(40), tests.organization_id('Acme'), tests.treasury('Acme'), v_channel_lease,
    now() + interval '1 hour');
  -- A payment that nobody claimed and that somebody asked back.
  insert into public.claimable_balances (organization_id, claimable_balance_id, employee_id, payroll_run_id, asset_code,
    asset_issuer, amount, sponsor, claimant, synced_ledger, reclaimable_at, reclaim_requested_at, reclaim_requested_by)
  values (tests.organization_id('Acme'), '00000000' || tests.hash('balance'), tests.employee_id('Acme', 'olaf'),
    v_processing, 'USDC', tests.issuer(), 5, tests.treasury('Acme'), tests.address(2), 900, now(), now(),
    tests.member_id('max', 'Acme'));
  insert into known values
    ('*', 'claimable_balance_id', '(select max(id) from public.claimable_balances)'),
    ('persist_refund', 'envelope_xdr', 'pg_temp.refund()'),
    ('persist_refund', 'tx_hash', 'tests.hash_of(pg_temp.refund())'),
    ('*', 'allows_claimable_balances', 'true'), ('*', 'reclaim_after_days', '30'),
    ('*', 'provider', '''https://horizon.example'''), ('*', 'requests', '1'), ('*', 'is_urgent', 'false'),
    ('*', 'contradiction_id', '(select max(id) from public.ledger_contradictions)'), ('*', 'verdict', '''paid'''),
    ('*', 'id', (select quote_literal(id) from public.create_webhook_subscription('https://hooks.example'))),
    (
      '*', 'payroll_schedule_id',
      (
        select id::text
        from public.create_payroll_schedule('{"name": "First", "frequency": "monthly", "day_of_month": "31", "time_zone": "UTC"}'))),
    ('*', 'payroll_run_id', v_processing::text), ('*', 'lease_token', quote_literal(v_lease)),
    ('approve_payroll_run', 'payroll_run_id', v_by_max::text),
    ('request_payroll_preflight', 'payroll_run_id', v_draft::text),
    ('*', 'payroll_preflight_id', '(select max(payroll_preflight_id) from private.preflight_work)'),
    ('*', 'next_look_seconds', '0'), ('*', 'treasury', '''{"account_exists": false, "ledger": 1}'''),
    ('*', 'content_hash', quote_literal(tests.seen(v_by_max))),
    ('close_organization', 'organization_id', tests.organization_id('Quiet')::text),
    ('set_approval_threshold', 'expected_version', 'null'),
    ('set_balance_threshold', 'expected_version', 'null'), ('*', 'minimum', '''1'''),
    (
      '*', 'wallet_id',
      (
        select quote_literal(id) from public.wallets
        where wallet_address = tests.treasury('Acme') and asset_issuer = '')),
    ('add_bonus', 'payroll_run_id', v_draft::text), ('add_base_pay', 'payroll_run_id', v_draft::text),
    ('discard_payroll_run', 'payroll_run_id', v_draft::text), ('update_payroll_run', 'payroll_run_id', v_draft::text),
    ('remove_employee_from_payroll_run', 'payroll_run_id', v_draft::text),
    ('*', 'payroll_item_id', (select min(id) from public.payroll_items where payroll_run_id = v_draft)::text),
    ('add_base_pay', 'employee_id', tests.create_employee('Acme', 'late')::text),
    ('add_bonus', 'expected_version', 'null'), ('add_base_pay', 'expected_version', 'null'),
    ('change_payroll_item', 'expected_version', 'null'), ('discard_payroll_run', 'expected_version', 'null'),
    ('remove_employee_from_payroll_run', 'expected_version', 'null'),
    ('update_payroll_run', 'expected_version', tests.version(v_draft)::text),
    ('update_payroll_run', 'fields', '''{"memo": "Pay", "period_start": "2027-02-02", "period_end": "2027-02-03"}'''),
    ('*', 'salary_period', '''month'''), ('get_user_preference', 'user_id', tests.member_id('ada', 'Acme')::text),
    ('*', 'default_value', '''25'''),
    ('reject_payroll_run', 'payroll_run_id', v_pending::text),
    ('pause_payroll_run', 'payroll_run_id', v_processing::text),
    ('cancel_payroll_run', 'payroll_run_id', v_processing::text),
    ('disburse_payroll_run', 'payroll_run_id', v_approved::text),
    ('*', 'source_account', quote_literal(tests.treasury('Acme'))),
    ('*', 'account_id', quote_literal(tests.address(38))),
    ('*', 'channel_account', quote_literal(tests.address(40))), ('*', 'problem', '''key_missing'''),
    ('add_channel_account', 'channel_account', quote_literal(tests.address(37))),
    ('confirm_channel_account', 'channel_account', quote_literal(tests.address(36))),
    ('confirm_channel_account', 'signature', 'null'), ('*', 'known_ledger', '990'), ('*', 'transaction_ids', '''{1}'''),
    ('record_channel_problem', 'lease_token', quote_literal(v_channel_lease)),
    ('*', 'employee_id', tests.employee_id('Acme', 'emma')::text),
    ('erase_person', 'employee_id', tests.employee_id('Acme', 'gone')::text),
    ('*', 'user_id', tests.member_id('max', 'Acme')::text), ('erase_member', 'user_id', v_mia::text),
    ('*', 'organization_id', tests.organization_id('Acme')::text),
    ('*', 'expected_version', '1'), ('*', 'transaction_id', '(select max(id) from public.transactions)'),
    ('*', 'upgrade_id', '(select max(id) from public.contract_upgrade_logs)'),
    ('*', 'reason', '''Because'''), ('*', 'amount', '''1'''), ('*', 'from_amount', '''1'''),
    ('*', 'required_approvals', '1'), ('*', 'description', '''Thanks'''), ('*', 'memo', '''Pay'''),
    ('*', 'idempotency_key', '''key'''), ('*', 'dry_run', 'false'), ('*', 'settled_elsewhere', 'false'),
    ('*', 'period_start', '''2026-11-01'''), ('*', 'period_end', '''2026-11-30'''),
    ('*', 'asset_code', '''XLM'''), ('*', 'asset_issuer', ''''''), ('*', 'email', '''guest@acme.example'''),
    ('*', 'role', '''viewer'''), ('*', 'name', '''Company'''), ('*', 'words', '''emma'''), ('*', 'max_rows', '20'),
    ('*', 'occurrences', '3'), ('*', 'url', '''https://hooks.example/2'''), ('*', 'events', '''{*}'''),
    ('record_contract_events', 'events', 'pg_temp.contract_events()'),
    ('*', 'wallet_change_policy', '''immediate'''), ('*', 'wallet_change_hours', '24'),
    ('*', 'time_zone', '''UTC'''),
    ('*', 'key', '''lists.page_size'''), ('*', 'value', '''25'''),
    (
      '*', 'fields',
      '''{"name": "Second", "frequency": "monthly", "day_of_month": "30", "time_zone": "UTC", "memo": "Salary", "missed_policy": "skip", "local_time": "10:00", "starts_on": "2099-12-01"}'''),
    ('create_employee', 'fields', 'pg_temp.employee()'), ('update_employee', 'fields', 'pg_temp.employee()'),
    ('*', 'rows', 'jsonb_build_array(pg_temp.employee() || ''{"line": 2}'')'),
    ('*', 'tx_hash', 'tests.hash(''x'')'),
    ('persist_transaction', 'tx_hash', format('tests.hash_of(tests.envelope(%1$s, ''1005'', tests.operations(%1$s, %2$L)))',
      v_processing, v_lease)),
    ('*', 'envelope_xdr', format('tests.envelope(%1$s, ''1005'', tests.operations(%1$s, %2$L))', v_processing, v_lease)),
    ('*', 'signed_envelope_xdr', 'tests.signed_envelope((select max(id) from public.transactions))'),
    ('*', 'custody', '''server'''), ('*', 'signing_seconds', 'null'), ('set_treasury_custody', 'signers', 'null'),
    ('record_signers', 'signers', '''[]'''), ('*', 'threshold', '1'),
    ('*', 'sequence_number', '''1005'''), ('*', 'lease_seconds', '20'), ('*', 'ledger', '990'),
    ('*', 'resolution', '''never_applied'''), ('*', 'evidence', '''Two explorers show nothing.'''),
    ('record_sequence_holder', 'envelope_xdr', 'tests.other_envelope((select max(id) from public.transactions))'),
    ('*', 'fee_bid_stroops', '100'),
    ('*', 'max_ledger', '1000'), ('*', 'max_time', '''2099-12-01'''),
    ('*', 'operations', format('tests.operations(%s, %L)', v_processing, v_lease)),
    ('*', 'http_status', '400'), ('*', 'transaction_code', '''tx_failed'''),
    ('*', 'operation_codes', '''{op_success}'''), ('*', 'retry_after_seconds', '1'), ('*', 'required_fee_stroops', '200'), ('*', 'code', '''no_key'''),
    ('*', 'detail', '''It is gone'''),
    ('*', 'next_check_seconds', '0'),
    ('*', 'outcome',
      'tests.evidence((select max(id) from public.transactions), ''failed'', ''{op_success,op_no_trust}'')'),
    ('complete_webhook_deliveries', 'lease_id', 'pg_temp.webhook_lease()'),
    ('complete_webhook_deliveries', 'delivery_ids', 'pg_temp.webhook_deliveries()'),
    ('complete_webhook_deliveries', 'statuses', 'array[500]'),
    ('update_webhook_subscription', 'version', '1'), ('update_webhook_subscription', 'changes', '''{}'''),
    ('*', 'subscription_id', (select quote_literal(id) from public.create_webhook_subscription('https://hooks.example/2'))),
    ('*', 'event_id', '(select max(id) from public.events)'),
    ('*', 'options', '''{}'''), ('*', 'send_missed', 'true'), ('*', 'overlap_seconds', '60'), ('*', 'since', 'now()'),
    ('*', 'after', '0'), ('*', 'max_events', '10'), ('*', 'known_hash', 'null'), ('complete_webhook_deliveries', 'durations', '''{}'''),
    ('complete_webhook_deliveries', 'phases', '''{}'''), ('complete_webhook_deliveries', 'retry_after', '''{}'''),
    ('complete_webhook_deliveries', 'peers', '''{}'''), ('complete_webhook_deliveries', 'diallers', '''{}'''),
    ('complete_webhook_deliveries', 'error_classes', '''{}'''),
    ('complete_webhook_deliveries', 'error_messages', '''{}'''),
    ('complete_webhook_deliveries', 'bodies', '''{}'''), ('complete_webhook_deliveries', 'is_last', 'true'),
    ('apply_claimable_balances', 'states', 'pg_temp.claimable_balances()'),
    ('apply_wallet_states', 'states', 'pg_temp.wallet_states()'),
    ('compare_source_account', 'look', '''{"ledger": 10, "sequence": "1", "balances": [{"asset_code": "XLM",
      "asset_issuer": "", "balance": "5", "is_authorized": true}]}'''),
    ('*', 'contract_id', quote_literal(v_contract)),
    ('register_contract', 'contract_id', '''CBDYHN2O3NOZPDAXBKSTWIVUMX5DJDJNXATRBR5JLP6H5S5J57NFJXAT'''),
    ('*', 'wasm_hash', 'tests.hash(''one'')'), ('*', 'network', '''TESTNET'''),
    ('*', 'version', '''1.0.1'''), ('*', 'new_wasm_hash', 'tests.hash(''two'')'),
    ('*', 'initiated_by', 'tests.address(1)'), ('*', 'notes', '''None'''),
    ('*', 'migration_steps', '''[{"step": "one"}]'''),
    ('*', 'status', '''simulated'''), ('*', 'simulation_result', '''{"signer": "none"}'''),
    ('*', 'error_message', '''None'''), ('*', 'closed_at', '''2026-11-20T12:00:00Z'''),
    ('*', 'network_passphrase', '''Test SDF Network ; September 2015'''),
    ('*', 'gap_id', '(select max(id) from public.history_gaps)'),
    ('apply_account_history', 'page', 'pg_temp.history_page()'),
    ('apply_contract_walk', 'page', 'pg_temp.contract_page()');
  insert into public.history_gaps (organization_id, account_id, kind, from_ledger, to_ledger)
  select organization_id, account_id, 'before_retention', 1, 9
  from public.account_histories where account_id = tests.treasury('Acme');
  update private.preflight_work set lease_token = v_lease, leased_until = now() + interval '1 hour';
  -- Something to deliver.
  perform public.update_employee(tests.employee_id('Acme', 'olaf'), 2, '{"position": "Lead"}');
end;
$$;

create function pg_temp.refund()
returns text
language sql stable security definer
set search_path = ''
as $$
  select replace(encode('\x00000002'::bytea || private.xdr_transaction(balance.sponsor, '1005', 100, 1000, '2099-12-01',
    null, null, array[private.xdr_claim(balance.claimable_balance_id)]) || '\x00000000'::bytea, 'base64'), e'\n', '')
  from public.claimable_balances as balance
  order by balance.id desc
  limit 1;
$$;

create function pg_temp.employee() returns jsonb language sql as $$
  select jsonb_build_object(
    'first_name', 'Emma', 'last_name', 'Stone', 'email', 'e@acme.example', 'salary', '1', 'position', 'Lead',
    'department', 'IT', 'status', 'active', 'asset_code', 'EURC',
    'asset_issuer', tests.issuer(), 'wallet_address', tests.address(20));
$$;
create function pg_temp.contract_events() returns jsonb language sql as $$
  select jsonb_build_array(
    jsonb_build_object(
      'event_id', '0000000000000000001-0000000001', 'contract_id',
      'CAYK5KTDGRAUDUPY4YO3YSU4DKD4Z6D5LJ5DASEA36ACV2XN33ZR2LFD', 'event_type', 'paid',
    'category', 'payment', 'data', 'x', 'tx_hash', tests.hash('x'), 'ledger_sequence', '5', 'closed_at',
    '2026-11-20T12:00:00Z', 'organization_id', tests.organization_id('Acme')::text));
$$;
create function pg_temp.claimable_balances() returns jsonb language sql as $$
  select jsonb_build_array(
    jsonb_build_object(
      'organization_id', tests.organization_id('Acme')::text, 'claimable_balance_id', '00000000' || tests.hash('x'),
      'asset_code', 'EURC', 'asset_issuer', tests.issuer(),
    'amount', '1', 'sponsor', tests.address(1), 'claimant', tests.address(2), 'status', 'active', 'ledger', '10',
    'closed_at', '2026-11-20T12:00:00Z', 'expires_at', '2026-12-20T12:00:00Z', 'tx_hash', tests.hash('x')));
$$;
create function pg_temp.history_page() returns jsonb language sql security definer as $$
  select jsonb_build_object('account_id', claimed.account_id, 'walk_id', claimed.walk_id, 'lease_token',
    claimed.lease_token, 'cursor', claimed.cursor, 'next_cursor', '433791700992', 'outcome', 'more', 'latest_ledger', 200,
    'elder_ledger', 1, 'unreadable_toid', null, 'transactions', jsonb_build_array(
      jsonb_build_object('toid', '433791700992', 'ledger', 101, 'closed_at', '2026-11-25T12:00:00Z', 'tx_hash',
        tests.hash('x'), 'source_account', claimed.account_id, 'sequence_number', '1001', 'fee_account',
        claimed.account_id, 'fee_charged_stroops', '100', 'is_successful', true, 'result_code', 'tx_success',
        'operation_count', 1, 'memo', null, 'is_signed_by_source', true, 'may_skip_numbers', false, 'sequence_after',
        null, 'balances', '[]'::jsonb, 'movements', '[]'::jsonb)))
  from public.claim_history_walks() as claimed where claimed.account_id = tests.treasury('Acme');
$$;
create function pg_temp.contract_page() returns jsonb language sql security definer as $$
  select private.configure_network('Test SDF Network ; September 2015', 'https://horizon.example', 'https://rpc.example');
  select jsonb_build_object('contract_id', claimed.contract_id, 'lease_token', claimed.lease_token, 'place',
    claimed.place, 'next_place', '0000000429496729600-0000000001', 'outcome', 'more', 'events', '[]'::jsonb)
  from public.claim_contract_walks() as claimed limit 1;
$$;
create function pg_temp.webhook_lease() returns bigint language sql security definer as $$
  select (public.claim_webhook_deliveries(1) #>> '{head,lease_id}')::bigint;
$$;
create function pg_temp.webhook_deliveries() returns bigint[] language sql security definer as $$
  select lease.delivery_ids from private.webhook_leases as lease order by lease.id desc limit 1;
$$;
create function pg_temp.wallet_states() returns jsonb language sql security definer as $$
  select jsonb_build_array(
    jsonb_build_object(
      'account_id', claimed.account_id, 'lease_token', claimed.lease_token, 'ledger', 10, 'account_exists', true,
    'balances',
    jsonb_build_array(
      jsonb_build_object('asset_code', 'XLM', 'asset_issuer', '', 'balance', '5', 'is_authorized', true))))
  from public.claim_wallets_for_sync() as claimed limit 1;
$$;

-- The statement that has to run before a function can be called.
create temporary table before (door text primary key, statement text);
insert into before
select called.door, format('select tests.persist(%s, %s)', run.value, lease.value)
  || case when called.door in ('record_submission', 'record_outcome')
    then format(
      '; select public.begin_submission((select max(id) from public.transactions), %s, tests.signed_envelope((select max(id) from public.transactions)))',
      lease.value)
    when called.door in ('propose_resolution', 'confirm_resolution') then format(
      '; select public.hold_transaction((select max(id) from public.transactions), %s, ''unproven'')', lease.value)
    else '' end
  || case when called.door = 'confirm_resolution' then
    '; select tests.act_as(''max'', ''Acme''); select public.propose_resolution((select max(id) from public.transactions), ''never_applied'', ''Seen''); select tests.act_as(null);'
    -- The end that was proposed can be confirmed only when no ledger can include the transaction any more.
    ' insert into private.ledger_head (ledger) select max(max_ledger) from public.transactions'
    else '' end
from unnest(array['begin_submission', 'record_submission', 'record_outcome', 'record_sequence_holder', 'hold_transaction',
  'propose_resolution', 'confirm_resolution']) as called (door)
join known as run on run.door = '*' and run.argument = 'payroll_run_id'
join known as lease on lease.door = '*' and lease.argument = 'lease_token';
insert into before
select called.door, format(
  'insert into private.wallet_custody (account_id, organization_id, threshold, read_ledger, read_at) values (%1$L, %2$s, 1, 1, now());
  insert into private.wallet_signers (account_id, organization_id, signer, weight) values (%1$L, %2$s, %1$L, 1);
  select tests.persist(%3$s, %4$s)', tests.treasury('Acme'), tests.organization_id('Acme'), run.value, lease.value)
from unnest(array['record_signers', 'submit_signature']) as called (door)
join known as run on run.door = '*' and run.argument = 'payroll_run_id'
join known as lease on lease.door = '*' and lease.argument = 'lease_token';
insert into before values
  (
    'record_contract_upgrade',
    'select public.start_contract_upgrade(''CAYK5KTDGRAUDUPY4YO3YSU4DKD4Z6D5LJ5DASEA36ACV2XN33ZR2LFD'', tests.hash(''two''), tests.address(1))');

create temporary table doors as
  select function.oid, function.proname::text as name, function.pronargs::integer as arguments,
    function.proargnames as names, function.proargtypes::oid[] as types,
    has_function_privilege('authenticated', function.oid, 'execute') as is_for_people
  from pg_proc as function
  where function.pronamespace = 'public'::regnamespace
    and not exists (select from pg_depend as member where member.objid = function.oid and member.deptype = 'e')
    and (
      has_function_privilege('authenticated', function.oid, 'execute')
        or has_function_privilege('service_role', function.oid, 'execute'))
    and function.proargtypes::oid[] && array['text', 'text[]', 'jsonb']::regtype[]::oid[];

create function pg_temp.value_of(door text, argument text) returns text language sql as $$
  select known.value from known where known.argument = value_of.argument and known.door in ('*', value_of.door)
  order by known.door = '*' limit 1;
$$;

-- The call of a function, with another value in the place of one argument.
create function pg_temp.call(door oid, other_argument text, other_value text) returns text language sql as $$
  select format('select * from public.%I(%s)', doors.name, string_agg(
    format(
      '%I => (%s)::%s', doors.names[number],
      case when doors.names[number] = other_argument then other_value
        else pg_temp.value_of(doors.name, doors.names[number]) end,
      format_type(doors.types[number - 1], null)), ', ' order by number))
  from doors
  cross join generate_series(1, doors.arguments) as number
  where doors.oid = door
  group by doors.name;
$$;

-- The key in the place of a field of the document's object, or of the document as a whole.
create function pg_temp.with_key(document jsonb, field text, key text) returns jsonb language sql as $$
  select case
    when field = 'all of it' then to_jsonb(key)
    when jsonb_typeof(document) = 'array' then jsonb_build_array(document -> 0 || jsonb_build_object(field, key))
    when jsonb_typeof(document) = 'object' then document || jsonb_build_object(field, key)
    else jsonb_build_object(field, key)
  end;
$$;

-- Makes a call, notes what it answered and where the key was stored, and undoes it.
create temporary table answers (door text, argument text, field text, typed text, answer text, stored text);
create function pg_temp.try(
  door oid, argument text, field text, typed text, key text) returns void language plpgsql as $$
declare
  v_door record;
  v_value text := quote_literal(key);
  v_document jsonb;
  v_row record;
  v_answer text := 'accepted';
  v_stored text;
  v_detail text;
  v_hint text;
begin
  select doors.*, before.statement, doors.types[array_position(doors.names, try.argument) - 1] as type into v_door
  from doors left join before on before.door = doors.name where doors.oid = try.door;
  begin
    if v_door.statement is not null then execute v_door.statement; end if;
    if v_door.type = 'text[]'::regtype then
      v_value := quote_literal(array[key]);
    elsif v_door.type = 'jsonb'::regtype then
      execute format('select (%s)::jsonb', pg_temp.value_of(v_door.name, argument)) into v_document;
      v_value := quote_literal(pg_temp.with_key(v_document, field, key));
    end if;
    perform tests.act_as(case when v_door.is_for_people then 'ada' end, case when v_door.is_for_people then 'Acme' end);
    for v_row in execute pg_temp.call(door, argument, v_value) loop v_answer := v_answer || v_row::text; end loop;
    if argument is not null and typed <> 'too long' then select string_agg(place, ' ') into v_stored
    from tests.places_of(tests.secret_key()) as place;
    end if;
    raise exception 'undo' using errcode = 'U0000';
  exception
    when sqlstate 'U0000' then null;
    when others then
      get stacked diagnostics v_detail = pg_exception_detail, v_hint = pg_exception_hint;
      v_answer := concat_ws(' | ', sqlstate, sqlerrm, v_detail, v_hint);
  end;
  insert into answers values (v_door.name, argument, field, typed, v_answer, v_stored);
end;
$$;

create function pg_temp.fields_of(door text, argument text) returns setof text language plpgsql as $$
declare
  v_fields text[];
  v_document jsonb;
begin
  begin
    execute coalesce((select before.statement from before where before.door = fields_of.door), 'select');
    execute format('select (%s)::jsonb', pg_temp.value_of(door, argument)) into v_document;
    v_fields := array(
      select jsonb_object_keys(
        case jsonb_typeof(v_document) when 'array' then v_document -> 0 when 'object' then v_document else '{}' end));
    raise exception 'undo' using errcode = 'U0000';
  exception when sqlstate 'U0000' then null;
  end;
  return query select unnest(v_fields || array['note', 'all of it']);
end;
$$;

select pg_temp.try(doors.oid, null, null, 'nothing', null) from doors;
select is_empty(
  $$ select door, answer from answers where typed = 'nothing' and answer not like 'accepted%' $$,
  'every function accepts the call with the arguments that the key will replace');

select pg_temp.try(doors.oid, doors.names[place], field, typed, key)
from doors
cross join lateral generate_series(1, doors.arguments) as place
cross join lateral (
  select null::text as field where doors.types[place - 1] in ('text'::regtype, 'text[]'::regtype)
  union all
  select pg_temp.fields_of(doors.name, doors.names[place]) where doors.types[place - 1] = 'jsonb'::regtype
) as field
cross join lateral (values
  ('alone', tests.secret_key()), ('in a text', 'x ' || tests.secret_key() || ' y'),
  ('with blanks', regexp_replace(tests.secret_key(), '(.{8})', '\1 ', 'g'))
) as pasted (typed, key);
delete from answers where typed = 'nothing';

select is(
  (select count(distinct door) from answers), (select count(*) from doors),
  'the key was pasted into an argument of every function');
select cmp_ok(
  (select count(*) from answers), '>', 300::bigint, 'the key was pasted into more than 300 texts and document fields');
select is_empty(
  $$ select door, argument, field, stored from answers where stored <> '' $$, 'a pasted key is stored in no table');
-- A message may show at most twelve characters of a key.
select is_empty(
  $$
    select door, argument, field, typed, answer from answers
    where strpos(lower(private.without_blanks(answer)), lower(left(tests.secret_key(), 12))) > 0
      or strpos(lower(private.without_blanks(answer)), lower(right(tests.secret_key(), 12))) > 0 $$,
  'no answer, message, detail or hint repeats a pasted key');
select is_empty(
  $$ select door, argument, field, typed, answer from answers where answer not like 'accepted%' and answer !~ '^PT' $$,
  'a pasted key is refused by an error of PayD and not by a constraint');
select set_eq(
  $$
    select distinct concat_ws(' ', door, argument, field) from answers
    where answer like 'accepted%' and strpos(answer, 'secret_key_refused') = 0 $$,
  array[
    -- The function ignores the argument.
    'apply_contract_walk page note', 'import_employees rows line', 'record_contract_events events note', 'record_contract_upgrade version',
    'retry_payroll_run source_account',
    -- The function compares the text with what is known.
    'report_provider network_passphrase',
    -- The function searches for the text and finds nothing.
    'extend_disbursement source_account', 'release_disbursement source_account', 'search_employees words',
    'search_transactions words',
    -- Workers report what others sent; the report is stored without the key.
    'complete_webhook_deliveries bodies', 'complete_webhook_deliveries error_messages',
    'complete_webhook_deliveries diallers', 'complete_webhook_deliveries error_classes',
    'complete_webhook_deliveries peers',
    'record_contract_events events data', 'record_contract_events events event_type',
    'record_submission operation_codes',
    'record_submission transaction_code',
    'stop_disbursement detail', 'stop_refund detail'],
  'only the listed functions accept a call with a pasted key');

-- A placeholder takes the place of the key, and the search above looks into every table.
select tests.act_as(null);
select public.record_contract_events(
  jsonb_build_array(
    pg_temp.contract_events() -> 0
      || jsonb_build_object('event_type', tests.secret_key(), 'data', jsonb_build_object('k', tests.secret_key()))));
select is(
  (select (event_type, data #>> '{}') from public.contract_events),
  ('A Stellar secret key stood here. It was not stored.'::text,
    'A Stellar secret key stood here. It was not stored.'::text),
  'a contract event that contained a key is stored with a placeholder');
select stop.id from known as run join known as lease on lease.argument = 'lease_token'
cross join lateral public.stop_disbursement(
  run.value::bigint, trim('''' from lease.value)::uuid, 'no_key', tests.secret_key()) as stop
where run.door = '*' and run.argument = 'payroll_run_id';
select set_eq(
  $$ select * from tests.places_of('A Stellar secret key stood here') $$,
  array[
    'public.contract_events', 'public.payroll_runs', 'public.payroll_audit_logs', 'public.events',
    'public.notifications'],
  'a run that was stopped with a key in its reason shows the placeholder everywhere');

-- A text of half a megabyte, of letters that could begin a key everywhere, in the place of every text in turn.
select tests.act_as(null);
truncate answers;
select pg_temp.try(doors.oid, doors.names[place], field, 'too long', repeat('SA', 262144))
from doors
cross join lateral generate_series(1, doors.arguments) as place
cross join lateral (
  select null::text as field where doors.types[place - 1] in ('text'::regtype, 'text[]'::regtype)
  union all
  select pg_temp.fields_of(doors.name, doors.names[place]) where doors.types[place - 1] = 'jsonb'::regtype
) as field
where doors.is_for_people;
select cmp_ok(
  (select count(*) from answers), '>', 80::bigint, 'a text of half a megabyte was sent in more than 80 places');
select is_empty(
  $$ select door, argument, field, answer from answers where answer not like 'accepted%' and answer !~ '^PT' $$,
  'a text of half a megabyte is refused by an error of PayD and not by a constraint or a time-out');
select set_eq(
  $$
    select distinct concat_ws(' ', door, argument, field) from answers
    where answer like 'accepted%' and answer !~ 'refused,' $$,
  -- A search reads the first 200 characters; a hash that is looked up is compared and not stored.
  array[
    'search_employees words', 'search_transactions words'],
  'only searches accept a text of half a megabyte');

select * from finish();
rollback;
