-- rollback-of: 20261125130000_export_person
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.limits
where name in ('exports_per_person_and_hour');
drop function public.export_person(bigint);
drop function private.export_person(bigint);
drop function public.export_my_data();
drop function private.export_my_data();
drop function private.personal_export(bigint, bigint[], bigint[], uuid, text[]);
drop function private.personal_rows(private.personal_data, bigint, text[]);
