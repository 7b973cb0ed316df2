begin;
\ir ../../_shared/setup.sql.raw
select plan(15);

select is(private.holds_secret_key(given), true, format('a secret key is found when it stands %s', place))
from (values
  (tests.secret_key(), 'alone'),
  ('my key is ' || tests.secret_key() || ', keep it', 'inside a sentence'),
  (lower(tests.secret_key()), 'in lower case'),
  (initcap(tests.secret_key()), 'in mixed case'),
  ('A' || tests.secret_key(), 'glued to a letter before it'),
  (tests.secret_key() || 'A', 'glued to a letter after it'),
  ('SA' || repeat('SB', 30) || tests.secret_key() || repeat('S', 30), 'among letters that look like other keys'),
  (E'{"a": "x",\n"b": "' || tests.secret_key() || '"}', 'inside JSON'),
  (repeat('x ', 5000) || tests.secret_key(), 'at the end of a long text')
) as cases (given, place);

select is(private.holds_secret_key(given), false, format('the search for secret keys does not report %s', what))
from (values
  (tests.address(1), 'an account address'),
  (
    overlay(
      tests.secret_key() placing case substr(tests.secret_key(), 20, 1) when 'A' then 'B' else 'A' end from 20 for 1),
    'a key with a wrong checksum'),
  (left(tests.secret_key(), 55), 'a part of a key'),
  ('', 'an empty text'),
  (null, 'nothing')
) as cases (given, what);

select is(
  private.is_xdr(tests.secret_key()), false,
  'a secret key pasted as an envelope is no XDR, although its characters are those of base64');

select * from finish();
rollback;
