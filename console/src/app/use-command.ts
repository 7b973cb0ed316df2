import { useMutation, useQueryClient } from '@tanstack/react-query'
import { isPaydError, type Payd } from 'payd'
import { type Area, type PaydMutation, paydMutation } from 'payd/query'
import { toasts } from '../ui/toast.tsx'
import { useDesk } from './desk.tsx'
import { ORGANIZATIONS } from './organizations.ts'

type ArgumentsOf<Command> = Command extends PaydMutation<infer Arguments, unknown> ? Arguments : never
type ResultOf<Command> = Command extends { mutationFn: (args: never) => Promise<infer Result> } ? Result : never

/** What to do when a command has succeeded. */
interface After<Result> {
  /** What is told in the corner. */
  readonly says?: string | ((result: Result) => string)
  readonly onDone?: (result: Result) => void
}

/**
 * A command of the package for a button. It is busy until what it changed has been read again, so nothing old flashes up in between.
 */
export function useCommand<AreaName extends Area, Name extends keyof Payd[AreaName] & string>(
  area: AreaName,
  name: Name,
  after: After<ResultOf<ReturnType<typeof paydMutation<AreaName, Name>>>> = {},
) {
  type Command = ReturnType<typeof paydMutation<AreaName, Name>>
  const { payd } = useDesk()
  const cache = useQueryClient()
  const command = paydMutation(payd, cache, area, name)
  const { mutate, isPending, error, reset, submittedAt } = useMutation({
    ...command,
    // Without a network it fails at once: a command that waits unseen would surprise somebody later.
    networkMode: 'always',
    onSuccess: (result) => {
      const { says, onDone } = after
      if (says !== undefined) toasts.add({ title: typeof says === 'string' ? says : says(result as ResultOf<Command>) })
      onDone?.(result as ResultOf<Command>)
    },
    onError: (refusal) => {
      // The role is another one by now, so what is offered must be, too.
      if (isPaydError(refusal) && refusal.code === 'role_too_low')
        void cache.invalidateQueries({ queryKey: ORGANIZATIONS })
    },
  })
  return {
    run: (...args: ArgumentsOf<Command>) => mutate(args as never),
    isBusy: isPending,
    error,
    reset,
    submittedAt,
  }
}

/** What was wrong with the command that was given last: a refusal of another one before it says nothing any more. */
export function latestError(
  ...commands: readonly { readonly error: Error | null; readonly submittedAt: number }[]
): Error | null {
  const [latest] = commands.toSorted((a, b) => b.submittedAt - a.submittedAt)
  return latest?.error ?? null
}
