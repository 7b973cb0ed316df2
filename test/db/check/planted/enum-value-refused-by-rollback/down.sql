-- rollback-of: 20260201000000_planted
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

alter table private.numbers alter column mood type text;
drop type private.mood;
create type private.mood as enum ('calm', 'busy');
alter table private.numbers alter column mood type private.mood using mood::private.mood;
