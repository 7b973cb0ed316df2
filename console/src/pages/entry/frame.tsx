import type { ReactNode } from 'react'

/** The pages before an organization: a narrow column beside a ruled sheet. */
export function Frame({
  title,
  about,
  children,
}: {
  readonly title: string
  readonly about: string
  readonly children: ReactNode
}) {
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(0,5fr)_minmax(0,4fr)]">
      <main className="mx-auto flex w-full max-w-md flex-col justify-center gap-6 p-6">
        <p className="flex items-center gap-2.5 text-lg font-semibold tracking-tight">
          <img alt="" className="size-9" src={`${import.meta.env.BASE_URL}favicon.svg`} />
          PayD
        </p>
        <div>
          <h1>{title}</h1>
          <p className="text-dim">{about}</p>
        </div>
        {children}
      </main>
      <div aria-hidden="true" className="ruled border-l border-rule bg-card max-lg:hidden" />
    </div>
  )
}
