import { Navigate } from '@tanstack/react-router'
import { Answer } from '../ui/answer.tsx'
import { useOrganizations } from './organizations.ts'
import { useSession } from './session.tsx'

/** Leads a person to where the work is: to sign in, to the first organization, or to the one shown first. */
export function Entrance() {
  const session = useSession()
  const organizations = useOrganizations()
  if (session === null) return <Navigate replace to="/sign-in" />
  return (
    <main className="mx-auto w-full max-w-3xl p-6">
      <Answer of={organizations}>
        {(mine) => {
          const first = mine.find(({ is_default }) => is_default) ?? mine[0]
          if (first === undefined) return <Navigate replace to="/welcome" />
          const params = { organization: String(first.organization_id) }
          return first.role === null ? (
            <Navigate params={params} replace to="/o/$organization/mine" />
          ) : (
            <Navigate params={params} replace to="/o/$organization" />
          )
        }}
      </Answer>
    </main>
  )
}
