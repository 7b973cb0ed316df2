-- migration: limits
-- Whatever a person can create has a limit, so that one tenant cannot fill the database of the others. Each concept
-- declares the limits of what it creates; an operator can change them.
-- author: PayD | date: 2026-11-30
-- tables: private.error_codes, private.limits | depends: 20261125000000, 20261125000100
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.limits (
  name text primary key,
  at_most bigint not null,
  what text not null,
  hint text not null,
  constraint limits_name_is_snake_case check (name ~ '^[a-z][a-z0-9_]*$'),
  constraint limits_at_most_is_positive check (at_most > 0),
  constraint limits_hint_is_a_sentence check (hint ~ '\.$')
);
comment on table private.limits is 'How much of everything a person or an organization can create.';
comment on column private.limits.what is 'What is counted, as it reads after "at most 50".';
alter table private.limits enable row level security;
alter table private.limits force row level security;

insert into private.error_codes (code, http_status, message, hint) values
  ('limit_reached', 409, 'At most %1$s %2$s are possible, and they are there.', '%3$s.');

create function private.require_limit(name text, used bigint)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare v_limit private.limits;
begin
  select declared.* into strict v_limit
  from private.limits as declared
  where declared.name = require_limit.name;

  if require_limit.used >= v_limit.at_most then
    perform private.refuse('limit_reached', v_limit.at_most::text, v_limit.what, rtrim(v_limit.hint, '.'));
  end if;
end;
$$;
comment on function private.require_limit(text, bigint) is
  'Refuses another one when so many are there already.';

create function private.configure_limit(name text, at_most bigint)
returns void
language sql volatile security definer
set search_path = ''
as $$
  update private.limits as declared
  set at_most = configure_limit.at_most
  where declared.name = configure_limit.name;
$$;
comment on function private.configure_limit(text, bigint) is 'Changes a limit. For the operator (role postgres).';
