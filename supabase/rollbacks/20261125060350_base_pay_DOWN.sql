-- rollback-of: 20261125060350_base_pay
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.base_pay(numeric, private.pay_share);
drop function private.pay_share(text, date, date);
drop function private.month_part(date);
drop type private.pay_share;
