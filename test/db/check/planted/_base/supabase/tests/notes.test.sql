begin;
select plan(1);
select has_table('public', 'notes', 'notes exist');
select * from finish();
rollback;
