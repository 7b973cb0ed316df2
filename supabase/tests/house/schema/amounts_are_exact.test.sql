begin;
\ir ../../_shared/setup.sql.raw
select plan(5);

select is_empty(
  $$
    select attribute.attrelid::regclass, attribute.attname, format_type(attribute.atttypid, attribute.atttypmod)
    from pg_attribute as attribute
    join pg_class as class on class.oid = attribute.attrelid
    where class.relnamespace = 'public'::regnamespace
      and class.relkind in ('r', 'p', 'v', 'm', 'c')
      and attribute.attnum > 0
      and not attribute.attisdropped
      and attribute.atttypid in ('numeric'::regtype, 'real'::regtype, 'double precision'::regtype, 'money'::regtype)
  $$,
  'every amount that the API shows is of the domain amount, which becomes a string in JSON');

select is_empty(
  $$
    select function.oid::regprocedure
    from pg_proc as function
    where function.pronamespace = 'public'::regnamespace
      and (
        function.prorettype in ('public.amount'::regtype, 'numeric'::regtype, 'double precision'::regtype)
        or exists (
          select
          from unnest(function.proallargtypes, function.proargmodes) as argument (type, mode)
          where argument.mode in ('t', 'o')
            and argument.type in ('public.amount'::regtype, 'numeric'::regtype, 'double precision'::regtype)))
  $$,
  'no function returns an amount in a form that PostgREST would write as a number');

select is_empty(
  $$
    select function.oid::regprocedure
    from pg_proc as function
    cross join unnest(function.proargtypes::oid[]) as argument (type)
    where function.pronamespace = 'public'::regnamespace
      and argument.type in ('public.amount'::regtype, 'numeric'::regtype, 'double precision'::regtype)
  $$,
  'no function takes an amount in a form that would round it before it is checked');

select is(
  (
    select castfunc::regprocedure::text from pg_cast
    where castsource = 'public.amount'::regtype and casttarget = 'json'::regtype),
  'private.amount_to_json(amount)',
  'the cast from amount to JSON that PostgREST reads exists');

select is_empty(
  $$
    select role_name
    from unnest(array['authenticator', 'anon', 'authenticated', 'service_role']) as role_name
    where not has_function_privilege(role_name, 'private.amount_to_json(public.amount)', 'execute')
  $$,
  'every role that reads amounts may call the cast function; without that right PostgREST would answer with numbers');

select * from finish();
rollback;
