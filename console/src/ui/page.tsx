import { type ReactNode, useEffect } from 'react'

/** The head of every page and what stands below it. The title is also the one of the browser's tab. */
export function Page(props: {
  readonly title: string
  readonly about?: ReactNode
  readonly above?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}) {
  useEffect(() => {
    document.title = `${props.title} · PayD`
  }, [props.title])
  return (
    <div className="flex flex-col gap-6">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
        <div className="flex min-w-0 flex-col gap-1">
          {props.above}
          <h1 className="break-words">{props.title}</h1>
          {props.about !== undefined && <div className="max-w-2xl text-dim">{props.about}</div>}
        </div>
        {props.actions !== undefined && (
          <div className="no-print flex flex-wrap items-start gap-2 max-sm:w-full max-sm:[&>a]:w-full">
            {props.actions}
          </div>
        )}
      </header>
      {props.children}
    </div>
  )
}

/** A part of a page with a heading. */
export function Section(props: {
  readonly title: string
  readonly about?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}) {
  return (
    <section aria-label={props.title} className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end justify-between gap-2">
        <div>
          <h2>{props.title}</h2>
          {props.about !== undefined && <p className="text-sm text-dim">{props.about}</p>}
        </div>
        {props.actions !== undefined && <div className="no-print flex flex-wrap gap-2">{props.actions}</div>}
      </div>
      {props.children}
    </section>
  )
}

/** Names and values in two columns, such as the head of a receipt. */
export function Facts({ of }: { readonly of: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-2 text-sm max-sm:grid-cols-1 max-sm:gap-y-0">
      {of.map(([name, value]) => (
        <div className="contents" key={name}>
          <dt className="text-dim max-sm:pt-2">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
