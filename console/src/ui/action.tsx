import { type ReactNode, useId } from 'react'
import type { IconName } from './icon.tsx'
import { Icon } from './icon.tsx'

/** How a button looks: `primary` is the one thing to do next. */
export type ActionKind = 'primary' | 'plain' | 'quiet' | 'danger'

const KINDS: Record<ActionKind, string> = {
  primary: 'button button-primary',
  plain: 'button',
  quiet: 'button button-quiet',
  danger: 'button button-danger',
}

/** A button. One that would be refused stays reachable by the keyboard, does nothing, and says why. */
export function Action(props: {
  readonly children: ReactNode
  readonly onClick?: (() => void) | undefined
  readonly kind?: ActionKind
  readonly icon?: IconName
  /** Why it cannot be pressed now. */
  readonly reason?: string | undefined
  readonly isBusy?: boolean
  readonly type?: 'button' | 'submit'
  readonly label?: string
}) {
  const { children, onClick, kind = 'plain', icon, reason, isBusy = false, type = 'button', label } = props
  const reasonId = useId()
  const isOff = reason !== undefined || isBusy
  return (
    <span className="inline-flex flex-col gap-1 max-sm:w-full">
      <button
        aria-busy={isBusy}
        aria-describedby={reason === undefined ? undefined : reasonId}
        aria-disabled={isOff}
        aria-label={label}
        className={KINDS[kind]}
        onClick={(event) => {
          if (isOff) event.preventDefault()
          else onClick?.()
        }}
        type={type}
      >
        {icon !== undefined && <Icon className={`size-4 ${isBusy ? 'animate-pulse' : ''}`} name={icon} />}
        {children}
      </button>
      {reason !== undefined && (
        <span className="max-w-64 text-xs leading-4 text-dim" id={reasonId}>
          {reason}
        </span>
      )}
    </span>
  )
}

/** A button that is only a drawing; the label is for those who do not see it, and for the pointer. */
export function IconAction(props: {
  readonly icon: IconName
  readonly label: string
  readonly onClick: () => void
  readonly className?: string
}) {
  const { icon, label, onClick, className = '' } = props
  return (
    <button
      aria-label={label}
      className={`button button-quiet px-2.5 ${className}`}
      onClick={onClick}
      title={label}
      type="button"
    >
      <Icon name={icon} />
    </button>
  )
}
