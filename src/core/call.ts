import type { CallOptions, Query } from './client.ts'

/** Names a call for error messages, as it reads after "could not", and carries the caller's options. */
export interface Call {
  readonly action: string
  readonly options: CallOptions
  /** Set for what must not happen twice: it is repeated only when the database has undone it. */
  readonly once?: boolean
}

/** One attempt at a request: its data, or it throws what supabase-js said. */
export type Attempt = () => Promise<unknown>

/** What else is known of the last attempt. */
export interface Seen {
  /** HTTP status of a failure; absent or 0 when no answer arrived. */
  status?: number | undefined
  /** supabase-js hands out no headers, and two of them matter: when to come back, and what names the request in the logs. */
  response?: Response | undefined
}

/** The data of one request. */
export type Send = <Data>(request: Query, call: Call) => Promise<Data>
