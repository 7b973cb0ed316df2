begin;
\ir ../_shared/setup.sql.raw
select plan(7);

-- Everything a person or a worker can call, with a secret key pasted into each text in turn; every other argument is one that works.
select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000', signs_in_as => null);
select tests.create_employee('Acme', 'olaf', '1000');
create temporary table known (argument text, value text);
do $$
declare v_draft bigint; v_run bigint; v_lease uuid; v_transaction bigint;
begin
  v_run := tests.create_run('Acme');
  perform tests.walk_run(v_run, 'processing');
  v_lease := tests.lease_of_run(v_run);
  v_draft := tests.create_run('Acme');
  perform tests.act_as('ada', 'Acme');
  insert into known values ('id', (select id from public.create_webhook_subscription('https://hooks.example')));
  insert into known values
    ('payroll_run_id', v_draft::text), ('employee_id', tests.employee_id('Acme', 'emma')::text), ('payroll_item_id', '1'), ('user_id', tests.member_id('max', 'Acme')::text),
    ('organization_id', tests.organization_id('Acme')::text), ('transaction_id', '1'), ('expected_version', '1'), ('lease_token', v_lease::text), ('dry_run', 'false'),
    ('period_start', '2026-11-01'), ('period_end', '2026-11-30'), ('asset_code', 'XLM'), ('asset_issuer', ''), ('memo', 'Pay'), ('amount', '1'), ('from_amount', '1'),
    ('email', 'guest@acme.example'), ('role', 'viewer'), ('url', 'https://hooks.example/2'), ('events', '{*}'), ('name', 'Acme'), ('words', 'emma'), ('reason', 'Because'),
    ('source_account', tests.treasury('Acme')), ('account_id', tests.address(38)), ('tx_hash', tests.hash('x')), ('envelope_xdr', 'AAAAAgAAAAA='), ('signed_envelope_xdr', 'AAAAAgAAAAA='),
    ('sequence_number', '5'), ('fee_bid_stroops', '100'), ('max_ledger', '1000'), ('max_time', '2026-12-01'), ('http_status', '400'), ('code', 'account_missing'), ('detail', 'It is gone'),
    ('required_approvals', '1'), ('wallet_change_policy', 'immediate'), ('wallet_change_hours', '24'), ('operations', '[]'), ('rows', '[]'), ('fields', '{}'), ('states', '[]'), ('results', '[]'),
    ('outcome', '{}'), ('idempotency_key', 'key');
end;
$$;
grant select on known to public;

create temporary table doors as
  select function.oid, function.proname::text as name, function.pronargs as arguments, function.proargnames as names, function.proargtypes::oid[] as types,
    has_function_privilege('authenticated', function.oid, 'execute') as is_for_people
  from pg_proc as function
  where function.pronamespace = 'public'::regnamespace
    and not exists (select from pg_depend as member where member.objid = function.oid and member.deptype = 'e')
    and (has_function_privilege('authenticated', function.oid, 'execute') or has_function_privilege('service_role', function.oid, 'execute'));
grant select on doors to public;

-- A call of the door with the key in the argument at that place, bare and inside a longer text.
create function pg_temp.call_with_key(door oid, place integer, wrapped boolean) returns text language sql as $$
  select format('select * from public.%I(%s)', doors.name, string_agg(
    format('%I => %L::%s', doors.names[number], case
      when number = place and doors.types[number - 1] = 'text[]'::regtype then '{' || key || '}'
      when number = place and doors.types[number - 1] = 'jsonb'::regtype then pasted.json
      when number = place then key
      else (select known.value from known where known.argument = doors.names[number]) end,
      format_type(doors.types[number - 1], null)), ', ' order by number))
  from doors
  cross join lateral (select case when wrapped then 'x ' || tests.secret_key() || ' y' else tests.secret_key() end as key) as pasted_key
  cross join lateral (select case when doors.names[place] = 'fields' then jsonb_build_object('first_name', key, 'last_name', 'x', 'email', 'x@x.example')
    when doors.names[place] = 'rows' then jsonb_build_array(jsonb_build_object('line', key, 'first_name', key, 'last_name', key, 'email', 'k@x.example', 'position', key, 'wallet_address', key, 'salary', key, key, key))
    else jsonb_build_array(jsonb_build_object('account_id', key, 'asset_code', key, 'transaction_code', key)) end::text as json) as pasted
  cross join generate_series(1, doors.arguments) as number
  where doors.oid = door
  group by doors.name;
$$;
grant execute on function pg_temp.call_with_key(oid, integer, boolean) to public;

create temporary table answers (door text, argument text, answer text);
grant insert on answers to public;
create function pg_temp.paste_everywhere(for_people boolean) returns void language plpgsql as $$
declare v_call record; v_answer text; v_row record;
begin
  for v_call in
    select doors.name, doors.names[place] as argument, pg_temp.call_with_key(doors.oid, place, wrapped) as command
    from doors cross join lateral generate_series(1, doors.arguments) as place cross join unnest(array[false, true]) as wrapped
    where doors.is_for_people = for_people and doors.types[place - 1] in ('text'::regtype, 'text[]'::regtype, 'jsonb'::regtype)
  loop
    begin
      v_answer := '';
      for v_row in execute v_call.command loop v_answer := v_answer || v_row::text; end loop;
    exception when others then
      v_answer := tests.error_of(v_call.command);
    end;
    insert into answers values (v_call.name, v_call.argument, v_answer);
  end loop;
end;
$$;
grant execute on function pg_temp.paste_everywhere(boolean) to public;

select tests.authenticate_as('ada');
select pg_temp.paste_everywhere(true);
select tests.as_service();
select pg_temp.paste_everywhere(false);
select tests.reset();

select ok((select count(distinct door || argument) from answers) > 40, 'a key was pasted into every text argument of every function');
-- Twelve characters of a key are as much as its owner should ever see of it in a message.
select is_empty($$ select door, argument, answer from answers where strpos(lower(answer), lower(left(tests.secret_key(), 12))) > 0 or strpos(lower(answer), lower(right(tests.secret_key(), 12))) > 0 $$,
  'no answer, message, detail or hint repeats it');
select is_empty($$ select tests.places_of(tests.secret_key()) $$, 'it is stored nowhere');

-- What workers hear from others is stored without it.
do $$
declare v_run bigint; v_lease uuid; v_transaction bigint; v_key text := 'Use ' || tests.secret_key();
begin
  v_run := (select max(id) from public.payroll_runs where status = 'processing');
  v_lease := tests.lease_of_run(v_run);
  v_transaction := tests.persist(v_run, v_lease);
  perform public.begin_submission(v_transaction, v_lease, 'AAAAAgAAAAE=');
  perform public.record_submission(v_transaction, v_lease, 400, v_key, array[v_key]);
  perform public.record_outcome(tests.evidence(v_transaction, 'failed', array[v_key, 'op_success']) || jsonb_build_object('result_xdr', tests.secret_key(), 'transaction_code', v_key), v_lease);
  perform public.complete_webhook_deliveries((
    select jsonb_agg(jsonb_build_object('delivery_id', claimed.delivery_id, 'lease_token', claimed.lease_token, 'response_status', 500, 'response_body', v_key, 'error_message', v_key))
    from public.claim_webhook_deliveries() as claimed));
end;
$$;
select is((select (status, failure_code) from public.payroll_runs where status = 'failed'), ('failed'::text, 'A Stellar secret key stood here. It was not stored.'::text), 'a run that failed by such an answer says that a key stood there');
select ok((select count(*) from public.webhook_delivery_logs where response_body = 'A Stellar secret key stood here. It was not stored.' and error_message = response_body) > 0, 'so does a delivery whose receiver answered with one');
select is_empty($$ select tests.places_of(tests.secret_key()) $$, 'it is still stored nowhere');
select ok((select count(*) from tests.places_of('A Stellar secret key stood here')) > 3, 'and the search for it looks into every table');

select * from finish();
rollback;
