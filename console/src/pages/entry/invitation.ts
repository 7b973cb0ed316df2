const KEY = 'payd.invitation'

/** What an invitation is for: working on payroll, or seeing the own pay. */
export type InvitationKind = 'member' | 'employee'

/** An invitation that waits until its owner has signed in. */
export interface WaitingInvitation {
  readonly kind: InvitationKind
  readonly token: string
}

/** The address to send to the person who is invited. */
export function invitationAddress(kind: InvitationKind, token: string): string {
  return `${location.origin}${import.meta.env.BASE_URL}join#${kind}=${encodeURIComponent(token)}`
}

/** Keeps what stands behind the "#" of such an address until this tab is closed. */
export function rememberInvitation(text: string): void {
  const [kind = '', token = ''] = text.split('=')
  if ((kind === 'member' || kind === 'employee') && token !== '') sessionStorage.setItem(KEY, `${kind}=${token}`)
}

/** The invitation that was kept. */
export function waitingInvitation(): WaitingInvitation | undefined {
  const [kind, token] = sessionStorage.getItem(KEY)?.split('=') ?? []
  if ((kind !== 'member' && kind !== 'employee') || token === undefined) return undefined
  return { kind, token: decodeURIComponent(token) }
}

/** Forgets it, because it was used or refused. */
export const forgetInvitation = (): void => sessionStorage.removeItem(KEY)
