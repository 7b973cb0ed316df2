begin;
\ir ../../_shared/setup.sql.raw
select plan(14);

create temporary table functions as
  select function.oid, function.pronamespace::regnamespace::text as schema_name, function.proname::text as name,
    function.prosecdef as is_definer,
    function.proconfig as settings, function.proowner::regrole::text as owner,
    function.prorettype = 'trigger'::regtype as is_trigger,
    language.lanname as language
  from pg_proc as function
  join pg_language as language on language.oid = function.prolang
  where function.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
    and not exists (select from pg_depend as member where member.objid = function.oid and member.deptype = 'e');

select is_empty(
  $$
    select oid::regprocedure from functions
    where has_function_privilege('anon', oid, 'execute') and name <> 'amount_to_json' $$,
  'a caller who has not signed in may call no function');

select is_empty(
  $$
    select function.oid::regprocedure
    from functions
    join pg_proc as function on function.oid = functions.oid
    cross join lateral aclexplode(coalesce(function.proacl, acldefault('f', function.proowner))) as acl
    where acl.grantee = 0
  $$,
  'no function may be called by the role public');

select is_empty(
  $$ select oid::regprocedure from functions where is_definer and schema_name <> 'private' $$,
  'functions with the rights of their owner live only in schema private, which no API exposes');

select is_empty(
  $$
    select oid::regprocedure, language from functions
    join pg_proc as function using (oid)
    where schema_name = 'public'
      and (is_definer or (language <> 'sql'
        and function.prosrc !~ format('^\s*begin\s+return (query select \* from )?private\.%s\([^;]*\);\s*end;\s*$',
          name))) $$,
  'every function in schema public passes the call on with the rights of the caller');

select is_empty(
  $$ select oid::regprocedure, settings from functions where not coalesce('search_path=""' = any(settings), false) $$,
  'every function has an empty search path, so that no other table can take the place of PayD''s');

select is_empty(
  $$ select oid::regprocedure, owner from functions where owner <> 'postgres' $$,
  'every function belongs to postgres, which is no superuser');

select is_empty(
  $$
    select oid::regprocedure, role_name
    from functions
    cross join unnest(array['anon', 'authenticated', 'service_role']) as role_name
    where is_trigger and has_function_privilege(role_name, oid, 'execute')
  $$,
  'no client role may call a trigger function');

select is_empty(
  $$
    select door.oid::regprocedure, role_name
    from functions as door
    join functions as worker on worker.name = door.name and worker.schema_name = 'private'
    cross join unnest(array['authenticated', 'service_role']) as role_name
    where door.schema_name = 'public'
      and has_function_privilege(role_name, door.oid, 'execute')
      and not has_function_privilege(role_name, worker.oid, 'execute')
      and (select count(*) from functions as twin where twin.schema_name = 'private' and twin.name = door.name) = 1
  $$,
  'a role that may call a public function may call the private function behind it');

select is_empty(
  $$
    select name
    from unnest(array[
      'create_organization', 'invite_member', 'accept_invitation', 'import_employees', 'create_payroll_run',
      'add_bonus', 'remove_payroll_item',
      'submit_payroll_run', 'approve_payroll_run', 'reject_payroll_run', 'disburse_payroll_run', 'retry_payroll_run',
      'create_webhook_subscription', 'update_webhook_subscription', 'pause_webhook_subscription',
      'enable_webhook_subscription', 'rotate_webhook_secret', 'delete_webhook_subscription', 'send_test_webhook',
      'resend_webhook', 'recover_webhooks', 'replay_missing_webhooks', 'pull_webhook_events', 'reproduce_webhook',
      'request_sync', 'request_payroll_preflight']) as name
    where not exists (
      select from functions
      where functions.schema_name = 'public' and functions.name = name.name
        and has_function_privilege('authenticated', functions.oid, 'execute')
        and not has_function_privilege('service_role', functions.oid, 'execute'))
  $$,
  'the commands of people may be called by signed-in people and not by the service');

select is_empty(
  $$
    select name
    from unnest(array[
      'claim_disbursement', 'accounts_to_check', 'claim_preflight', 'continue_preflight', 'finish_preflight',
      'plan_operations', 'persist_refund', 'persist_transaction', 'begin_submission', 'record_submission',
      'record_outcome', 'stop_disbursement', 'stop_refund',
      'release_disbursement', 'extend_disbursement', 'extend_sync_leases', 'extend_webhook_deliveries',
      'record_sequence_holder', 'hold_transaction', 'plan_fee_bump',
      'compare_source_account',
      'claim_wallets_for_sync', 'apply_wallet_states', 'claim_transactions_to_track',
      'claim_webhook_deliveries',
      'complete_webhook_deliveries', 'release_webhook_deliveries', 'enroll_source_account']) as name
    where not exists (
      select from functions
      where functions.schema_name = 'public' and functions.name = name.name
        and has_function_privilege('service_role', functions.oid, 'execute')
        and not has_function_privilege('authenticated', functions.oid, 'execute'))
  $$,
  'the functions of workers may be called by the service and not by people');

select set_eq(
  $$
    select name
    from functions
    where schema_name = 'private'
      and has_function_privilege('authenticator', oid, 'execute')
  $$,
  array['amount_to_json'],
  'PostgREST itself may call only the function that writes amounts as strings');

select is_empty(
  $$
    select name
    from functions
    where schema_name = 'private'
      and name in (
        'configure_network', 'configure_webhooks', 'ring', 'emit_event', 'emit_events', 'write_audit',
        'finish_payroll_run',
        'fail_payroll_run', 'start_disbursement', 'return_to_draft', 'webhook_signature', 'keep_idempotent_result',
        'claim_idempotency_key')
      and (
        has_function_privilege('authenticated', oid, 'execute')
          or has_function_privilege('service_role', oid, 'execute'))
  $$,
  'no client role may call the private functions that trust their caller');

create function public.made_by_a_later_migration() returns integer language sql set search_path = '' as $$ select 1; $$;
select ok(
  not has_function_privilege('anon', 'public.made_by_a_later_migration()', 'execute')
  and not has_function_privilege('authenticated', 'public.made_by_a_later_migration()', 'execute'),
  'a new function may be called by no client role until a migration grants it');

select is_empty(
  $$
    select oid::regprocedure from functions
    where schema_name = 'public' and obj_description(oid, 'pg_proc') is null and name <> 'made_by_a_later_migration' $$,
  'every public function has a comment');

select * from finish();
rollback;
