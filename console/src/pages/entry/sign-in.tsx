import { Link, Navigate, useNavigate, useSearch } from '@tanstack/react-router'
import { type SubmitEvent, useEffect, useState } from 'react'
import { useConsole } from '../../app/context.tsx'
import { useSession } from '../../app/session.tsx'
import { Action } from '../../ui/action.tsx'
import { TextField } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { sayAuthError } from './auth-error.ts'
import { Frame } from './frame.tsx'

interface Outcome {
  readonly tone: 'bad' | 'info'
  readonly title: string
  readonly cure?: string
}

/** Signing in, and making an account; afterwards one is where one wanted to be. */
export function SignInPage() {
  const { supabase, messages } = useConsole()
  const t = messages.entry
  const session = useSession()
  const navigate = useNavigate()
  const { back } = useSearch({ from: '/sign-in' })
  const [isNew, setIsNew] = useState(false)
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [isBusy, setIsBusy] = useState(false)
  const [outcome, setOutcome] = useState<Outcome | undefined>(
    back === undefined ? undefined : { tone: 'info', title: t.expired },
  )
  useEffect(() => {
    document.title = `${t.signIn} · PayD`
  }, [t])
  if (session !== null && !isBusy)
    return back === undefined ? <Navigate replace to="/" /> : <Navigate replace to={back as '/'} />

  const enter = async () => {
    if (isBusy) return
    setIsBusy(true)
    setOutcome(undefined)
    const credentials = { email: email.trim(), password }
    const { data, error } = await (isNew
      ? supabase.auth.signUp(credentials)
      : supabase.auth.signInWithPassword(credentials))
    setIsBusy(false)
    if (error?.code === 'invalid_credentials') setOutcome({ tone: 'bad', title: t.wrong, cure: t.wrongCure })
    else if (error !== null) setOutcome({ tone: 'bad', title: t.failed, cure: sayAuthError(error, t) })
    else if (data.session === null) setOutcome({ tone: 'info', title: t.confirm })
    else await navigate({ to: (back ?? '/') as '/', replace: true })
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    void enter()
  }
  return (
    <Frame about={isNew ? t.signUpAbout : t.signInAbout} title={isNew ? t.signUp : t.signIn}>
      {outcome !== undefined && (
        <Notice role={outcome.tone === 'bad' ? 'alert' : 'status'} title={outcome.title} tone={outcome.tone}>
          {outcome.cure}
        </Notice>
      )}
      <form className="flex flex-col gap-4" onSubmit={submit}>
        <TextField autoComplete="username" isRequired label={t.email} onChange={setEmail} type="email" value={email} />
        <TextField
          autoComplete={isNew ? 'new-password' : 'current-password'}
          hint={isNew ? t.passwordHint : undefined}
          isRequired
          label={t.password}
          onChange={setPassword}
          type="password"
          value={password}
        />
        <Action isBusy={isBusy} kind="primary" type="submit">
          {isNew ? t.signUp : t.signIn}
        </Action>
      </form>
      {!isNew && (
        <p className="text-sm">
          <Link className="link" to="/recover">
            {t.forgot}
          </Link>
        </p>
      )}
      <p className="text-sm text-dim">
        {isNew ? t.haveAccount : t.noAccount}{' '}
        <button className="link cursor-pointer" onClick={() => setIsNew(!isNew)} type="button">
          {isNew ? t.signIn : t.signUp}
        </button>
      </p>
    </Frame>
  )
}
