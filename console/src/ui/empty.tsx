import type { ReactNode } from 'react'
import type { IconName } from './icon.tsx'
import { Icon } from './icon.tsx'

/** What a page says while there is nothing to show, and what to do first. */
export function Empty(props: {
  readonly icon: IconName
  readonly title: string
  readonly children?: ReactNode
  readonly actions?: ReactNode
}) {
  return (
    <div className="card flex flex-col items-center gap-3 border-dashed px-6 py-12 text-center">
      <span className="rounded-full bg-accent-soft p-3 text-accent">
        <Icon className="size-6" name={props.icon} />
      </span>
      <p className="font-semibold">{props.title}</p>
      {props.children !== undefined && <div className="max-w-md text-sm text-dim">{props.children}</div>}
      {props.actions !== undefined && <div className="flex flex-wrap justify-center gap-2 pt-1">{props.actions}</div>}
    </div>
  )
}
