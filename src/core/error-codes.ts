import type { DatabaseErrorCode } from './database-error-codes.ts'

/** Failures that this package names itself: what it refuses before asking, and what arose before, around or instead of an answer. */
export type SdkErrorCode =
  /** The caller stopped waiting; it may or may not have been done. – Read the current state before repeating it. */
  | 'aborted'
  /** The same exists already, or overlaps. – Change what is there, or use another name, address or date. */
  | 'already_exists'
  /** The amount is below zero. – Amounts are never negative. */
  | 'amount_not_positive'
  /** The database answered for fewer rows than were sent. – Import the file again; rows that are there already stay as they are. */
  | 'answer_incomplete'
  /** The clocks of two servers differ by a moment. – Try again in a moment. */
  | 'clock_skew'
  /** The data API lost its connection to the database. – Try again in a moment. */
  | 'connection_lost'
  /** An amount such as 60.000 is sixty or sixty thousand. – Say which sign is the decimal one with `decimalSign`. */
  | 'csv_ambiguous_amounts'
  /** A cell of the file holds what a spreadsheet wrote in place of its value, such as #N/A or 1.23E+17. – Correct its formula or widen its column; long numbers must be texts. */
  | 'csv_cell_failed'
  /** The file lacks columns that every employee needs. – Add them, or say with `columns` which of its columns they are. */
  | 'csv_columns_missing'
  /** Two columns of the file mean the same. – Keep one, or say with `columns` what each is; null leaves one out. */
  | 'csv_columns_repeated'
  /** The file has columns that mean nothing. – Say with `columns` what they are; null leaves one out. */
  | 'csv_columns_unknown'
  /** The file has no rows. – Choose another file. */
  | 'csv_empty'
  /** A quoted text of the file does not end. – Save the file as CSV again. */
  | 'csv_malformed'
  /** The file is no text, but an Excel workbook. – Save it as CSV UTF-8. */
  | 'csv_not_text'
  /** The file has letters in an unknown encoding. – Save it as CSV in UTF-8. */
  | 'csv_not_utf8'
  /** The file is larger than 32 MB. – Split it. */
  | 'csv_too_large'
  /** The file has too many rows. – Split it. */
  | 'csv_too_many_rows'
  /** A row has more values than the header has columns. – Correct the row; a text with a separator needs quotes. */
  | 'csv_values_without_column'
  /** The server could not answer. – Try again in a moment. */
  | 'gateway_failed'
  /** Something that it refers to is not there, or is still needed. – Load the page again; somebody may have changed it. */
  | 'in_use'
  /** The key of the project is missing or wrong. – Check the URL and the publishable key of the project. */
  | 'invalid_api_key'
  /** An argument has another type than it must have; `field` names it. – Correct the argument. */
  | 'invalid_argument'
  /** A text holds characters that cannot be stored. – Type it again. */
  | 'invalid_characters'
  /** An argument is none of the values that there are; `field` names it. – Choose one that `hint` lists. */
  | 'invalid_choice'
  /** The given client is none of supabase-js. – Pass what `createClient()` returned. */
  | 'invalid_client'
  /** The cursor belongs to another list, filter or organization. – Pass `nextCursor` to the same list and filter. */
  | 'invalid_cursor'
  /** The day does not exist, or is not written as 2026-12-31. – Write days so; a `Date` is another day in another time zone. */
  | 'invalid_date'
  /** The id is none that PayD gave. – Use ids as they came, or `parseEmployeeId(text)` and the like. */
  | 'invalid_id'
  /** There is no token of an invitation. – Open the whole link of the invitation. */
  | 'invalid_invitation'
  /** The invitation with this key was accepted or revoked meanwhile. – Look who accepted it; invite again with a new key. */
  | 'invitation_not_open'
  /** A page has 1 to 200 items. – Ask for fewer, and use `nextCursor` for more. */
  | 'invalid_limit'
  /** A time is not written with its offset, or the one of a delivery is none. – Write times as 2026-12-31T09:00:00Z; refuse such a delivery. */
  | 'invalid_timestamp'
  /** A value has a form that the database cannot read. – Check what was entered. */
  | 'invalid_value'
  /** The body of the delivery was parsed already, or is no event of PayD. – Pass the raw text or bytes. */
  | 'invalid_webhook_body'
  /** The secret of the receiver is none. – Pass the secret that creating the subscription returned. */
  | 'invalid_webhook_secret'
  /** The delivery has no signature. – Refuse it; check that all headers are passed on. */
  | 'missing_signature_header'
  /** A value is missing. – Fill in everything that is needed. */
  | 'missing_value'
  /** No answer arrived, or a part of the app could not be loaded. – Check the connection, and load the page again. */
  | 'network_error'
  /** The role does not allow it. – Ask an admin of the organization. */
  | 'not_allowed'
  /** There is no such record in the organization. – Check the id, and that you act in the right organization. */
  | 'not_found'
  /** Nobody is signed in. – Sign in, then try again. */
  | 'not_signed_in'
  /** The client is bound to another organization. – Bind the client of supabase-js to the other organization instead. */
  | 'organization_mismatch'
  /** The Supabase project is paused. – Resume it in the dashboard of Supabase. */
  | 'project_paused'
  /** There were too many requests. – Wait `retryAfter` seconds, or a moment. */
  | 'rate_limited'
  /** Live updates are interrupted. – Nothing: the subscription joins again by itself and then asks for a resync. */
  | 'realtime_failed'
  /** The person may not listen to this organization. – Check that the person is signed in and belongs to it. */
  | 'realtime_refused'
  /** A rule of the database is not kept. – Correct the values that `message` names. */
  | 'rule_violated'
  /** The database is older or newer than this package. – Apply the migration that `hint` names, or update the package. */
  | 'schema_outdated'
  /** The server or its database failed. – Try again in a moment; if it stays, ask the operator. */
  | 'server_failed'
  /** The session has ended. – Sign in again. */
  | 'session_expired'
  /** The session is not valid in this project. – Sign in again. */
  | 'session_invalid'
  /** Nobody is signed in who has an inbox. – Sign in, then subscribe. */
  | 'session_missing'
  /** The signature does not belong to this body and secret. – Refuse the delivery; check that the body is raw and the secret that of the subscription. */
  | 'signature_mismatch'
  /** The envelope to be signed is not what the payroll run says. – Do not sign it; tell the operator. */
  | 'signing_request_differs'
  /** It took longer than the database allows. – Ask for less at once, or try again later. */
  | 'statement_timeout'
  /** The time that the caller gave ran out; it may or may not have been done. – Read the current state before repeating it. */
  | 'timed_out'
  /** The delivery is dated more than five minutes ahead. – Refuse it; if all are, set the clock of the receiver. */
  | 'timestamp_too_new'
  /** The delivery is more than five minutes old. – Refuse it; if all are, set the clock of the receiver. */
  | 'timestamp_too_old'
  /** The database is busy or starting. – Try again in a moment. */
  | 'too_many_connections'
  /** Somebody worked on the same at the same moment, so nothing was changed. – Try again in a moment. */
  | 'transaction_rolled_back'
  /** What answered is not PayD, for instance the login page of a network. – Open a web page; check the URL and the key of the project. */
  | 'unexpected_answer'
  /** The reason is not known. – Try again; if it stays, give the operator the details of the error. */
  | 'unexpected_failure'
  /** There is no such field; `field` names it. – Choose one that `hint` lists. */
  | 'unknown_argument'
  /** The subscription exists, and its secret was shown already. – Delete it and create a new one, or rotate the secret. */
  | 'webhook_secret_not_shown_again'
  /** A row of the file has another number of values than its header. – Correct the row; a text with a separator needs quotes. */
  | 'wrong_number_of_fields'

/** The stable reasons of a `PaydError`; a code of a newer database is passed on as it is. */
export type PaydErrorCode = DatabaseErrorCode | SdkErrorCode | (string & {})
