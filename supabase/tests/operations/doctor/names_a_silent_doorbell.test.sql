begin;
\ir ../../_shared/setup.sql.raw
select plan(5);

create function pg_temp.silent() returns bigint language sql as $$
  select count(*) from private.findings(null) as finding where finding.kind = 'doorbell_not_wired'; $$;
select ok(
  to_regproc('net.http_post') is not null and to_regclass('vault.decrypted_secrets') is not null
    or pg_temp.silent() = 0,
  'a project without pg_net or Vault has no silent doorbell');

-- A hosted project whose guide was not followed to the end: pg_net and Vault are there, and the two secrets are
-- missing.
-- Where an extension is absent, a stand-in takes its place.
do $$
begin
  if to_regproc('net.http_post') is null then
    create schema if not exists net;
    create function net.http_post(
      url text, body jsonb default '{}', params jsonb default '{}', headers jsonb default '{}',
      timeout_milliseconds integer default 5000)
    returns bigint language sql as 'select 1::bigint';
  end if;

  if to_regclass('vault.decrypted_secrets') is null then
    create schema if not exists vault;
    create table vault.decrypted_secrets (name text, decrypted_secret text);
  end if;

  execute format(
    $q$ delete from %s where name in ('payd_project_url', 'payd_cron_key') $q$,
    coalesce(to_regclass('vault.secrets'), to_regclass('vault.decrypted_secrets')));
end;
$$;
create function pg_temp.keep_secret(name text, secret text) returns void language plpgsql as $$
begin
  if to_regproc('vault.create_secret') is not null then
    execute 'select vault.create_secret($1, $2)' using secret, name;
  else
    insert into vault.decrypted_secrets values (name, secret);
  end if;
end;
$$;

select is(pg_temp.silent(), 1::bigint, 'a project with pg_net and Vault and neither secret has a silent doorbell');
select is(
  (select count(*) from private.findings(1) as finding where finding.kind = 'doorbell_not_wired'), 0::bigint,
  'a silent doorbell is shown to the operator and not to the members of an organization');

select pg_temp.keep_secret('payd_project_url', 'https://project.supabase.co');
select is(pg_temp.silent(), 1::bigint, 'a project with one of the two secrets has a silent doorbell');
select pg_temp.keep_secret('payd_cron_key', 'sb_secret_x');
select is(pg_temp.silent(), 0::bigint, 'a project with both secrets has no silent doorbell');

select * from finish();
rollback;
