begin;
\ir ../../_shared/setup.sql.raw
select plan(26);

-- One company, and an employee for everything that can be wrong with an account.
select tests.create_organization_with('Acme', '{ada,eve}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}');
select tests.configure_network();
select tests.treasury('Acme');
select tests.create_employee('Acme', person.name, '100', person.address, 'EURC', tests.issuer())
from (values
  ('good', tests.address(1)), ('ghost', tests.address(2)), ('untrusting', tests.address(3)),
  ('frozen', tests.address(4)), ('full', tests.address(5)), ('exchange', tests.address(6)),
  ('customer', tests.address(6)), ('twin1', tests.address(7)), ('twin2', tests.address(7)),
  ('issuer', tests.issuer()), ('treasury', tests.treasury('Acme')), ('homeless', null), ('silent', tests.address(8)),
  ('garbled', tests.address(9)), ('roomy', tests.address(10))
) as person (name, address);
update public.employees set memo_type = 'id', memo = '77' where first_name = 'customer';

create temporary table run as select tests.create_run('Acme', 'EURC', tests.issuer()) as id;
grant select on run to public;

-- What a provider says about each account; the others answer that everything is well.
create function pg_temp.line(balance text, room text, authorized boolean) returns jsonb language sql as $$
  select jsonb_build_array(
    jsonb_build_object('asset_code', 'XLM', 'asset_issuer', '', 'balance', '5.0000000', 'limit', null,
      'buying_liabilities', '0.0000000', 'selling_liabilities', '0.0000000', 'is_authorized', true))
    || case when balance is null then '[]'::jsonb else jsonb_build_array(jsonb_build_object(
      'asset_code', 'EURC', 'asset_issuer', tests.issuer(), 'balance', balance, 'limit', room,
      'buying_liabilities', '1.0000000', 'selling_liabilities', '0.0000000', 'is_authorized', authorized)) end;
$$;
create function pg_temp.state(account text, token text) returns jsonb language sql as $$
  select jsonb_build_object('account_id', account, 'lease_token', token, 'assets', jsonb_build_array(
      jsonb_build_object('asset_code', 'EURC', 'asset_issuer', tests.issuer())))
    || case account
      when tests.address(2) then '{"ledger": 50, "account_exists": false, "balances": []}'
      when tests.address(8) then '{"problem": "no_answer"}'
      when tests.address(9) then '{"problem": "balance_unreadable"}'
      else jsonb_build_object('ledger', 51, 'account_exists', true, 'memo_required', account = tests.address(6),
        'balances', case account
          when tests.address(3) then pg_temp.line(null, null, null)
          when tests.address(4) then pg_temp.line('0.0000000', '1000.0000000', false)
          when tests.address(5) then pg_temp.line('850.0000001', '950.0000000', true)
          when tests.address(10) then pg_temp.line('849.0000000', '950.0000000', true)
          else pg_temp.line('0.0000000', '1000.0000000', true) end)
    end;
$$;
create function pg_temp.treasury(changes jsonb default '{}') returns jsonb language sql as $$
  select jsonb_build_object('account_exists', true, 'ledger', 52, 'has_key', true, 'subentry_count', 1,
    'num_sponsoring', 0, 'num_sponsored', 0, 'threshold', 0, 'weight', 1, 'balances', jsonb_build_array(
      jsonb_build_object('asset_code', 'XLM', 'asset_issuer', '', 'balance', '6.5000000', 'limit', null,
        'buying_liabilities', '0.0000000', 'selling_liabilities', '1.0000000', 'is_authorized', true),
      jsonb_build_object('asset_code', 'EURC', 'asset_issuer', tests.issuer(), 'balance', '450.0000000',
        'limit', '1000000.0000000', 'buying_liabilities', '0.0000000', 'selling_liabilities', '10.0000000',
        'is_authorized', true))) || changes;
$$;
-- Reads for every open report, as a worker does, and finishes it with that state of the treasury.
create function pg_temp.read_all(treasury jsonb) returns setof public.payroll_preflights language plpgsql as $$
declare v_claim record;
begin
  loop
    select claimed.* into v_claim from public.claim_preflight() as claimed;
    exit when v_claim.payroll_preflight_id is null;
    if v_claim.accounts = '[]' then
      return query select * from public.finish_preflight(v_claim.payroll_preflight_id, v_claim.lease_token,
        case when v_claim.source_account is not null then treasury end);
    else
      perform public.apply_wallet_states((
        select jsonb_agg(pg_temp.state(account.value ->> 'account_id', v_claim.lease_token::text))
        from jsonb_array_elements(v_claim.accounts) as account));
      perform public.continue_preflight(v_claim.payroll_preflight_id, v_claim.lease_token, 0);
    end if;
  end loop;
end;
$$;

grant execute on all functions in schema pg_temp to public;

select tests.act_as('vic', 'Acme');
select is(
  tests.error_code_of(format('select public.request_payroll_preflight(%s)', (select id from run))), 'role_too_low',
  'a viewer cannot ask for a report');
select tests.act_as('gil', 'Globex');
select is(
  tests.error_code_of(format('select public.request_payroll_preflight(%s)', (select id from run))),
  'payroll_run_not_found', 'a stranger who asks for a report learns no more than that there is no such run');
select tests.act_as('max', 'Acme');
select is(
  tests.error_code_of(format('select public.request_payroll_preflight(%s, %L)', (select id from run),
    tests.address(20))), 'source_account_unknown', 'a report names no account that is not enrolled');
create temporary table asked as select * from run, public.request_payroll_preflight(run.id) as report (report_id);
select is(
  (select report.id from run, public.request_payroll_preflight(run.id) as report), (select report_id from asked),
  'whoever asks again while the ledger is being read gets the same report');
select tests.act_as(null);

select tests.as_service();
create temporary table finished as select * from pg_temp.read_all(pg_temp.treasury());
select tests.reset();

select results_eq(
  $$
    select coalesce(employee.first_name, '-'), finding.weight, finding.code
    from public.payroll_preflight_findings as finding
    left join public.employees as employee on employee.id = finding.employee_id
    order by finding.employee_id nulls last, finding.code
  $$,
  $$values
    ('ghost', 'fails', 'op_no_destination'), ('untrusting', 'fails', 'op_no_trust'),
    ('frozen', 'fails', 'op_not_authorized'), ('full', 'fails', 'op_line_full'),
    ('exchange', 'fails', 'memo_required'), ('twin1', 'advice', 'wallet_shared'), ('twin2', 'advice', 'wallet_shared'),
    ('issuer', 'fails', 'destination_is_issuer'), ('treasury', 'fails', 'destination_is_treasury'),
    ('homeless', 'fails', 'destination_missing'), ('silent', 'unknown', 'account_not_read'),
    ('garbled', 'unknown', 'account_unreadable'), ('-', 'fails', 'treasury_short')
  $$,
  'a report names every payee that the ledger would refuse and every one of whom nothing is known, each with its code');
select is(
  (select (payee_count, failing_count, unknown_count, transaction_count, total_amount, failing_amount)::text
    from finished),
  '(15,8,2,2,1500.0000000,800.0000000)',
  'a report counts who cannot be paid and who is unknown, and how many transactions the rest takes: one for each memo');
select is(
  (select (spendable, needed, short, fee_budget, xlm_spendable, xlm_needed, xlm_short)::text from finished),
  '(440.0000000,700.0000000,260.0000000,0.0700000,4.0000000,0.0700000,0.0000000)',
  'what can be spent is the balance less what own offers have promised and, of XLM, less what the account must keep');
select is(
  (select sentence from public.payroll_preflight_findings where code = 'treasury_short'),
  'The treasury can spend 440.0000000 EURC and needs 700.0000000: it is short by 260.0000000 EURC.',
  'the sentence about the treasury says by how much it is short');
select is(
  (select sentence from public.payroll_preflight_findings where code = 'op_line_full'),
  'The trustline of the destination has room for 98.9999999 EURC only.',
  'the room of a trustline is its limit less the balance and less what own offers may still bring');
select is((select verdict from finished), 'will_fail', 'a run of which something cannot be paid will not succeed');
select is(
  (select known_at from finished), null, 'a report with an account that was not read does not say as of when it is known');
select is((select (from_ledger, to_ledger)::text from finished), '(50,51)', 'a report names the ledgers it is from');
select is(
  (select count(*) from public.events where type = 'payroll.checked'), 1::bigint,
  'the event payroll.checked says that the report is ready');

select tests.authenticate_as('vic', 'Acme');
select is(
  (select (verdict, is_current, failing_count)::text from public.payroll_preflight_reports), '(will_fail,t,8)',
  'a viewer reads the report');
select is(
  (select count(*) from public.payroll_preflight_findings), 13::bigint, 'a viewer reads what the report found');
select tests.reset();
select tests.authenticate_as('gil', 'Globex');
select is(
  (select count(*) from public.payroll_preflight_reports)
    + (select count(*) from public.payroll_preflight_findings), 0::bigint,
  'a member of another organization reads no report');
select tests.reset();

-- The cure: everybody who cannot be paid is taken out, and the treasury is funded.
select tests.act_as('max', 'Acme');
select public.remove_employee_from_payroll_run(run.id, finding.employee_id)
from run, (
  select distinct found.employee_id from public.payroll_preflight_findings as found
  where found.weight <> 'advice' and found.employee_id is not null) as finding;
select is(
  (select (verdict, verdict_then, is_current)::text from public.payroll_preflight_reports), '(unknown,will_fail,f)',
  'a report about a run that was changed since says nothing about it any more');
select public.request_payroll_preflight(id) from run;
select tests.act_as(null);
select tests.as_service();
select is(
  (select verdict from pg_temp.read_all(pg_temp.treasury('{"has_key": false}'))), 'will_fail',
  'a run whose treasury nobody can sign for will not succeed');
select tests.reset();
select tests.act_as('max', 'Acme');
select public.request_payroll_preflight(id) from run;
select tests.act_as(null);
select tests.as_service();
select is(
  (select verdict from pg_temp.read_all(null)), 'unknown',
  'a run whose treasury was not read is not said to succeed');
select tests.reset();
select tests.act_as('max', 'Acme');
select public.request_payroll_preflight(id) from run;
select tests.act_as(null);
select tests.as_service();
create temporary table cured as select * from pg_temp.read_all(pg_temp.treasury(jsonb_build_object('balances', jsonb_build_array(
  jsonb_build_object('asset_code', 'XLM', 'asset_issuer', '', 'balance', '2.5500000', 'limit', null,
    'buying_liabilities', '0.0000000', 'selling_liabilities', '0.0000000', 'is_authorized', true),
  jsonb_build_object('asset_code', 'EURC', 'asset_issuer', tests.issuer(), 'balance', '500.0000000', 'limit',
    '1000.0000000', 'buying_liabilities', '0.0000000', 'selling_liabilities', '0.0000000', 'is_authorized', true)))));
select tests.reset();
select is(
  (select (verdict, short, xlm_short, payee_count)::text from cured), '(will_succeed,0.0000000,0.0000000,5)',
  'a run is said to succeed once every payee and the treasury were read and nothing is wrong, to the last stroop');
select is(
  (select count(*) from public.payroll_preflights where payroll_run_id = (select id from run)), 1::bigint,
  'a newer report replaces the earlier ones that nobody approved by');

-- Submission asks by itself; the approval keeps what was known.
select tests.act_as('max', 'Acme');
select public.submit_payroll_run(id, tests.version(id), false, true) from run;
select is(
  (select (is_current, finished_at)::text from public.payroll_preflight_reports), '(f,)',
  'submission asks for a new report, and until it is there nothing is said');
select tests.act_as(null);
select tests.as_service();
select pg_temp.read_all(pg_temp.treasury());
select tests.reset();
select tests.act_as('eve', 'Acme');
select public.approve_payroll_run(id, tests.seen(id)) from run;
select is(
  (select approval.payroll_preflight_id from public.payroll_run_approvals as approval),
  (select report.payroll_preflight_id from public.payroll_preflight_reports as report),
  'an approval names the report that its approver could see');
select is(
  (select (verdict, is_current)::text from public.payroll_preflight_reports), '(will_fail,t)',
  'a report about a submitted run is still about it after the approval');
select public.request_payroll_preflight(id) from run;
select is(
  (select count(*) from public.payroll_preflights where payroll_run_id = (select id from run)), 2::bigint,
  'a report that an approval names stays beside a newer one');
select tests.act_as(null);

select is(
  tests.error_code_of($$ select public.finish_preflight((select max(id) from public.payroll_preflights), gen_random_uuid()) $$),
  'preflight_not_found', 'a worker without the lease of a report cannot write it');

select * from finish();
rollback;
