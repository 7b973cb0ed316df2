import { isPaydError, type PayrollRun } from 'payd'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { Action } from '../../ui/action.tsx'
import { ErrorBox, useSaid } from '../../ui/error-box.tsx'
import { Notice } from '../../ui/notice.tsx'

/** The version of a draft that the person saw when a dialog was opened, and the one that is there now. */
export function useSeenVersion(run: PayrollRun) {
  const [version, setVersion] = useState(run.version)
  return {
    version,
    /** Accepts what others have changed meanwhile, and gives its version. */
    takeCurrent: () => {
      setVersion(run.version)
      return run.version
    },
  }
}

/** Why an edit of a draft was refused. Where somebody else was faster, the person decides what becomes of the own edit. */
export function EditError(props: {
  readonly error: Error | null
  /** Makes the same edit of the draft as it is now. */
  readonly onKeep: () => void
  /** Gives the own edit up. */
  readonly onTake: () => void
}) {
  const t = useMessages()
  const said = useSaid(props.error)
  if (props.error === null) return null
  if (!isPaydError(props.error) || props.error.code !== 'payroll_run_outdated') return <ErrorBox error={props.error} />
  return (
    <Notice
      actions={
        <>
          <Action onClick={props.onTake}>{t.common.takeTheirs}</Action>
          <Action onClick={props.onKeep}>{t.common.keepMine}</Action>
        </>
      }
      role="alert"
      title={t.common.changedMeanwhile}
      tone="warn"
    >
      {said.title}
    </Notice>
  )
}
