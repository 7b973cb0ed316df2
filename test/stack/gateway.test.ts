import { readFile } from 'node:fs/promises'
import { get } from 'node:http'
import { join } from 'node:path'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Stack } from '../../tools/stack/stack.ts'
import { startFixtureStack } from './fixture.ts'

let stack: Stack

beforeAll(async () => {
  stack = await startFixtureStack()
})
afterAll(() => stack.stop())

const PASSWORD = 'correct horse battery staple'
let people = 0

function client(key: string = stack.keys.publishable): SupabaseClient {
  return createClient(stack.url, key, { auth: { persistSession: false, autoRefreshToken: false } })
}

async function signedUp(): Promise<{ client: SupabaseClient; email: string; token: string }> {
  people += 1
  const email = `person-${people}@example.com`
  const supabase = client()
  const { data, error } = await supabase.auth.signUp({ email, password: PASSWORD })
  expect(error).toBeNull()
  return { client: supabase, email, token: data.session?.access_token ?? '' }
}

const notes = (headers: Record<string, string>): Promise<Response> => fetch(`${stack.url}/rest/v1/notes`, { headers })

describe('the auth service', () => {
  test('signs a person up without a confirmation mail, and in again with the password', async () => {
    const { email } = await signedUp()
    const { data, error } = await client().auth.signInWithPassword({ email, password: PASSWORD })
    expect(error).toBeNull()
    expect(data.user?.email).toBe(email)
  })

  test('refuses a wrong password', async () => {
    const { email } = await signedUp()
    const { data, error } = await client().auth.signInWithPassword({ email, password: 'wrong' })
    expect(error?.status).toBe(400)
    expect(data.session).toBeNull()
  })

  test('refreshes a session and names its person', async () => {
    const { client: supabase, email } = await signedUp()
    const { data, error } = await supabase.auth.refreshSession()
    expect(error).toBeNull()
    expect(data.session?.access_token).toMatch(/^ey/)
    expect((await supabase.auth.getUser()).data.user?.email).toBe(email)
  })

  test('does not make a warning of Node.js end the process', () => {
    expect(() => process.emitWarning(new Error('a warning as Node.js itself emits it'))).not.toThrow()
  })

  test.each(['/auth/v1', '/auth/v1/', '/auth/v1/nothing', '/auth/v1/user/1', '/auth/v1/_system'])(
    'has nothing at %s, with or without a key or a session',
    async (path) => {
      const { token } = await signedUp()
      const apikey = stack.keys.publishable
      for (const headers of [{}, { apikey }, { apikey, authorization: `Bearer ${token}` }]) {
        const response = await fetch(`${stack.url}${path}`, { headers: headers as Record<string, string> })
        expect(response.status).toBe(404)
        expect(await response.json()).toMatchObject({ code: 'not_found' })
      }
    },
  )

  test('sends a mail whose link signs the person in', async () => {
    const { email } = await signedUp()
    const { error } = await client().auth.signInWithOtp({ email })
    expect(error).toBeNull()
    const mail = await readFile(join(stack.logFolder, 'mail.log'), 'utf8')
    const link = /http\S+verify\S+/.exec(mail.slice(mail.lastIndexOf(`To: ${email}`)))?.[0] ?? ''
    expect(link).toContain(`${stack.url}/auth/v1/verify?`)
    const followed = await fetch(link, { redirect: 'manual' })
    expect(followed.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1:3000\/?#access_token=/)
  })

  test('refuses a request without a key of the project', async () => {
    const response = await fetch(`${stack.url}/auth/v1/user`)
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ code: 'missing_api_key' })
  })
})

describe('rows through the data API', () => {
  test('a person writes and reads their own rows, which no other person reads', async () => {
    const [one, two] = [await signedUp(), await signedUp()]
    expect((await one.client.from('notes').insert({ body: 'mine' })).error).toBeNull()
    expect((await one.client.from('notes').select('body')).data).toEqual([{ body: 'mine' }])
    expect((await two.client.from('notes').select('body')).data).toEqual([])
    expect((await client().from('notes').select('body')).data).toEqual([])
  })

  test('a secret key reads all rows', async () => {
    const person = await signedUp()
    await person.client.from('notes').insert({ body: 'seen by the service' })
    const { data } = await client(stack.keys.secret).from('notes').select('body').eq('body', 'seen by the service')
    expect(data).toHaveLength(1)
  })

  test('the first requests of the auth service grant nothing in schemas that are not exposed', async () => {
    await signedUp()
    const sql = postgres(stack.databaseUrl, { max: 1 })
    const [row] = await sql`select has_schema_privilege('authenticated', 'private', 'usage') as usage,
      has_table_privilege('authenticated', 'public.rings', 'select') as rings`
    await sql.end()
    expect(row).toEqual({ usage: false, rings: false })
  })

  test('a large body arrives whole', async () => {
    const person = await signedUp()
    const body = 'x'.repeat(5_000_000)
    expect((await person.client.from('notes').insert({ body })).error).toBeNull()
    const { data } = await person.client.from('notes').select('body').single()
    expect(data?.body).toHaveLength(body.length)
  })

  test('a path with query, range and count keeps all of it', async () => {
    const person = await signedUp()
    await person.client.from('notes').insert([{ body: 'a' }, { body: 'b' }, { body: 'c' }])
    const { data, count } = await person.client
      .from('notes')
      .select('body', { count: 'exact' })
      .order('body')
      .range(1, 1)
    expect({ data, count }).toEqual({ data: [{ body: 'b' }], count: 3 })
  })
})

describe('keys at the gateway', () => {
  test('no key is refused', async () => {
    const response = await notes({})
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ code: 'missing_api_key', hint: expect.stringContaining('apikey') })
  })

  test('a key of another project is refused', async () => {
    const response = await notes({ apikey: 'sb_secret_of_somebody_else' })
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ code: 'invalid_api_key' })
  })

  test('an unknown key is refused even beside the valid token of a person', async () => {
    const { token } = await signedUp()
    expect((await notes({ apikey: 'garbage', authorization: `Bearer ${token}` })).status).toBe(401)
  })

  test('the publishable key alone is the role anon, a secret key alone the role service_role', async () => {
    const rings = (key: string): Promise<Response> => fetch(`${stack.url}/rest/v1/rings`, { headers: { apikey: key } })
    expect((await rings(stack.keys.publishable)).status).toBe(401)
    expect((await rings(stack.keys.secret)).status).toBe(200)
    expect((await rings(stack.keys.cron)).status).toBe(200)
  })

  test('a key repeated as bearer, as supabase-js sends it, is the same as the key alone', async () => {
    const { publishable, secret } = stack.keys
    expect((await notes({ apikey: publishable, authorization: `Bearer ${publishable}` })).status).toBe(200)
    expect((await notes({ apikey: secret, authorization: `Bearer ${secret}` })).status).toBe(200)
  })

  test('a secret key as bearer does not lift a publishable key', async () => {
    const response = await notes({ apikey: stack.keys.publishable, authorization: `Bearer ${stack.keys.secret}` })
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ code: 'api_key_mismatch' })
  })

  test('the token of a person limits a secret key to the rights of that person', async () => {
    const [owner, other] = [await signedUp(), await signedUp()]
    await owner.client.from('notes').insert({ body: 'private' })
    const response = await notes({ apikey: stack.keys.secret, authorization: `Bearer ${other.token}` })
    expect(await response.json()).toEqual([])
  })

  test('an expired token and a token signed by somebody else are refused', async () => {
    const claims = { role: 'authenticated', sub: '00000000-0000-4000-8000-000000000001' }
    const expired = stack.signJwt(claims, { expiresInSeconds: -60 })
    const [head, , signature] = expired.split('.')
    const forged = [
      head,
      Buffer.from(JSON.stringify({ ...claims, role: 'service_role' })).toString('base64url'),
      signature,
    ].join('.')
    for (const token of [expired, forged]) {
      expect((await notes({ apikey: stack.keys.publishable, authorization: `Bearer ${token}` })).status).toBe(401)
    }
  })

  test('a token with claims of our own reaches the policies', async () => {
    const { token } = await signedUp()
    const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string }
    const own = stack.signJwt({ role: 'authenticated', sub, aal: 'aal2' })
    const response = await fetch(`${stack.url}/rest/v1/notes`, {
      method: 'POST',
      headers: { apikey: stack.keys.publishable, authorization: `Bearer ${own}`, 'content-type': 'application/json' },
      body: JSON.stringify({ body: 'signed by the test' }),
    })
    expect(response.status).toBe(201)
  })
})

describe('a browser of another origin', () => {
  const headers = { origin: 'http://app.example', 'access-control-request-method': 'POST' }

  test.each([
    'apikey',
    'authorization',
    'content-type',
    'prefer',
    'x-client-info',
    'x-organization-id',
    'accept-profile',
    'content-profile',
    'range',
  ])('may send the header %s', async (name) => {
    const response = await fetch(`${stack.url}/rest/v1/notes`, {
      method: 'OPTIONS',
      headers: { ...headers, 'access-control-request-headers': name },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('access-control-allow-headers')?.split(', ')).toContain(name)
  })

  test('can read answers and refusals, each with exactly one allowed origin', async () => {
    for (const response of [
      await notes({ apikey: stack.keys.publishable, origin: 'http://app.example' }),
      await notes({ apikey: 'garbage', origin: 'http://app.example' }),
      await fetch(`${stack.url}/auth/v1/user`, {
        headers: { apikey: stack.keys.publishable, origin: 'http://app.example' },
      }),
    ]) {
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(response.headers.get('access-control-allow-credentials')).toBeNull()
      await response.arrayBuffer()
    }
  })
})

test('a path with dots means what it resolves to, for the gateway and for the service behind it', async () => {
  const { port } = new URL(stack.url)
  const raw = (path: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const headers = { apikey: stack.keys.publishable }
      get({ host: '127.0.0.1', port, path, headers }, (response) => resolve(response.resume().statusCode)).on(
        'error',
        reject,
      )
    })
  expect(await raw('/auth/v1/../../rest/v1/notes')).toBe(200)
  expect(await raw('/auth/v1/%2e%2e/%2e%2e/rest/v1/rings')).toBe(401)
  expect(await raw('//')).toBe(400)
})

test('an address that the stack does not serve is named together with those it does', async () => {
  const response = await fetch(`${stack.url}/storage/v1/object`)
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ code: 'not_found', hint: expect.stringContaining('/rest/v1') })
})

test('/health says that all parts are up', async () => {
  const response = await fetch(`${stack.url}/health`)
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({
    status: 'ready',
    data: true,
    auth: true,
    functions: { doorbell: true, inspect: true },
  })
})
