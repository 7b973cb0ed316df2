begin;
\ir ../../_shared/setup.sql.raw
select plan(12);

-- Every function that changes something for a signed-in person, and what bounds it: a limit, or the reason why none is
-- needed.
create temporary table bounded (command text, bound text);
insert into bounded
select command, 'employees_per_organization' from unnest(array['create_employee', 'import_employees']) as command
union all
select command, 'items_per_payroll_run' from unnest(array['add_base_pay', 'add_bonus']) as command
union all
select command, 'webhook_requests_per_person_and_hour'
from unnest(array['send_test_webhook', 'resend_webhook', 'recover_webhooks', 'replay_missing_webhooks',
  'rotate_webhook_secret']) as command
union all
select command, 'preference_changes_per_person_and_hour' from unnest(array['set_preference', 'reset_preference']) as command
union all
select command, 'edits_per_person_and_hour'
from unnest(array['update_employee', 'remove_employee', 'update_organization', 'change_member_role', 'remove_member',
  'update_payroll_run', 'change_payroll_item', 'remove_payroll_item', 'remove_employee_from_payroll_run',
  'refresh_payroll_run', 'update_payroll_schedule', 'update_webhook_subscription', 'set_treasury_custody',
  'remove_channel_account']) as command
union all
select command, 'a mark on what is there, without a trail or an event'
from unnest(array['choose_default_organization', 'mark_notification_read', 'mark_all_notifications_read']) as command
union all
select command, 'a step of what is there, which goes back only by another step'
from unnest(array['submit_payroll_run', 'approve_payroll_run', 'reject_payroll_run', 'discard_payroll_run',
  'restore_payroll_run', 'disburse_payroll_run', 'retry_payroll_run', 'pause_payroll_run', 'resume_payroll_run',
  'cancel_payroll_run', 'pause_payroll_schedule', 'resume_payroll_schedule', 'pause_webhook_subscription',
  'enable_webhook_subscription', 'cancel_wallet_change', 'confirm_wallet_change', 'submit_signature',
  'propose_resolution', 'confirm_resolution', 'resolve_ledger_contradiction', 'accept_history_gap',
  'reclaim_claimable_balance', 'accept_invitation', 'accept_employee_invitation', 'revoke_invitation',
  'revoke_employee_invitation', 'unlink_employee_account']) as command
union all
select command, 'an end of what is there'
from unnest(array['close_organization', 'erase_member', 'erase_person', 'leave_employment',
  'delete_webhook_subscription']) as command
union all
values
  ('create_organization', 'organizations_per_person_and_day'), ('invite_member', 'open_invitations_per_organization'),
  ('invite_employee', 'employee_invitations_per_person_and_hour'),
  ('create_payroll_run', 'payroll_runs_per_organization_and_day'),
  ('create_payroll_schedule', 'payroll_schedules_per_organization'),
  ('create_webhook_subscription', 'refused by too_many_webhook_subscriptions'),
  ('set_approval_threshold', 'approval_thresholds_per_organization'),
  ('set_balance_threshold', 'balance_thresholds_per_organization'),
  ('add_channel_account', 'channel_accounts_per_treasury'),
  ('request_payroll_preflight', 'preflights_per_person_and_hour'),
  ('request_sync', 'sync_requests_per_person_and_hour'), ('export_person', 'exports_per_person_and_hour'),
  ('export_my_data', 'a person''s own data, with one line in the trail');

select set_eq(
  $$
    select door.proname::text from pg_catalog.pg_proc as door
    where door.pronamespace = 'public'::regnamespace and door.provolatile = 'v'
      and has_function_privilege('authenticated', door.oid, 'execute') $$,
  'select command from bounded',
  'every function that changes something for a signed-in person has a limit or a reason');
select is_empty(
  $$ select bound from bounded where bound !~ ' ' and bound not in (select name from private.limits) $$,
  'every limit that bounds a function is declared');

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');
create temporary table run as select tests.create_run('Acme') as id;
grant select on run to public;
select private.configure_limit(name, 2) from private.limits where name ~ '_per_person_and_hour$';

create function pg_temp.tries(statement text, count integer) returns text language plpgsql as $$
declare v_code text;
begin
  for number in 1..count loop
    v_code := tests.error_code_of(statement);
  end loop;
  return v_code;
end;
$$;
grant execute on function pg_temp.tries(text, integer) to public;

select tests.authenticate_as('ada');
select is(pg_temp.tries($$ select public.set_preference('lists.page_size', '25') $$, 2), 'no error',
  'a person changes preferences as often as the limit of an hour says');
select is(pg_temp.tries($$ select public.set_preference('lists.page_size', '50') $$, 1), 'limit_reached',
  'a person cannot change preferences more often than the limit of an hour says');
select tests.authenticate_as('max');
select is(pg_temp.tries($$ select public.set_preference('lists.page_size', '25') $$, 1), 'no error',
  'the limit of an hour counts each person alone');
select is(pg_temp.tries($$ select public.request_sync() $$, 9), 'no error',
  'a request for fresh balances that joins a waiting one is none of its own');
select is(
  pg_temp.tries($$ select public.request_payroll_preflight((select id from run)) $$, 3), 'limit_reached',
  'a person cannot ask for more pre-flight reports than the limit of an hour says');
select is(
  pg_temp.tries($$ select public.invite_employee(tests.employee_id('Acme', 'emma')) $$, 3), 'limit_reached',
  'a person cannot invite employees more often than the limit of an hour says');

-- Every command that leaves a line in a trail counts, once, when it ends.
select tests.reset();
delete from private.hourly_uses;
set constraints all immediate;
select tests.authenticate_as('ada');
create function pg_temp.renamed(number integer) returns text language sql as $$
  select tests.error_code_of(format('select public.update_organization(%s, name => ''Acme %s'')', number, number)); $$;
grant execute on function pg_temp.renamed(integer) to public;
select is(
  (select array_agg(pg_temp.renamed(version)) from public.organizations), '{"no error"}'::text[],
  'a person who edits within the limit of an hour is not refused');
select tests.reset();
select is(
  (select (limit_name, used)::text from private.hourly_uses), '(edits_per_person_and_hour,1)',
  'a command counts as one change, however many lines its trail has');
update private.hourly_uses set used = 2;
select set_config('payd.counted_edit', '', true);
select tests.authenticate_as('ada');
select is(
  (select array_agg(pg_temp.renamed(version)) from public.organizations), '{limit_reached}'::text[],
  'a person cannot change more than the limit of an hour says');

select tests.reset();
set constraints all deferred;
update private.hourly_uses set hour = hour - interval '1 hour';
select tests.authenticate_as('ada');
select is(pg_temp.tries($$ select public.set_preference('lists.page_size', '50') $$, 1), 'no error',
  'the count begins anew with the next hour');

select * from finish();
rollback;
