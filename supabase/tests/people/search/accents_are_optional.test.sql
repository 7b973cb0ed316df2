begin;
\ir ../../_shared/setup.sql.raw
select plan(9);

select tests.create_organization_with('Acme', '{ada}');
select tests.act_as('ada', 'Acme');
select public.import_employees(jsonb_build_array(
  jsonb_build_object('first_name', E'Zoe\u0308', 'last_name', 'Núñez', 'email', 'zoe@acme.example'),
  jsonb_build_object('first_name', 'Jorg', 'last_name', 'Straße', 'email', 'jorg@acme.example')));

select is(
  (select string_agg(first_name, ',') from public.search_employees(words)), found, format('the search for %s finds %s', words, found))
from (values
  ('Zoë', 'Zoë'), (E'Zoe\u0308', 'Zoë'), ('zoe', 'Zoë'), ('Nunez', 'Zoë'), ('NÚÑEZ', 'Zoë'), (E'Nu\u0301n', 'Zoë'),
  ('strasse', 'Jorg'), ('Jörg', 'Jorg')
) as cases (words, found);
select is((select first_name from public.employees where email = 'zoe@acme.example'), 'Zoë',
  'a name is stored with its accents, each with its letter in one character');

select * from finish();
rollback;
