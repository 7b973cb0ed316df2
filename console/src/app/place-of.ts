import type { LinkProps } from '@tanstack/react-router'

/** The page on which a row of the database is shown, where there is one. */
export function placeOf(
  type: string,
  id: string,
  organization: string,
): Pick<LinkProps, 'to' | 'params' | 'search'> | undefined {
  const params = { organization }
  switch (type) {
    case 'payroll_run':
      return { to: '/o/$organization/runs/$run', params: { ...params, run: id } }
    case 'employee':
      return { to: '/o/$organization/people', params, search: { person: id } }
    case 'wallet_change':
      return { to: '/o/$organization/address-changes', params }
    case 'payroll_schedule':
      return { to: '/o/$organization/schedules', params }
    case 'webhook_subscription':
      return { to: '/o/$organization/webhooks', params }
    case 'wallet':
      return { to: '/o/$organization/wallets', params }
    default:
      return undefined
  }
}
