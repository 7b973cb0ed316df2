-- migration: what each result code means
-- What a result code of the network means for the item and for the run is data.
-- author: PayD | date: 2026-11-25
-- tables: private.result_codes | depends: 20261125000000
-- class: add-table, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.result_codes (
  code text primary key,
  action text not null,
  sentence text not null,
  hint text not null,
  constraint result_codes_action_is_known check (action in ('paid', 'item', 'again', 'stop'))
);
comment on table private.result_codes is
  'What a Stellar result code means: paid; this item fails; build again; or stop the run for a person.';
alter table private.result_codes enable row level security;
alter table private.result_codes force row level security;

insert into private.result_codes (code, action, sentence, hint) values
  ('op_success', 'paid', 'Paid.', 'Nothing needs to be done.'),
  ('op_no_destination', 'item',
    'The destination account does not exist.',
    'Ask the employee to fund the account, or to give another address.'),
  ('op_no_trust', 'item',
    'The destination account does not accept this asset.',
    'Ask the employee to add a trustline for the asset, then retry.'),
  ('op_not_authorized', 'item',
    'The issuer has not authorized the destination to hold this asset.',
    'Ask the issuer of the asset to authorize the account, then retry.'),
  ('op_line_full', 'item',
    'The trustline of the destination has no room for this amount.',
    'Ask the employee to raise the limit of the trustline, then retry.'),
  ('op_malformed', 'item',
    'The operation is not valid for this destination or amount.',
    'Check the address and the amount of the employee.'),
  ('op_already_exists', 'item',
    'The destination account exists already.',
    'Retry; it will be paid instead of created.'),
  ('op_low_reserve', 'item',
    'The amount is less than a new account must hold.',
    'Pay at least the minimum balance, or ask the employee to fund the account first.'),
  ('op_underfunded', 'stop',
    'The source account does not hold enough of the asset.',
    'Fund the treasury account, then retry the run.'),
  ('op_src_no_trust', 'stop',
    'The source account has no trustline for the asset.',
    'Add the trustline to the treasury account, then retry the run.'),
  ('op_src_not_authorized', 'stop',
    'The issuer has not authorized the source account to send this asset.',
    'Ask the issuer of the asset, then retry the run.'),
  ('op_no_issuer', 'stop', 'The issuer of the asset does not exist.', 'Check the asset; the run cannot be paid in it.'),
  ('op_no_source_account', 'stop', 'The source account does not exist.', 'Check the treasury account and the network.'),
  ('op_bad_auth', 'stop',
    'The signature is not valid for the source account.',
    'Check the signing key and the thresholds of the treasury account.'),
  ('op_too_many_sponsoring', 'stop', 'The source account sponsors too many entries.', 'Use another treasury account.'),
  ('op_too_many_subentries', 'stop', 'The source account has too many entries.', 'Use another treasury account.'),
  ('op_not_supported', 'stop',
    'The network does not support the operation.',
    'Please report this; it is a defect of PayD.'),
  ('tx_too_late', 'again', 'The transaction was not included in time.', 'PayD builds it again.'),
  ('tx_too_early', 'again', 'The transaction was sent too early.', 'PayD builds it again.'),
  ('tx_insufficient_fee', 'again', 'The network asked for a higher fee.', 'PayD builds it again with a higher fee.'),
  ('tx_bad_seq', 'again', 'Another transaction used the sequence number.', 'PayD builds it again.'),
  ('tx_internal_error', 'again', 'The network had an internal error.', 'PayD builds it again.'),
  ('tx_insufficient_balance', 'stop',
    'The source account cannot pay the fee and keep its reserve.',
    'Add XLM to the treasury account, then retry the run.'),
  ('tx_no_source_account', 'stop',
    'The source account does not exist on this network.',
    'Check the treasury account and the network.'),
  ('tx_bad_auth', 'stop',
    'The signature is not valid for the source account or network.',
    'Check the signing key, the thresholds and the network.'),
  ('tx_bad_auth_extra', 'stop',
    'The transaction carries a signature that nobody needs.',
    'Check the signers of the treasury account.'),
  ('tx_missing_operation', 'stop', 'The transaction has no operation.', 'Please report this; it is a defect of PayD.'),
  ('tx_malformed', 'stop', 'The transaction is malformed.', 'Please report this; it is a defect of PayD.'),
  ('tx_not_supported', 'stop',
    'The network does not support the transaction.',
    'Please report this; it is a defect of PayD.'),
  ('tx_bad_sponsorship', 'stop',
    'The transaction has an unfinished sponsorship.',
    'Please report this; it is a defect of PayD.'),
  ('tx_bad_minseq_age_or_gap', 'stop',
    'A precondition of the transaction does not hold.',
    'Please report this; it is a defect of PayD.'),
  ('tx_soroban_invalid', 'stop',
    'The transaction is not a valid contract call.',
    'Please report this; it is a defect of PayD.'),
  ('tx_frozen_key_accessed', 'stop',
    'An account of the transaction is frozen by the network.',
    'Find the frozen account and remove it from the run.'),
  ('transaction_malformed', 'stop',
    'The provider could not read the transaction.',
    'Please report this; it is a defect of PayD.'),
  ('bad_request', 'stop', 'The provider refused the request.', 'Check the address of the Horizon server.'),
  ('signing_key_missing', 'stop',
    'No worker has the key of the source account.',
    'Add the key to the secrets of payroll-disburse, then retry the run.'),
  ('network_mismatch', 'stop',
    'The Horizon server serves another Stellar network than this project.',
    'Configure a server of the right network, then retry the run.'),
  ('source_account_not_found', 'stop',
    'The source account does not exist on this network.',
    'Create and fund the treasury account, then retry the run.'),
  ('transaction_submission_disabled', 'stop',
    'The provider accepts no transactions.',
    'Configure another Horizon server.');

create function private.unknown_result()
returns text
language sql immutable security invoker
set search_path = ''
as $$ select 'Stellar answered with a result that PayD does not know. Look at the transaction before you retry.'; $$;
