import type { Sql, TransactionSql } from 'postgres'
import type { Pair } from '../measure.ts'

export interface Tenant {
  readonly organizationId: number
  /** A viewer, who reads. */
  readonly subject: string
  /** A manager, who writes. */
  readonly manager: string
}

export type RepeatedPair = Pair & { readonly repeats: number; readonly reads?: 'the same' }
export type Role = 'authenticated' | 'supabase_admin'
export type Values = readonly (string | number)[]
export type Request = (role: Role, statement: string, values: Values) => () => Promise<unknown>

/** A read as PostgREST sends it: its values are parameters, so the statement is prepared once and bound from then on. */
export function requestAs(sql: Sql, subject: string): Request {
  return (role, statement, values) => () =>
    sql.begin(async (transaction) => {
      await enter(transaction, role, subject, 'GET')
      return await transaction.unsafe(
        `select coalesce(json_agg(page), '[]')::text as body from (${statement}) as page`,
        [...values],
        { prepare: true },
      )
    })
}

/** What a project really sends with every request: a token of Supabase Auth and the headers of a browser. */
export const claimsOf = (subject: string): string =>
  JSON.stringify({
    iss: 'https://abcdefghijklmnopqrst.supabase.co/auth/v1',
    sub: subject,
    aud: 'authenticated',
    exp: 1_795_000_000,
    iat: 1_794_996_400,
    email: 'somebody@example.com',
    phone: '',
    app_metadata: { provider: 'email', providers: ['email'] },
    user_metadata: { email: 'somebody@example.com', email_verified: true, phone_verified: false, sub: subject },
    role: 'authenticated',
    aal: 'aal1',
    amr: [{ method: 'password', timestamp: 1_794_996_400 }],
    session_id: '7d0e4e0a-3f5b-4c1e-9d2f-6f0f1f2f3f4f',
    is_anonymous: false,
  })
export const HEADERS = JSON.stringify({
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  accept: '*/*',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'accept-language': 'en-GB,en;q=0.9',
  'x-client-info': 'supabase-js-web/2.119.0',
  'x-forwarded-for': '203.0.113.7, 10.0.0.1',
  'x-forwarded-proto': 'https',
  origin: 'https://app.example.com',
  referer: 'https://app.example.com/',
  authorization: `Bearer ${'e'.repeat(600)}`,
  apikey: `sb_publishable_${'k'.repeat(31)}`,
})

export async function enter(transaction: TransactionSql, role: Role, subject: string, method: string): Promise<void> {
  await transaction`
    select set_config('search_path', 'public', true), set_config('role', ${role}, true), set_config('request.jwt.claims', ${claimsOf(subject)}, true),
      set_config('request.method', ${method}, true), set_config('request.path', '/employees', true),
      set_config('request.headers', ${HEADERS}, true), set_config('request.cookies', '{}', true)`
}
