begin;
\ir ../../_shared/setup.sql.raw
select plan(6);

select tests.create_organization_with('Acme', '{}', '{bea}');
select tests.create_organization_with('Globex', '{gil}', '{bea}');
select tests.join_organization('gil', 'Acme', 'admin');

select tests.authenticate_as('bea', 'Acme');
create temporary table acme on commit drop as select id, organization_id
from public.create_payroll_run('2026-11-01', '2026-11-30', idempotency_key => 'november');
select tests.authenticate_as('bea', 'Globex');
create temporary table globex on commit drop as select id, organization_id
from public.create_payroll_run('2026-11-01', '2026-11-30', idempotency_key => 'november');

select is(
  (select organization_id from globex), tests.organization_id('Globex'),
  'a key that was used in one organization is a new key in another');
select isnt(
  (select id from globex), (select id from acme), 'the same key creates a second run in the other organization');
select is(
  (select id from public.create_payroll_run('2026-11-01', '2026-11-30', idempotency_key => 'november')),
  (select id from globex), 'a repeat in the second organization returns the run of the second organization');
select tests.authenticate_as('bea', 'Acme');
select is(
  (select id from public.create_payroll_run('2026-11-01', '2026-11-30', idempotency_key => 'november')),
  (select id from acme), 'a repeat in the first organization returns the run of the first organization');

-- Creating an organization is a command that belongs to no organization yet.
select tests.authenticate_as('gil', 'Acme');
create temporary table made on commit drop as select id from public.create_organization('Initech', 'key');
select tests.authenticate_as('gil', 'Globex');
select is(
  (select id from public.create_organization('Initech', 'key')), (select id from made),
  'the creation of an organization can be repeated while acting in another organization');

select tests.reset();
select results_eq(
  $$ select operation, organization_id from private.idempotency_keys order by operation, organization_id $$,
  $$ values
    ('create_organization'::text, null::bigint), ('create_payroll_run', tests.organization_id('Acme')),
    ('create_payroll_run', tests.organization_id('Globex')) $$,
  'every idempotency key is stored with the organization it was used in');

select * from finish();
rollback;
