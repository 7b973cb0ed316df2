import type { MemberRole } from 'payd'
import type { Messages } from '../messages/en/index.ts'
import type { IconName } from '../ui/icon.tsx'
import { isAtLeast } from './desk.tsx'

/** A page that the navigation and the command palette lead to. */
export interface Place {
  readonly to: `/o/$organization${'' | `/${string}`}`
  readonly name: keyof Messages['shell']
  readonly icon: IconName
  readonly group: 'groupWork' | 'groupMoney' | 'groupRecords'
  /** Who sees it; employees see their own pay only. */
  readonly needs: MemberRole | 'employee'
}

/** The pages of an organization, in the order of the work. */
export const PLACES = [
  { to: '/o/$organization', name: 'home', icon: 'house', group: 'groupWork', needs: 'viewer' },
  { to: '/o/$organization/runs', name: 'runs', icon: 'banknote', group: 'groupWork', needs: 'viewer' },
  { to: '/o/$organization/people', name: 'people', icon: 'users', group: 'groupWork', needs: 'viewer' },
  { to: '/o/$organization/import', name: 'import', icon: 'file-up', group: 'groupWork', needs: 'manager' },
  { to: '/o/$organization/schedules', name: 'schedules', icon: 'calendar-clock', group: 'groupWork', needs: 'viewer' },
  { to: '/o/$organization/mine', name: 'mine', icon: 'user', group: 'groupWork', needs: 'employee' },
  { to: '/o/$organization/wallets', name: 'wallets', icon: 'wallet', group: 'groupMoney', needs: 'viewer' },
  {
    to: '/o/$organization/address-changes',
    name: 'addressChanges',
    icon: 'map-pin',
    group: 'groupMoney',
    needs: 'viewer',
  },
  { to: '/o/$organization/trail', name: 'trail', icon: 'scroll-text', group: 'groupRecords', needs: 'admin' },
  { to: '/o/$organization/webhooks', name: 'webhooks', icon: 'webhook', group: 'groupRecords', needs: 'manager' },
  { to: '/o/$organization/notifications', name: 'notifications', icon: 'bell', group: 'groupRecords', needs: 'viewer' },
  { to: '/o/$organization/settings', name: 'settings', icon: 'settings', group: 'groupRecords', needs: 'viewer' },
] as const satisfies readonly Place[]

/** The pages that a person sees. */
export function placesOf(role: MemberRole | null, isEmployee: boolean): (typeof PLACES)[number][] {
  return PLACES.filter(({ needs }) => (needs === 'employee' ? isEmployee : isAtLeast(role, needs)))
}
