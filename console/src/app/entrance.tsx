import { Navigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useSession } from './session.tsx'

const FirstOrganization = lazy(async () => ({
  default: (await import('./first-organization.tsx')).FirstOrganization,
}))

/** Leads a person to where the work is, or to sign in. */
export function Entrance() {
  if (useSession() === null) return <Navigate replace to="/sign-in" />
  return (
    <Suspense>
      <FirstOrganization />
    </Suspense>
  )
}
