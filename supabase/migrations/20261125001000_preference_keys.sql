-- migration: registry of preferences
-- Every preference is declared with its values and the default that counts until a person chooses. Each concept
-- declares the preferences that it reads.
-- author: PayD | date: 2026-11-25
-- tables: private.preference_defaults | depends: 20261125000000
-- class: add-table | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.preference_defaults (
  key text primary key,
  type text not null,
  default_value jsonb not null,
  allowed_values jsonb,
  description text not null,
  constraint preference_defaults_key_is_a_dotted_path check (key ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$'),
  constraint preference_defaults_type_is_known check (type in ('boolean', 'choice', 'time_zone', 'language')),
  constraint preference_defaults_choices_are_listed
    check ((type = 'choice') = (jsonb_typeof(allowed_values) is not distinct from 'array')),
  constraint preference_defaults_default_is_a_choice check (type <> 'choice' or allowed_values @> default_value),
  constraint preference_defaults_default_of_a_switch_is_a_boolean
    check (type <> 'boolean' or jsonb_typeof(default_value) = 'boolean'),
  constraint preference_defaults_description_is_a_sentence check (description ~ '\.$')
);
comment on table private.preference_defaults is
  'Every preference there is: its key, its values and what counts until a person chooses.';
alter table private.preference_defaults enable row level security;
alter table private.preference_defaults force row level security;
