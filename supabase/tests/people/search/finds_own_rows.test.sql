begin;
\ir ../../_shared/setup.sql.raw
select plan(27);

select tests.create_world();
select tests.create_employee('Acme', 'Zoë');
select tests.create_employee('Acme', 'Will');
select tests.create_employee('Globex', 'Zoltan');
select tests.authenticate_as('vic', 'Acme');

select results_eq($$ select first_name from public.search_employees('zo') $$, $$ values ('Zoë'::text) $$, 'a prefix finds people, of the own organization only');
select results_eq($$ select first_name from public.search_employees('ZOË acme') $$, $$ values ('Zoë'::text) $$, 'all words must match, in any case');
select is_empty($$ select first_name from public.search_employees('zoë globex') $$, 'one word that does not match is enough for nothing');
select results_eq($$ select first_name from public.search_employees('will') $$, $$ values ('Will'::text) $$, 'no word is too common to be a name');
select results_eq($$ select first_name from public.search_employees('will@acme') $$, $$ values ('Will'::text) $$, 'the e-mail address is searched too');

-- Every word of an e-mail address, a department or a name counts, wherever it stands.
select tests.reset();
insert into public.employees (organization_id, first_name, last_name, email, position, department)
values (tests.organization_id('Acme'), 'Bob', 'Smith-O''Hara', 'robert.jones+pay@corp-mail.example', 'Team-Lead R&D', 'IT/Ops v2.0');
select tests.authenticate_as('vic', 'Acme');
select results_eq(format('select first_name from public.search_employees(%L)', words), $$ values ('Bob'::text) $$, format('"%s" finds him', words))
from unnest(array[
  'robert.jones+pay@corp-mail.example', 'robert.jones', 'jones', 'pay@corp', 'corp-mail', 'mail.example', 'Smith-O''Hara', 'hara', 'r&d', 'IT/Ops', 'ops', 'v2.0', 'team-lead jon'
]) as words;
select is_empty($$ select first_name from public.search_employees('obert') $$, 'the middle of a word does not');

select is(tests.error_code_of($$ select public.search_employees('') $$), 'search_too_short', 'an empty search is refused');
select is(tests.error_code_of($$ select public.search_employees(null) $$), 'search_too_short', 'so is none');
select is(tests.error_code_of($$ select public.search_employees('!!! & | :*') $$), 'search_too_short', 'operators are no words');
select is(tests.error_code_of($$ select public.search_employees('a'' | b:* & !(c') $$), 'no error', 'and do no harm between words');
select is((select count(*)::integer from public.search_employees('acme', 1)), 1, 'the number of rows is limited');

select results_eq(
  $$ select tx_hash from public.search_transactions((select left(tx_hash, 10) from public.transactions)) $$,
  $$ select tx_hash from public.transactions $$,
  'a transaction is found by the beginning of its hash');

select tests.authenticate_as('stan');
select is(tests.error_code_of($$ select public.search_employees('zo') $$), 'no_organization', 'a stranger cannot search');
select tests.authenticate_as('eve');
select is(tests.error_code_of($$ select public.search_employees('zo') $$), 'no_organization', 'nor can an employee');

select * from finish();
rollback;
