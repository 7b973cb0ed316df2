begin;
\ir ../../_shared/setup.sql.raw
select plan(4);

select tests.create_world();

-- Every verb that changes a table is tried on every table. A missing right is refused before any row is looked at.
create function tests.allowed_writes()
returns setof text
language plpgsql volatile
as $$
declare
  v_table regclass;
  v_verb text;
begin
  for v_table, v_verb in
    select class.oid::regclass, verb
    from pg_class as class
    cross join unnest(array[
      'insert into %s default values', 'update %s set %s = %2$s', 'delete from %s', 'truncate %s', 'lock table %s',
      'select from %s for update']) as verb
    where class.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
      and class.relkind in ('r', 'p')
  loop
    if tests.error_code_of(format(v_verb, v_table, (
      select quote_ident(min(attname)) from pg_attribute
      where attrelid = v_table and attnum > 0 and not attisdropped and attidentity = ''
        and attgenerated = ''))) <> '42501' then
      return next v_verb || ' ' || v_table;
    end if;
  end loop;
end;
$$;
grant execute on function tests.allowed_writes() to public;

select tests.authenticate_as('ada');
select is_empty('select tests.allowed_writes()', 'an admin has no right to write to any table');
select tests.authenticate_as('stan');
select is_empty('select tests.allowed_writes()', 'a stranger has no right to write to any table');
select tests.as_service();
select is_empty('select tests.allowed_writes()', 'the service has no right to write to any table');
select tests.as_anon();
select is_empty('select tests.allowed_writes()', 'a caller who has not signed in has no right to write to any table');

select * from finish();
rollback;
