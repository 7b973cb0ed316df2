import type { ReactNode } from 'react'

/** The card that says what comes next. */
export function Panel(props: {
  readonly title: string
  readonly about?: ReactNode
  readonly children?: ReactNode
  readonly actions?: ReactNode
}) {
  return (
    <section aria-label={props.title} className="card flex flex-col gap-4 border-l-4 border-l-accent p-5">
      <div>
        <h2>{props.title}</h2>
        {props.about !== undefined && <div className="text-sm text-dim">{props.about}</div>}
      </div>
      {props.children}
      {props.actions !== undefined && <div className="no-print flex flex-wrap items-start gap-2">{props.actions}</div>}
    </section>
  )
}
