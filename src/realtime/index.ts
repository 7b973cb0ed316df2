/** Live updates over Supabase Realtime. */
export type { LiveStatus, RealtimeClient, Subscription } from './channel.ts'
export { type AuthClient, type InboxHandlers, subscribeToInbox } from './inbox.ts'
export {
  type LiveEvent,
  type OrganizationHandlers,
  type ResyncReason,
  subscribeToOrganization,
} from './organization.ts'
