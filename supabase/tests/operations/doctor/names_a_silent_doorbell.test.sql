begin;
\ir ../../_shared/setup.sql.raw
select plan(5);

-- A hosted project whose guide was not followed to the end: everything is there but the two secrets. Stand-ins for pg_net and Vault.
create function pg_temp.silent() returns bigint language sql as $$ select count(*) from private.findings(null) as finding where finding.kind = 'doorbell_not_wired'; $$;
select is(pg_temp.silent(), 0::bigint, 'where there is no pg_net and no Vault, somebody else rings');

create schema net;
create function net.http_post(url text, body jsonb default '{}', params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000)
returns bigint language sql as 'select 1::bigint';
create schema vault;
create table vault.decrypted_secrets (name text, decrypted_secret text);
select is(pg_temp.silent(), 1::bigint, 'with both and no secrets nobody rings, and the doctor says so');
select is((select count(*) from private.findings(1) as finding where finding.kind = 'doorbell_not_wired'), 0::bigint, 'to the operator, not to the members of an organization');

insert into vault.decrypted_secrets values ('payd_project_url', 'https://project.supabase.co');
select is(pg_temp.silent(), 1::bigint, 'half of it is not enough');
insert into vault.decrypted_secrets values ('payd_cron_key', 'sb_secret_x');
select is(pg_temp.silent(), 0::bigint, 'with both the bell rings');

select * from finish();
rollback;
