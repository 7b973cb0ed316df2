import { useLocation, useNavigate, useParams } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { Lost } from '../pages/lost.tsx'
import { Answer, Waiting } from '../ui/answer.tsx'
import { useNewestEvent, useOrganizations } from './organizations.ts'
import { useSession } from './session.tsx'
import { Shell } from './shell.tsx'

/** The pages of an organization, for those who work in it. A person whose session has ended comes back here afterwards. */
export function Guarded() {
  const session = useSession()
  const organizations = useOrganizations()
  const { organization } = useParams({ from: '/o/$organization' })
  const newest = useNewestEvent(organization)
  const { pathname } = useLocation()
  const last = useRef(pathname)
  const isLeaving = useRef(false)
  const navigate = useNavigate()
  const isOut = session === null
  useEffect(() => {
    // Once, and not in every rendering until the other page is loaded.
    if (isOut) void navigate({ to: '/sign-in', search: isLeaving.current ? {} : { back: last.current }, replace: true })
  }, [isOut, navigate])
  if (session === null) return null
  last.current = pathname
  const own = organizations.data?.find(({ organization_id }) => String(organization_id) === organization)
  const leave = () => {
    isLeaving.current = true
  }
  // Another organization is another world: nothing of the page before stays.
  if (own !== undefined && newest !== 'awaited')
    return <Shell key={own.organization_id} onLeave={leave} organization={own} session={session} since={newest} />
  return (
    <main className="mx-auto w-full max-w-3xl p-6">
      {own === undefined ? <Answer of={organizations}>{() => <Lost />}</Answer> : <Waiting />}
    </main>
  )
}
