import type { FailureMode } from '../faults.ts'
import { problemOfStatus } from './problem.ts'

/** What a request gets: an answer, a broken connection, or nothing. */
export type Reply =
  | { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> }
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

/** What an injected failure looks like to the caller. Throws the problem when it is a status. */
export function failWith(how: FailureMode): Reply {
  if (how === 'reset' || how === 'hang') return how
  const headers: Record<string, string> = how === 429 || how === 503 ? { 'Retry-After': '1' } : {}
  throw problemOfStatus(how, `The sandbox was told to answer ${how}.`, headers)
}
