begin;
\ir ../../_shared/setup.sql.raw
select plan(27);

select tests.create_world();
select tests.create_employee('Acme', 'Zoë');
select tests.create_employee('Acme', 'Will');
select tests.create_employee('Globex', 'Zoltan');
select tests.authenticate_as('vic', 'Acme');

select results_eq(
  $$ select first_name from public.search_employees('zo') $$, $$ values ('Zoë'::text) $$,
  'a search by prefix finds employees of the own organization only');
select results_eq(
  $$ select first_name from public.search_employees('ZOË acme') $$, $$ values ('Zoë'::text) $$,
  'a search finds employees who match all words, in any case');
select is_empty(
  $$ select first_name from public.search_employees('zoë globex') $$,
  'a search with one word that does not match finds no employee');
select results_eq(
  $$ select first_name from public.search_employees('will') $$, $$ values ('Will'::text) $$,
  'a search for the name Will finds him, although "will" is a common word');
select results_eq(
  $$ select first_name from public.search_employees('will@acme') $$, $$ values ('Will'::text) $$,
  'a search finds employees by their e-mail address');

-- Every word of an e-mail address, a department or a name counts, at any place.
select tests.reset();
insert into public.employees (organization_id, first_name, last_name, email, position, department)
values (
  tests.organization_id('Acme'), 'Bob', 'Smith-O''Hara', 'robert.jones+pay@corp-mail.example', 'Team-Lead R&D',
  'IT/Ops v2.0');
select tests.authenticate_as('vic', 'Acme');
select results_eq(
  format('select first_name from public.search_employees(%L)', words), $$ values ('Bob'::text) $$,
  format('a search for "%s" finds Bob', words))
from unnest(array[
  'robert.jones+pay@corp-mail.example', 'robert.jones', 'jones', 'pay@corp', 'corp-mail', 'mail.example',
  'Smith-O''Hara', 'hara', 'r&d', 'IT/Ops', 'ops', 'v2.0', 'team-lead jon'
]) as words;
select is_empty(
  $$ select first_name from public.search_employees('obert') $$, 'a search for the middle of a word finds no employee');

select is(
  tests.error_code_of($$ select public.search_employees('') $$), 'search_too_short', 'an empty search is refused');
select is(
  tests.error_code_of($$ select public.search_employees(null) $$), 'search_too_short', 'a search for null is refused');
select is(
  tests.error_code_of($$ select public.search_employees('!!! & | :*') $$), 'search_too_short',
  'a search for operators without words is refused');
select is(
  tests.error_code_of($$ select public.search_employees('a'' | b:* & !(c') $$), 'no error',
  'operators between the words of a search cause no error');
select is(
  (select count(*)::integer from public.search_employees('acme', 1)), 1,
  'a search returns no more rows than asked for');

select results_eq(
  $$ select tx_hash from public.search_transactions((select left(tx_hash, 10) from public.transactions)) $$,
  $$ select tx_hash from public.transactions $$,
  'a transaction is found by the beginning of its hash');

select tests.authenticate_as('stan');
select is(
  tests.error_code_of($$ select public.search_employees('zo') $$), 'no_organization', 'a stranger cannot search');
select tests.authenticate_as('eve');
select is(
  tests.error_code_of($$ select public.search_employees('zo') $$), 'no_organization', 'an employee cannot search');

select * from finish();
rollback;
