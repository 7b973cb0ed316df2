begin;
\ir ../../_shared/setup.sql.raw
select plan(10);

create function pg_temp.address_from(forwarded text) returns text language sql as $$
  select private.request_ip_address()
  from set_config('request.headers', jsonb_strip_nulls(jsonb_build_object('x-forwarded-for', forwarded))::text, true);
$$;

select is(pg_temp.address_from(given), kept, format('the client address of %s is %s', coalesce(given, 'a request without the header'), coalesce(kept, 'unknown')))
from (values
  ('203.0.113.7, 10.0.0.1', '203.0.113.7'), ('2001:db8::1,10.0.0.1', '2001:db8::1'),
  ('=HYPERLINK("https://evil.example"), 203.0.113.7, 10.0.0.1', '203.0.113.7'),
  ('198.51.100.1, 198.51.100.2,203.0.113.7 , 10.0.0.1', '203.0.113.7'),
  ('=HYPERLINK("x"), 10.0.0.1', null), ('203.0.113.7', null), ('', null), (null, null),
  (repeat('198.51.100.1, ', 5000) || '203.0.113.7, 10.0.0.1', '203.0.113.7')
) as cases (given, kept);

update private.settings set trusted_proxies = 3;
select is(pg_temp.address_from('198.51.100.1, 203.0.113.7, 10.0.0.2, 10.0.0.1'), '203.0.113.7',
  'with three parts of the platform the client is the third from the end');

select * from finish();
rollback;
