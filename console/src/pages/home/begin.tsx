import { Link } from '@tanstack/react-router'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { Panel } from '../run/panel.tsx'

/** The first steps of a new organization. */
export function Begin() {
  const t = useMessages()
  const { organization } = useDesk()
  const params = { organization: String(organization.organization_id) }
  return (
    <Panel title={t.home.begin}>
      <ol className="flex list-inside list-decimal flex-col gap-1.5 text-sm marker:text-dim">
        <li>
          <Link className="link" params={params} to="/o/$organization/import">
            {t.home.beginImport}
          </Link>
        </li>
        <li>
          <Link className="link" params={params} to="/o/$organization/settings">
            {t.home.beginInvite}
          </Link>
        </li>
        <li>
          <Link className="link" params={params} to="/o/$organization/runs">
            {t.home.beginRun}
          </Link>
        </li>
      </ol>
    </Panel>
  )
}
