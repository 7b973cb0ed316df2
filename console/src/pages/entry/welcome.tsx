import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Navigate, useNavigate } from '@tanstack/react-router'
import { createPayd } from 'payd'
import { type SubmitEvent, useState } from 'react'
import { useConsole } from '../../app/context.tsx'
import { useOrganizations } from '../../app/organizations.ts'
import { useSession } from '../../app/session.tsx'
import { Action } from '../../ui/action.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { toasts } from '../../ui/toast.tsx'
import { Frame } from './frame.tsx'
import { forgetInvitation, type InvitationKind, waitingInvitation } from './invitation.ts'

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone

/** The first organization: begun, or joined by an invitation. */
export function WelcomePage() {
  const { messages } = useConsole()
  const t = messages.entry
  const session = useSession()
  const hasSome = (useOrganizations().data ?? []).length > 0
  if (session === null) return <Navigate replace to="/sign-in" />
  return (
    <Frame about={hasSome ? t.signedInAs(session.user.email ?? '') : t.welcomeAbout} title={t.welcome}>
      <Join />
      <hr className="border-rule" />
      <Begin />
    </Frame>
  )
}

function Begin() {
  const { supabase, messages } = useConsole()
  const t = messages.entry
  const [name, setName] = useState('')
  const enter = useEnter()
  const create = useMutation({
    mutationFn: () =>
      createPayd(supabase).organizations.create({
        name: name.trim(),
        // What the computer names may be no name of the database, such as an abbreviation.
        ...(Intl.supportedValuesOf('timeZone').includes(ZONE) ? { time_zone: ZONE } : {}),
      }),
    onSuccess: ({ id }) => enter(id),
  })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!create.isPending) create.mutate()
  }
  return (
    <form className="flex flex-col gap-4" onSubmit={submit}>
      <div>
        <h2>{t.create}</h2>
        <p className="text-sm text-dim">{t.createAbout}</p>
      </div>
      {create.error !== null && <ErrorBox error={create.error} />}
      <TextField isRequired label={t.organizationName} onChange={setName} value={name} />
      <Action isBusy={create.isPending} type="submit">
        {t.createButton}
      </Action>
    </form>
  )
}

function Join() {
  const { supabase, messages } = useConsole()
  const t = messages.entry
  const [waiting] = useState(waitingInvitation)
  const [token, setToken] = useState(waiting?.token ?? '')
  const [kind, setKind] = useState<InvitationKind>(waiting?.kind ?? 'member')
  const enter = useEnter()
  const join = useMutation({
    mutationFn: async () => {
      const payd = createPayd(supabase)
      const accept = kind === 'member' ? payd.members.acceptInvitation : payd.employees.acceptInvitation
      return await accept(token.trim())
    },
    onSuccess: ({ organization_id }) => {
      forgetInvitation()
      toasts.add({ title: t.joined })
      enter(organization_id)
    },
  })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!join.isPending) join.mutate()
  }
  return (
    <form className="flex flex-col gap-4" onSubmit={submit}>
      <div>
        <h2>{t.join}</h2>
        <p className="text-sm text-dim">{t.joinAbout}</p>
      </div>
      {join.error !== null && <ErrorBox error={join.error} />}
      <TextField isMono isRequired label={t.token} onChange={setToken} value={token} />
      <SelectField
        choices={[
          ['member', t.joinMember],
          ['employee', t.joinEmployee],
        ]}
        label={t.joinAs}
        onChange={setKind}
        value={kind}
      />
      <Action isBusy={join.isPending} kind="primary" type="submit">
        {t.joinButton}
      </Action>
    </form>
  )
}

/** Leads into an organization that was not there a moment ago. */
function useEnter(): (organization: number) => void {
  const cache = useQueryClient()
  const navigate = useNavigate()
  return (organization) => {
    const params = { organization: String(organization) }
    void cache.invalidateQueries().then(() => navigate({ to: '/o/$organization', params, replace: true }))
  }
}
