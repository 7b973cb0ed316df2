begin;
\ir ../../_shared/setup.sql.raw
select plan(46);

select is(
  private.is_email(address), is_one,
  format(
    'the text %s is %s', coalesce(quote_literal(address), 'null'),
    case when is_one then 'an e-mail address' else 'no e-mail address' end))
from (values
  ('a@b.c', true), ('ada.lovelace+pay@example.co.uk', true), ('ü@ü.de', true), ('-a@x.de', true), ('=cmd@x.de', true),
  ('o''brien@x.ie', true), ('a_b@x.de', true), ('a@b1.c2d', true),
  (repeat('a', 64) || '@c.de', true), ('a@xn--bcher-kva.example', true),
  (null, false), ('', false), ('a', false), ('a@b', false), ('@b.c', false), ('a@', false), ('a@@b.c', false),
  ('a@b@c.d', false),
  ('.a@b.cc', false), ('a.@c.de', false), ('a..b@c.de', false), ('a@.b.com', false), ('a@b..com', false),
  ('a@b.com.', false),
  ('a@-b.com', false), ('a@b-.com', false), ('a@b_c.de', false), ('a@127.0.0.1', false), ('a@[127.0.0.1]', false),
  ('a b@c.de', false), (' a@c.de', false), ('a@c.de ', false), (E'a@c.de\n', false), (E'a\t@c.de', false),
  (E'a\u0001@c.de', false), (E'a\u007f@c.de', false),
  (E'a\u200b@c.de', false), (E'a\u00a0@c.de', false), (E'a\u202e@c.de', false), (E'a@c\ufeff.de', false),
  (E'a\ufffa@c.de', false), (E'a\ufff9@c.de', false),
  ('"a b"@c.de', false), ('a@b.c, d@e.f', false), (repeat('a', 65) || '@c.de', false),
  ('a@' || repeat('b', 251) || '.de', false)
) as addresses (address, is_one);

select * from finish();
rollback;
