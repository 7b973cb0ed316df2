begin;
\ir ../../_shared/setup.sql.raw
select plan(56);

select tests.create_organization_with('Acme', '{ada}');

create function pg_temp.transaction_in(state text) returns text language sql as $$
  select format('submission_state = %L, held_reason = %L, held_since = %L, ', state,
    case when state = 'held' then 'holder_not_seen' end, case when state = 'held' then now() end) || case
    when state in ('prepared', 'awaiting_signature') then 'status = ''pending'', proof = null, ledger = null'
    when state in ('submitting', 'held')
      then 'status = ''pending'', proof = null, ledger = null, signed_envelope_xdr = ''AAAA'', attempts = 1'
    when state = 'applied' then 'status = ''completed'', proof = ''found_by_hash'', ledger = 5'
    when state = 'applied_failed' then 'status = ''failed'', proof = ''found_by_hash'', ledger = 5'
    else 'status = ''failed'', proof = ''sequence_unused_after_bounds'', ledger = null' end;
$$;
create function pg_temp.new_transaction(path text[]) returns bigint language plpgsql as $$
declare v_id bigint; v_state text;
begin
  update public.transactions set submission_state = 'never_applied', status = 'failed', proof = 'sequence_used_by_other',
    held_reason = null, held_since = null
  where is_live and submission_state <> 'never_applied';
  insert into public.transactions (
    organization_id, tx_hash, amount, asset_code, submission_state, source_account, sequence_number, envelope_xdr,
    operation_count, fee_bid_stroops, max_ledger, max_time)
  values (
    tests.organization_id('Acme'), tests.hash(gen_random_uuid()::text), 1, 'XLM', path[1], tests.address(30), '7',
    'AAAA', 1, 100, 10, now()) returning id into v_id;
  foreach v_state in array path[2:] loop
    execute format('update public.transactions set %s where id = %s', pg_temp.transaction_in(v_state), v_id);
  end loop;
  return v_id;
end;
$$;
create function pg_temp.transition(path text[], into_state text) returns text language plpgsql as $$
declare v_id bigint := pg_temp.new_transaction(path);
begin
  return tests.error_code_of(
    format('update public.transactions set %s where id = %s', pg_temp.transaction_in(into_state), v_id));
end;
$$;

create temporary table paths (state text, path text[]);
insert into paths
values ('prepared', '{prepared}'), ('awaiting_signature', '{awaiting_signature}'),
  ('submitting', '{prepared,submitting}'), ('held', '{prepared,submitting,held}'),
  ('applied', '{prepared,applied}'), ('applied_failed', '{prepared,applied_failed}'),
  ('never_applied', '{prepared,never_applied}');

select is(
  pg_temp.transition(from_state.path, into_state.state),
  case when is_allowed or from_state.state = into_state.state then 'no error' else 'transition_not_allowed' end,
  format(
    case when from_state.state = into_state.state then 'a transaction in the state %s may be updated' when is_allowed
      then 'a transaction can go from %s to %s' else 'a transaction cannot go from %s to %s' end, from_state.state,
    into_state.state))
from paths as from_state
cross join paths as into_state
cross join lateral (
  select
    (
      from_state.state in ('prepared', 'awaiting_signature', 'submitting', 'held')
        and into_state.state in ('applied', 'applied_failed', 'never_applied'))
    or (from_state.state, into_state.state) in (
      ('awaiting_signature', 'prepared'), ('awaiting_signature', 'held'), ('prepared', 'awaiting_signature'),
      ('submitting', 'awaiting_signature'), ('prepared', 'submitting'), ('prepared', 'held'), ('submitting', 'held'),
      ('held', 'prepared'), ('held', 'submitting')) as is_allowed
) as allowed;

select is(
  tests.error_code_of(format($$
    insert into public.transactions (
      organization_id, tx_hash, amount, asset_code, source_account, sequence_number, envelope_xdr, operation_count,
      fee_bid_stroops, max_ledger, max_time,
      submission_state, held_reason, held_since, status, proof, ledger, signed_envelope_xdr)
    values (%s, %L, 1, 'XLM', %L, '7', 'AAAA', 1, 100, 10, now(), %L, %L, %L, %s, 'AAAA') $$,
    tests.organization_id('Acme'), tests.hash(state), tests.address(31), state,
    case when state = 'held' then 'holder_not_seen' end, case when state = 'held' then now() end,
    case state when 'applied' then $$ 'completed', 'found_by_hash', 5 $$ when 'applied_failed'
      then $$ 'failed', 'found_by_hash', 5 $$
      when 'never_applied' then $$ 'failed', 'sequence_used_by_other', null $$ else $$ 'pending', null, null $$ end)),
  'transition_not_allowed', format('a new transaction never has the state %s', state))
from unnest(array['submitting', 'held', 'applied', 'applied_failed', 'never_applied']) as state;

select is(
  tests.error_code_of(
    format(
      'update public.transactions set submission_state = %L where id = %s', 'applied',
      pg_temp.new_transaction('{prepared}'))), '23514',
  'a transaction without a proof cannot end');
select is(
  tests.error_code_of(
    format(
      'update public.transactions set submission_state = %L, signed_envelope_xdr = null, attempts = 1 where id = %s',
      'submitting', pg_temp.new_transaction('{prepared}'))), '23514',
  'a transaction without a signed envelope cannot be sent');

select * from finish();
rollback;
