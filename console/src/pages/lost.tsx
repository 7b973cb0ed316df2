import { Link } from '@tanstack/react-router'
import { useMessages } from '../app/context.tsx'
import { Action } from '../ui/action.tsx'
import { ErrorBox } from '../ui/error-box.tsx'

/** An address that leads nowhere. */
export function Lost() {
  const t = useMessages()
  return (
    <main className="mx-auto flex max-w-lg flex-col gap-3 p-6 pt-[20vh]">
      <h1>{t.common.notFound}</h1>
      <Link className="link" to="/">
        {t.common.backHome}
      </Link>
    </main>
  )
}

/** A page that threw: what it was, and a way out. */
export function Crashed({ error }: { readonly error: unknown }) {
  const t = useMessages()
  return (
    <main className="mx-auto flex max-w-lg flex-col gap-4 p-6 pt-[15vh]">
      <h1>{t.common.crashed}</h1>
      <ErrorBox error={error} />
      <div>
        <Action kind="primary" onClick={() => location.reload()}>
          {t.common.reload}
        </Action>
      </div>
    </main>
  )
}
