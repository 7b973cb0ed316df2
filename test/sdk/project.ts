import { randomUUID } from 'node:crypto'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { createPayd, type OrganizationId, type Payd, type Role } from '../../src/index.ts'
import { type Stack, startStack } from '../../tools/stack/stack.ts'

/** The real database, PostgREST and auth, without workers: what the SDK talks to. */
export async function startProject(): Promise<Stack> {
  return await startStack({ functions: false, scheduler: false, sandbox: false })
}

/** Someone signed in, with the SDK bound to the session. */
export interface Person {
  readonly email: string
  readonly supabase: SupabaseClient
  readonly payd: Payd
  /** The same session with another fetch, to break connections on purpose. */
  withFetch(fetch: typeof globalThis.fetch): Payd
}

/** Signs up a person with an address of their own. */
export async function aPerson(stack: Stack): Promise<Person> {
  const email = `${randomUUID()}@example.com`
  const auth = { persistSession: false, autoRefreshToken: false }
  const supabase = createClient(stack.url, stack.keys.publishable, { auth })
  const { data, error } = await supabase.auth.signUp({ email, password: randomUUID() })
  if (error !== null || data.session === null) throw new Error(`Sign-up failed: ${error?.message}`)
  const headers = { authorization: `Bearer ${data.session.access_token}` }
  return {
    email,
    supabase,
    payd: createPayd(supabase),
    withFetch: (fetch) =>
      createPayd(createClient(stack.url, stack.keys.publishable, { auth, global: { fetch, headers } })),
  }
}

/** A new organization of its own, with its admin. */
export async function anOrganization(stack: Stack): Promise<Person & { readonly organizationId: OrganizationId }> {
  const admin = await aPerson(stack)
  const { id } = await admin.payd.organizations.create({ name: `Acme ${randomUUID()}` })
  return { ...admin, organizationId: id }
}

/** Another person in the organization of the admin. */
export async function aMember(stack: Stack, admin: Pick<Person, 'payd'>, role: Role): Promise<Person> {
  const person = await aPerson(stack)
  const { token } = await admin.payd.members.invite({ email: person.email, role })
  await person.payd.members.acceptInvitation(token)
  return person
}
