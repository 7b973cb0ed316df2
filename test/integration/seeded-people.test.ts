import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '../../tools/stack/stack.ts'

const SEED = join(import.meta.dirname, '../../supabase/seed.sql')
const PEOPLE = ['ada@harbor.example', 'ben@harbor.example', 'cleo@atlas.example', 'dan@atlas.example']

/** Columns of auth.users that Supabase Auth reads as plain values, so that null in one of them fails every sign-in. */
const PLAIN = {
  is_super_admin: 'boolean',
  confirmation_token: 'varchar(255)',
  recovery_token: 'varchar(255)',
  email_change: 'varchar(255)',
  email_change_token_new: 'varchar(255)',
  email_change_token_current: 'varchar(255)',
  phone_change: 'text',
  phone_change_token: 'varchar(255)',
  reauthentication_token: 'varchar(255)',
}

let stack: Stack
let sql: Sql

// The tables of the local auth service, and what those of Supabase Auth have besides.
beforeAll(async () => {
  stack = await startStack({ functions: false, sandbox: false, scheduler: false })
  sql = postgres(stack.adminUrl, { max: 1, onnotice: () => undefined })
  for (const [name, type] of Object.entries({ instance_id: 'uuid', ...PLAIN })) {
    await sql.unsafe(`alter table auth.users add column if not exists ${name} ${type}`)
  }
  await sql.unsafe(`
    drop table if exists auth.identities cascade;
    create table auth.identities (
      provider_id text not null,
      user_id uuid not null references auth.users (id) on delete cascade,
      identity_data jsonb not null,
      provider text not null,
      last_sign_in_at timestamptz,
      created_at timestamptz,
      updated_at timestamptz,
      email text generated always as (lower(identity_data ->> 'email')) stored,
      id uuid not null default gen_random_uuid() primary key,
      unique (provider_id, provider)
    );
    grant all on auth.users, auth.identities to postgres`)
  // The CLI runs the seed as this role, which is no superuser.
  await sql`set role postgres`
  await sql.unsafe(await readFile(SEED, 'utf8'))
})

afterAll(async () => {
  await sql?.end()
  await stack?.stop()
})

test('the seeded people are where Supabase Auth looks, with nothing that it cannot read', async () => {
  const people = await sql<Record<string, unknown>[]>`
    select * from auth.users
    where instance_id = '00000000-0000-0000-0000-000000000000' and aud = 'authenticated' order by email`
  expect(people.map(({ email }) => email)).toEqual(PEOPLE)
  for (const person of people) {
    for (const name of Object.keys(PLAIN)) expect(person[name], `${name} of ${person.email}`).not.toBeNull()
  }
})

test('each has an identity, as after a sign-up', async () => {
  const identities = await sql`
    select identity.email, identity.provider, identity.provider_id = identity.user_id::text as is_own,
      identity.identity_data ->> 'sub' = identity.provider_id as is_subject
    from auth.identities as identity join auth.users as person on person.id = identity.user_id
    order by identity.email`
  expect([...identities]).toEqual(PEOPLE.map((email) => ({ email, provider: 'email', is_own: true, is_subject: true })))
})

test.each(PEOPLE)('%s can sign in here as well', async (email) => {
  const response = await fetch(`${stack.url}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { apikey: stack.keys.publishable, 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: 'payd-demo' }),
  })
  expect(response.status).toBe(200)
})
