begin;
\ir ../../_shared/setup.sql.raw
select plan(9);

select is(tests.error_of($$ select private.refuse('role_too_low', 'admin') $$),
  'PT403 | This needs the role admin in the organization. | role_too_low | Ask an admin of your organization to do it or to change your role.',
  'a refusal consists of status, sentence, stable code and hint');
select is(
  tests.error_of($$ select private.refuse('no_such_code') $$),
  'PT500 | The error code no_such_code is not declared. | unknown_error_code | This is a defect of PayD. Please report it.',
  'a refusal with an undeclared code is reported as a defect of PayD');
select is(
  tests.error_of($$ select private.refuse('role_too_low', '%s %1$s %%') $$),
  'PT403 | This needs the role %s %1$s %% in the organization. | role_too_low | Ask an admin of your organization to do it or to change your role.',
  'a value with percent signs is repeated literally in the message');
select is_empty(
  $$ select code from private.error_codes where http_status not in (401, 403, 404, 409, 413, 422, 429, 503) $$,
  'every error code has an HTTP status that says who can mend the problem');
select is_empty(
  $$ select code from private.error_codes where code ~ '_not_found$|_unknown$' and http_status <> 404 $$,
  'every code for something that does not exist has the status 404');
select is_empty(
  $$ select code from private.error_codes where message ~* '\m(error|failed to|invalid input|oops|please)\M' $$,
  'an error message says what is wrong and uses no filler words');
select is_empty(
  $$ select code from private.error_codes where length(message) > 200 or length(hint) > 250 $$,
  'every error message and hint fits on a screen');
select is(
  tests.error_code_of($$ insert into private.error_codes values ('x', 200, 'Fine.', 'Go on.') $$), '23514',
  'an error code cannot have a success status');
select is(
  tests.error_code_of($$ insert into private.error_codes values ('Bad Code', 400, 'Bad.', 'Go.') $$), '23514',
  'an error code that is not in snake case is refused');

select * from finish();
rollback;
