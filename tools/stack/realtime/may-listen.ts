import type { Sql } from 'postgres'
import type { JwtClaims } from '../jwt.ts'

/**
 * Whether somebody may listen to a topic, as Supabase Realtime finds out: a message is written for the topic, looked for as the person under
 * the policies on realtime.messages, and undone.
 */
export async function mayListen(admin: Sql, topic: string, claims: JwtClaims): Promise<boolean> {
  const role = ['anon', 'authenticated', 'service_role'].find((name) => name === claims.role)
  if (role === undefined) return false
  let isVisible = false
  await admin
    .begin(async (sql) => {
      await sql`select set_config('realtime.topic', ${topic}, true)`
      const [probe] = await sql<{ id: string }[]>`
        insert into realtime.messages (topic, extension, private, event, payload) values (${topic}, 'broadcast', true, 'probe', '{}') returning id`
      await sql`
        select set_config('role', ${role}, true), set_config('request.jwt.claims', ${JSON.stringify(claims)}, true),
          set_config('request.jwt.claim.sub', ${claims.sub ?? ''}, true), set_config('request.headers', '{}', true)`
      const seen = await sql`select from realtime.messages where id = ${probe?.id ?? null} and extension = 'broadcast'`
      isVisible = seen.length === 1
      throw UNDO
    })
    .catch((error: unknown) => {
      if (error !== UNDO) throw error
    })
  return isVisible
}

const UNDO = new Error('The probe is undone.')
