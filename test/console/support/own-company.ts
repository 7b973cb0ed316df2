import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { inject } from 'vitest'
import { createPayd, type MemberRole, type OrganizationId, type Payd } from '../../../src/index.ts'

/** Somebody of a company, signed in without a browser. */
export interface Colleague {
  readonly email: string
  readonly supabase: SupabaseClient
  readonly payd: Payd
}

/** A company that belongs to one file of tests. */
export interface OwnCompany {
  readonly id: OrganizationId
  readonly admin: Colleague
  readonly manager: Colleague
  /** One more member. */
  readonly join: (name: string, role: MemberRole) => Promise<Colleague>
}

/** Begins a company of an admin and a manager, whose addresses end with the name of the company. */
export async function foundCompany(name: string): Promise<OwnCompany> {
  const admin = await signUp(`admin@${name}.example.com`)
  const { id } = await admin.payd.organizations.create({ name })
  const join = async (who: string, role: MemberRole): Promise<Colleague> => {
    const colleague = await signUp(`${who}@${name}.example.com`)
    const { token } = await admin.payd.members.invite({ email: colleague.email, role })
    await colleague.payd.members.acceptInvitation(token)
    return colleague
  }
  return { id, admin, manager: await join('manager', 'manager'), join }
}

/** Makes an account and signs in with it. */
export async function signUp(email: string): Promise<Colleague> {
  const { url, password } = inject('console')
  const { publishableKey } = (await (await fetch(`${url}/config.json`)).json()) as { publishableKey: string }
  const auth = { persistSession: false, autoRefreshToken: false }
  const supabase = createClient(new URL(url).origin, publishableKey, { auth })
  const { error } = await supabase.auth.signUp({ email, password })
  if (error !== null) throw new Error(`${email} could not sign up: ${error.message}`)
  return { email, supabase, payd: createPayd(supabase) }
}
