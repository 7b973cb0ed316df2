import type { ServerResponse } from 'node:http'
import type { HarmOf } from '../faults/fault.ts'
import type { Failure } from '../faults/registry.ts'
import { problemOfStatus } from './problem.ts'

/** What a request gets: an answer, a broken connection, or nothing. */
export type Reply =
  | {
      readonly status: number
      readonly body: unknown
      readonly headers?: Record<string, string>
      /** What is sent instead of the body's JSON. */
      readonly text?: string
      /** How the way to the caller breaks. */
      readonly delivery?: HarmOf<'cut' | 'stall' | 'slow' | 'huge'>
    }
  /** A stream that goes on until one side ends it. */
  | { readonly stream: (response: ServerResponse) => void }
  | 'reset'
  | 'hang'

/** 200 with Horizon's content type. */
export function hal(body: unknown, headers: Record<string, string> = {}): Reply {
  return { status: 200, body, headers: { 'Content-Type': 'application/hal+json; charset=utf-8', ...headers } }
}

/** An answer in plain JSON. */
export function json(body: unknown, status = 200): Reply {
  return { status, body, headers: { 'Content-Type': 'application/json; charset=utf-8' } }
}

/** What a failure looks like to the caller. Throws the problem when it is a status. */
export function failWith(harm: Failure): Reply {
  if (harm.kind !== 'status') return harm.kind
  const headers: Record<string, string> = harm.retryAfter === undefined ? {} : { 'Retry-After': harm.retryAfter }
  throw problemOfStatus(harm.status, `The sandbox was told to answer ${harm.status}.`, headers)
}
