import { Navigate, useLocation, useParams } from '@tanstack/react-router'
import { Lost } from '../pages/lost.tsx'
import { Answer } from '../ui/answer.tsx'
import { useOrganizations } from './organizations.ts'
import { useSession } from './session.tsx'
import { Shell } from './shell.tsx'

/** The pages of an organization, for those who work in it. A person who is not signed in comes back here afterwards. */
export function Guarded() {
  const session = useSession()
  const organizations = useOrganizations()
  const { organization } = useParams({ from: '/o/$organization' })
  const { pathname } = useLocation()
  if (session === null) return <Navigate replace search={{ back: pathname }} to="/sign-in" />
  const own = organizations.data?.find(({ organization_id }) => String(organization_id) === organization)
  // Another organization is another world: nothing of the page before stays.
  if (own !== undefined) return <Shell key={own.organization_id} organization={own} session={session} />
  return (
    <main className="mx-auto w-full max-w-3xl p-6">
      <Answer of={organizations}>{() => <Lost />}</Answer>
    </main>
  )
}
