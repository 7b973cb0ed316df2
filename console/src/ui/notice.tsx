import type { ReactNode } from 'react'
import type { Tone } from './chip.tsx'
import type { IconName } from './icon.tsx'
import { Icon } from './icon.tsx'

const LOOKS: Record<Tone, readonly [string, IconName]> = {
  good: ['border-good/30 bg-good-soft text-good', 'circle-check'],
  warn: ['border-warn/30 bg-warn-soft text-warn', 'triangle-alert'],
  bad: ['border-bad/30 bg-bad-soft text-bad', 'circle-alert'],
  info: ['border-info/30 bg-info-soft text-info', 'circle-alert'],
  plain: ['border-rule bg-sunken text-dim', 'circle-alert'],
}

/** A sentence that must be seen, what to do about it, and buttons for that. */
export function Notice(props: {
  readonly tone: Tone
  readonly title: ReactNode
  readonly children?: ReactNode
  readonly actions?: ReactNode
  readonly role?: 'alert' | 'status'
}) {
  const [look, icon] = LOOKS[props.tone]
  return (
    <div className={`flex gap-3 rounded-xl border p-4 text-sm ${look}`} role={props.role}>
      <Icon className="mt-0.5 size-4.5" name={icon} />
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <p className="font-semibold break-words">{props.title}</p>
        {props.children !== undefined && <div className="break-words text-ink">{props.children}</div>}
        {props.actions !== undefined && <div className="flex flex-wrap gap-2 pt-1 text-ink">{props.actions}</div>}
      </div>
    </div>
  )
}
