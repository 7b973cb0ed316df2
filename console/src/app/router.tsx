import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import { Crashed, Lost } from '../pages/lost.tsx'
import { Entrance } from './entrance.tsx'

const root = createRootRoute({ component: Outlet, notFoundComponent: Lost, errorComponent: Crashed })

const entrance = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: Entrance,
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search): { back?: string } =>
    // Only a page of the console: never an address that somebody else put into a link.
    typeof search.back === 'string' && /^\/o\/\d+(\/[\w/-]*)?$/.test(search.back) ? { back: search.back } : {},
  component: lazyRouteComponent(() => import('../pages/entry/sign-in.tsx'), 'SignInPage'),
})

const recover = createRoute({
  getParentRoute: () => root,
  path: '/recover',
  validateSearch: (search): { code?: string } =>
    typeof search.code === 'string' && /^[\w-]{10,80}$/.test(search.code) ? { code: search.code } : {},
  component: lazyRouteComponent(() => import('../pages/entry/recover.tsx'), 'RecoverPage'),
})

const join = createRoute({
  getParentRoute: () => root,
  path: '/join',
  component: lazyRouteComponent(() => import('../pages/entry/join.tsx'), 'JoinPage'),
})

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  component: lazyRouteComponent(() => import('../pages/entry/welcome.tsx'), 'WelcomePage'),
})

// What stands around the pages of an organization is no burden for those who have not signed in yet.
const organization = createRoute({
  getParentRoute: () => root,
  path: '/o/$organization',
  component: lazyRouteComponent(() => import('./guarded.tsx'), 'Guarded'),
})
const inOrganization = { getParentRoute: () => organization } as const

const pages = [
  createRoute({
    ...inOrganization,
    path: '/',
    component: lazyRouteComponent(() => import('../pages/home/home.tsx'), 'HomePage'),
  }),
  createRoute({
    ...inOrganization,
    path: '/runs',
    component: lazyRouteComponent(() => import('../pages/runs/runs.tsx'), 'RunsPage'),
  }),
  createRoute({
    ...inOrganization,
    path: '/runs/$run',
    component: lazyRouteComponent(() => import('../pages/run/run.tsx'), 'RunPage'),
  }),
  createRoute({
    ...inOrganization,
    path: '/runs/$run/receipt',
    component: lazyRouteComponent(() => import('../pages/run/receipt.tsx'), 'ReceiptPage'),
  }),
  createRoute({
    ...inOrganization,
    path: '/runs/$run/payslips/$employee',
    component: lazyRouteComponent(() => import('../pages/payslip/payslip.tsx'), 'PayslipPage'),
  }),
  createRoute({
    ...inOrganization,
    path: '/people',
    validateSearch: (search): { person?: string } =>
      typeof search.person === 'string' && /^(\d+|new)$/.test(search.person) ? { person: search.person } : {},
    component: lazyRouteComponent(() => import('../pages/people/people.tsx'), 'PeoplePage'),
  }),
  createRoute({
    ...inOrganization,
    path: '/import',
    component: lazyRouteComponent(() => import('../pages/import/import.tsx'), 'ImportPage'),
  }),
  createRoute({
    ...inOrganization,
    path: '/schedules',
    component: lazyRouteComponent(() => import('../pages/schedules/schedules.tsx'), 'SchedulesPage'),
  }),
  createRoute({
    ...inOrganization,
    path: '/mine',
    component: lazyRouteComponent(() => import('../pages/mine/mine.tsx'), 'MinePage'),
  }),
  createRoute({
    ...inOrganization,
    path: '/wallets',
    component: lazyRouteComponent(() => import('../pages/wallets/wallets.tsx'), 'WalletsPage'),
  }),
  createRoute({
    ...inOrganization,
    path: '/address-changes',
    component: lazyRouteComponent(() => import('../pages/address-changes/address-changes.tsx'), 'AddressChangesPage'),
  }),
  createRoute({
    ...inOrganization,
    path: '/trail',
    component: lazyRouteComponent(() => import('../pages/trail/trail.tsx'), 'TrailPage'),
  }),
  createRoute({
    ...inOrganization,
    path: '/webhooks',
    component: lazyRouteComponent(() => import('../pages/webhooks/webhooks.tsx'), 'WebhooksPage'),
  }),
  createRoute({
    ...inOrganization,
    path: '/notifications',
    component: lazyRouteComponent(() => import('../pages/notifications/notifications.tsx'), 'NotificationsPage'),
  }),
  createRoute({
    ...inOrganization,
    path: '/settings',
    component: lazyRouteComponent(() => import('../pages/settings/settings.tsx'), 'SettingsPage'),
  }),
] as const

const routeTree = root.addChildren([entrance, signIn, recover, join, welcome, organization.addChildren(pages)])

/** Every address of the console. */
export const router = createRouter({
  routeTree,
  basepath: import.meta.env.BASE_URL,
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
