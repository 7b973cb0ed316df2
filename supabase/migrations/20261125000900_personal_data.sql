-- migration: registry of personal data
-- Where data about a person stands is a table: which rows are about whom, which columns an export leaves out because
-- they are about others or about the company, and what an erasure does with them. Every table that holds data about
-- people adds its own rows, and a test refuses one that does not.
-- author: PayD | date: 2026-11-25
-- tables: private.personal_data, private.personal_data_erasures | depends: 20261125000000
-- class: add-table | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.personal_data (
  table_name text not null,
  subject text not null,
  column_name text not null,
  hidden_columns text[] not null default '{}',
  reason text not null,
  constraint personal_data_is_listed_once primary key (table_name, subject, column_name),
  constraint personal_data_subject_is_known check (subject in ('employee', 'member', 'account', 'email', 'actor')),
  constraint personal_data_reason_is_a_sentence check (reason ~ '\.$')
);
comment on table private.personal_data is 'Which rows are about a person and what an export shows of them.';
comment on column private.personal_data.subject is
  'What the column holds: the id of the employee or the member, the account, the e-mail address or the actor '
  '(user:<id>).';
alter table private.personal_data enable row level security;
alter table private.personal_data force row level security;

create table private.personal_data_erasures (
  position integer not null,
  table_name text not null,
  subject text not null,
  column_name text not null,
  statement text not null,
  constraint personal_data_erasures_are_listed_once primary key (table_name, subject, column_name),
  constraint personal_data_erasures_are_of_personal_data
    foreign key (table_name, subject, column_name) references private.personal_data (table_name, subject, column_name),
  constraint personal_data_erasures_have_an_order unique (position),
  constraint personal_data_erasures_statement_is_one_line check (statement !~ '[\n\r]')
);
comment on table private.personal_data_erasures is
  'What an erasure does with personal data, in order; what is not listed is kept as it is.';
comment on column private.personal_data_erasures.statement is
  '$1 is the organization, $2 what the column holds, as text.';
alter table private.personal_data_erasures enable row level security;
alter table private.personal_data_erasures force row level security;
