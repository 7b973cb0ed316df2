import { type MemberRole, type OwnOrganization, type Payd, parseUserId, type UserId } from 'payd'
import type { paydQueries } from 'payd/query'
import { createContext, useContext } from 'react'
import { useMessages } from './context.tsx'

/** Where a signed-in person works: one organization, and what the person may do there. */
export interface Desk {
  readonly payd: Payd
  readonly queries: ReturnType<typeof paydQueries>
  readonly organization: OwnOrganization
  /** null for an employee who is no member. */
  readonly role: MemberRole | null
  /** The membership; undefined for an employee, and until the members are read. */
  readonly userId: UserId | undefined
  readonly email: string
  /** The e-mail address of a member, or what the trail calls the actor. */
  readonly nameOf: (id: number | null | undefined) => string
}

const Context = createContext<Desk | undefined>(undefined)

/** Gives the pages of an organization their desk. */
export const DeskProvider = Context.Provider

/** The desk of the person. */
export function useDesk(): Desk {
  const desk = useContext(Context)
  if (desk === undefined) throw new Error('Pages of an organization stand inside a DeskProvider.')
  return desk
}

const RANK: Record<MemberRole, number> = { viewer: 1, manager: 2, admin: 3 }

/** Whether a role is at least another one. */
export const isAtLeast = (role: MemberRole | null, needed: MemberRole): boolean =>
  role !== null && RANK[role] >= RANK[needed]

/** Why the person may not do what this role may, or nothing. */
export function useReason(needed: MemberRole): string | undefined {
  const { role } = useDesk()
  const t = useMessages()
  return isAtLeast(role, needed) ? undefined : t.common.needsRole[needed === 'admin' ? 'admin' : 'manager']
}

/** The id of a member in an actor such as `user:12`. */
export function memberOfActor(actor: string): UserId | undefined {
  const [, digits] = /^user:(\d+)$/.exec(actor) ?? []
  return digits === undefined ? undefined : parseUserId(digits)
}
