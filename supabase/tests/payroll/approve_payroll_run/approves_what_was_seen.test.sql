begin;
\ir ../../_shared/setup.sql.raw
select plan(19);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '500');
create temporary table run as select tests.create_run('Acme') as id;
grant select on run to public;
select tests.walk_run((select id from run), 'submitted');
create function pg_temp.approve() returns text language sql return format(
  'select public.approve_payroll_run(%s, %L)', (select id from run), tests.seen((select id from run)));

-- An approval after each change; its effects are undone, so that every change is tried alone.
create function pg_temp.approval_after(change text) returns text language plpgsql as $$
declare v_code text;
begin
  begin
    execute change;
    perform tests.act_as('max', 'Acme');
    v_code := tests.error_code_of(pg_temp.approve());
    raise exception 'undo';
  exception when raise_exception then
    return v_code;
  end;
end;
$$;

select is(pg_temp.approval_after('select 1'), 'no error', 'an unchanged run is approved');
select is(pg_temp.approval_after(change), 'payroll_run_changed', format('a run is not approved after %s', what))
from (values
  ($$ update public.employees set wallet_address = tests.address(20) where first_name = 'olaf' $$,
    'the wallet address of an employee changed'),
  ($$ update public.employees set wallet_address = null where first_name = 'olaf' $$,
    'the wallet address of an employee was removed'),
  ($$ update public.employees set status = 'inactive' where first_name = 'olaf' $$, 'an employee became inactive'),
  ($$ update public.employees set deleted_at = now() where first_name = 'olaf' $$, 'an employee left'),
  ($$
    set constraints all immediate;
    alter table public.payroll_items disable trigger user;
    update public.payroll_items set amount = (amount::numeric + 1)::public.amount;
    alter table public.payroll_items enable trigger user $$, 'the owner of the database changed amounts past every rule')
) as changes (change, what);

-- The approver names other content than the run has.
select tests.act_as('max', 'Acme');
select is(
  tests.error_code_of(format('select public.approve_payroll_run(%s, %s)', (select id from run), given)),
  'payroll_run_changed', format('a run is not approved when the approver names %s', what))
from (values ('null', 'no content'), ('repeat(''0'', 64)', 'other content')) as attempts (given, what);
create temporary table looked_at as select tests.seen((select id from run)) as content;
grant select on looked_at to public;
select public.reject_payroll_run((select id from run), 'Too little');
select tests.act_as('ada', 'Acme');
select public.add_bonus((select id from run), tests.employee_id('Acme', 'emma'), '50000');
select tests.submit((select id from run));
select tests.act_as('max', 'Acme');
select is(
  tests.error_code_of(
    format('select public.approve_payroll_run(%s, %L)', (select id from run), (select content from looked_at))),
  'payroll_run_changed',
  'a run is not approved by the hash it had before it was sent back and submitted with another amount');
select tests.act_as(null);

select is(
  tests.error_code_of(change), 'immutable_columns', format('a change of %s of a submitted run is refused', what))
from (values
  ($$ update public.payroll_runs set memo = 'Other' $$, 'the memo'),
  ($$ update public.payroll_runs set period_end = '2026-12-31' $$, 'the period'),
  ($$ update public.payroll_runs set asset_code = 'USDC', asset_issuer = tests.issuer() $$, 'the asset'),
  ($$ update public.payroll_runs set batch_id = 'other' $$, 'the batch id')
) as changes (change, what);

-- Everything that determines a payment is part of the hash.
create function pg_temp.hash_after(change text) returns text language plpgsql as $$
declare v_hash text;
begin
  begin
    execute 'alter table public.payroll_items disable trigger user';
    execute change;
    v_hash := private.payroll_run_content_hash((select id from run));
    raise exception 'undo';
  exception when raise_exception then
    return v_hash;
  end;
end;
$$;
select is(
  pg_temp.hash_after('select 1'), (select content_hash from public.payroll_runs),
  'the hash of an unchanged run is the same each time it is computed');
select isnt(
  pg_temp.hash_after(change), (select content_hash from public.payroll_runs),
  format('the hash of a run covers %s', what))
from (values
  ($$ update public.payroll_items set amount = 1000.0000001 where amount = 1000 $$, 'every stroop of an amount'),
  ($$ update public.payroll_items set destination = tests.address(33) where amount = 1000 $$, 'every destination'),
  ($$ update public.payroll_items set item_type = 'bonus' where amount = 1000 $$, 'the kind of an item'),
  ($$ delete from public.payroll_items where amount = 500 $$, 'every item'),
  ($$ update public.payroll_items set amount = case amount::numeric when 1000 then 500 else 1000 end $$,
    'the assignment of amounts to employees, even when the total stays the same')
) as changes (change, what);

select * from finish();
rollback;
