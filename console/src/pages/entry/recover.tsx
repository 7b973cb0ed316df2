import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type SubmitEvent, useEffect, useRef, useState } from 'react'
import { useConsole } from '../../app/context.tsx'
import { Action } from '../../ui/action.tsx'
import { TextField } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { toasts } from '../../ui/toast.tsx'
import { sayAuthError } from './auth-error.ts'
import { Frame } from './frame.tsx'

interface Problem {
  readonly title: string
  readonly cure?: string
}

/**
 * A new password for somebody who has forgotten the old one: by the code in a message, or by the link in it, which carries a code that
 * only this browser can use.
 */
export function RecoverPage() {
  const { supabase, messages } = useConsole()
  const t = messages.entry
  const { code: linkCode } = useSearch({ from: '/recover' })
  const navigate = useNavigate()
  const [step, setStep] = useState<'ask' | 'code' | 'link'>(linkCode === undefined ? 'ask' : 'link')
  const [email, setEmail] = useState('')
  const [code, setCode] = useState('')
  const [password, setPassword] = useState('')
  const [isBusy, setIsBusy] = useState(linkCode !== undefined)
  const [problem, setProblem] = useState<Problem>()
  // Once the code is used the person is signed in, and a password that was refused does not need it again.
  const isProven = useRef(false)
  const fail = (error: Parameters<typeof sayAuthError>[0]) =>
    setProblem({ title: t.failed, cure: sayAuthError(error, t) })

  useEffect(() => {
    document.title = `${t.recover} · PayD`
  }, [t])
  const isUsed = useRef(false)
  useEffect(() => {
    if (linkCode === undefined || isUsed.current) return
    isUsed.current = true
    // The code works once; it must not stand in the address of this page.
    void navigate({ to: '/recover', search: {}, replace: true })
    void supabase.auth.exchangeCodeForSession(linkCode).then(({ error }) => {
      setIsBusy(false)
      isProven.current = error === null
      if (error === null) return
      setStep('ask')
      setProblem({ title: t.linkOld, cure: t.linkOldCure })
    })
  }, [linkCode, navigate, supabase, t])

  const ask = async () => {
    const redirectTo = `${location.origin}${import.meta.env.BASE_URL}recover`
    const { error } = await supabase.auth.resetPasswordForEmail(email.trim(), { redirectTo })
    if (error !== null) fail(error)
    else setStep('code')
  }
  const set = async () => {
    if (!isProven.current) {
      const { error } = await supabase.auth.verifyOtp({ email: email.trim(), token: code.trim(), type: 'recovery' })
      if (error !== null) return fail(error)
      isProven.current = true
    }
    const { error } = await supabase.auth.updateUser({ password })
    if (error !== null) return fail(error)
    toasts.add({ title: t.passwordSet })
    await navigate({ to: '/', replace: true })
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (isBusy) return
    setIsBusy(true)
    setProblem(undefined)
    void (step === 'ask' ? ask() : set()).finally(() => setIsBusy(false))
  }
  return (
    <Frame about={t.recoverAbout} title={t.recover}>
      {problem !== undefined && (
        <Notice role="alert" title={problem.title} tone="bad">
          {problem.cure}
        </Notice>
      )}
      {step === 'code' && (
        <Notice role="status" title={t.codeSent} tone="info">
          {t.codeSentAbout}
        </Notice>
      )}
      <form className="flex flex-col gap-4" onSubmit={submit}>
        {step === 'ask' && (
          <TextField
            autoComplete="username"
            isRequired
            label={t.email}
            onChange={setEmail}
            type="email"
            value={email}
          />
        )}
        {step === 'code' && (
          <TextField
            autoComplete="one-time-code"
            inputMode="numeric"
            isRequired
            label={t.code}
            onChange={setCode}
            value={code}
          />
        )}
        {step !== 'ask' && (
          <TextField
            autoComplete="new-password"
            hint={t.passwordHint}
            isRequired
            label={t.newPassword}
            minLength={8}
            onChange={setPassword}
            type="password"
            value={password}
          />
        )}
        <Action isBusy={isBusy} kind="primary" type="submit">
          {step === 'ask' ? t.sendCode : t.setPassword}
        </Action>
      </form>
      <p className="flex flex-wrap gap-x-6 gap-y-2 text-sm">
        {step === 'code' && (
          <button className="link cursor-pointer" onClick={() => setStep('ask')} type="button">
            {t.sendAgain}
          </button>
        )}
        <Link className="link" to="/sign-in">
          {t.backToSignIn}
        </Link>
      </p>
    </Frame>
  )
}
