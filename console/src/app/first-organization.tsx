import { Navigate } from '@tanstack/react-router'
import { Answer } from '../ui/answer.tsx'
import { useOrganizations } from './organizations.ts'

/** Leads a signed-in person to the organization that is shown first, or to begin one. */
export function FirstOrganization() {
  const organizations = useOrganizations()
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
