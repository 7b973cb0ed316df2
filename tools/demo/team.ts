import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { createPayd, type Organization, type Payd } from '../../src/index.ts'
import type { DemoStack } from './demo-stack.ts'

/** Someone signed in to the demo. */
export interface TeamMember {
  readonly email: string
  readonly supabase: SupabaseClient
  readonly payd: Payd
}

/** The two people a payroll needs, in their organization. */
export interface Team {
  readonly admin: TeamMember
  readonly manager: TeamMember
  readonly organization: Organization
}

const ADMIN = 'ada.admin@example.com'
const MANAGER = 'max.manager@example.com'

/** Who can sign in after the demo, and may do what. */
export const DEMO_PEOPLE = [`${ADMIN} (admin)`, `${MANAGER} (manager)`]

/** Everybody may know it: the demo runs on this machine only, with money of a sandbox. */
export const DEMO_PASSWORD = 'correct-horse-battery-staple'

/** Signs up an admin and a manager with one organization, or signs them in where they exist from an earlier demo. */
export async function assembleTeam(stack: DemoStack, organizationName: string): Promise<Team> {
  const [admin, manager] = await Promise.all([signIn(stack, ADMIN), signIn(stack, MANAGER)])
  const organization =
    (await admin.payd.organizations.current()) ?? (await admin.payd.organizations.create({ name: organizationName }))
  if ((await manager.payd.organizations.current()) === null) {
    const { token } = await admin.payd.members.invite({ email: manager.email, role: 'manager' })
    await manager.payd.members.acceptInvitation(token)
  }
  return { admin, manager, organization }
}

async function signIn(stack: DemoStack, email: string): Promise<TeamMember> {
  const auth = { persistSession: false, autoRefreshToken: false }
  const supabase = createClient(stack.url, stack.publishableKey, { auth })
  const credentials = { email, password: DEMO_PASSWORD }
  const known = await supabase.auth.signInWithPassword(credentials)
  if (known.error !== null) {
    const { error } = await supabase.auth.signUp(credentials)
    if (error !== null)
      throw new Error(`${email} could neither sign in nor sign up: ${error.message}`, { cause: error })
  }
  return { email, supabase, payd: createPayd(supabase) }
}
