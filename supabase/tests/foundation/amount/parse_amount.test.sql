begin;
\ir ../../_shared/setup.sql.raw
select plan(43);

select is(private.parse_amount(given)::text, expected, format('the text %s is read as the amount %s', given, expected))
from (values
  ('1', '1.0000000'),
  ('10', '10.0000000'),
  ('0.0000001', '0.0000001'),
  ('0.1', '0.1000000'),
  ('4200.50', '4200.5000000'),
  ('1.0000000', '1.0000000'),
  ('922337203685.4775807', '922337203685.4775807'),
  ('922337203685', '922337203685.0000000')
) as cases (given, expected);

select is(
  tests.error_code_of(format('select private.parse_amount(%L)', given)), expected,
  format('the text "%s" is refused as an amount: %s', given, expected))
from (values
  ('922337203685.4775808', 'amount_too_large'),
  ('922337203686', 'amount_too_large'),
  ('9999999999999', 'amount_too_large'),
  (repeat('9', 200), 'amount_too_large'),
  ('0', 'amount_not_positive'),
  ('0.0', 'amount_not_positive'),
  ('0.0000000', 'amount_not_positive'),
  ('-1', 'amount_not_positive'),
  ('-0.0000001', 'amount_not_positive'),
  ('-0', 'amount_not_positive'),
  ('0.00000001', 'too_many_decimals'),
  ('1.00000000', 'too_many_decimals'),
  ('1.12345678', 'too_many_decimals'),
  ('NaN', 'invalid_amount'),
  ('nan', 'invalid_amount'),
  ('Infinity', 'invalid_amount'),
  ('-Infinity', 'invalid_amount'),
  ('1e3', 'invalid_amount'),
  ('1E3', 'invalid_amount'),
  ('0x10', 'invalid_amount'),
  ('1_000', 'invalid_amount'),
  ('1,000', 'invalid_amount'),
  ('1.000,00', 'invalid_amount'),
  ('01', 'invalid_amount'),
  ('00.1', 'invalid_amount'),
  ('.5', 'invalid_amount'),
  ('5.', 'invalid_amount'),
  ('+5', 'invalid_amount'),
  (' 5', 'invalid_amount'),
  ('5 ', 'invalid_amount'),
  (E'5\n', 'invalid_amount'),
  ('', 'invalid_amount'),
  ('five', 'invalid_amount'),
  ('٤٢', 'invalid_amount')
) as cases (given, expected);

select is(tests.error_code_of('select private.parse_amount(null)'), 'invalid_amount', 'a null amount is refused');

select * from finish();
rollback;
