import type { Payd } from '../create-payd.ts'
import type { Area } from './areas.ts'
import { type InvalidatingClient, invalidateArea, paydKey } from './keys.ts'

/** What `useMutation` and the like take. The variables are the arguments of the call: `mutate([run])`. */
export interface PaydMutation<Arguments extends unknown[], Result> {
  readonly mutationKey: readonly unknown[]
  readonly mutationFn: (args: Arguments) => Promise<Result>
  /** Whether it worked or not: after a lost answer it is unknown what has changed. */
  readonly onSettled: () => Promise<void>
}

/**
 * A command of `createPayd` as options for TanStack Query; afterwards everything that it may have changed is read again.
 *
 * @example
 * ```ts
 * import { createClient } from '@supabase/supabase-js'
 * import { QueryClient } from '@tanstack/query-core'
 * import { createPayd } from 'payd'
 * import { paydMutation } from 'payd/query'
 *
 * const payd = createPayd(createClient('http://127.0.0.1:54321', 'sb_publishable_…'))
 * const cache = new QueryClient()
 * export const submit = paydMutation(payd, cache, 'payrollRuns', 'submit') // useMutation(submit).mutate([run])
 * ```
 */
export function paydMutation<AreaName extends Area, Name extends keyof Payd[AreaName] & string>(
  payd: Payd,
  client: InvalidatingClient,
  area: AreaName,
  name: Name,
): PaydMutation<ArgumentsOf<Payd[AreaName][Name]>, ResultOf<Payd[AreaName][Name]>> {
  const command = payd[area][name] as (...args: unknown[]) => Promise<ResultOf<Payd[AreaName][Name]>>
  return {
    mutationKey: paydKey(payd, area, name),
    mutationFn: (args) => command(...args),
    onSettled: () => invalidateArea(payd, client, area),
  }
}

type ArgumentsOf<Call> = Call extends (...args: infer Arguments) => unknown ? Arguments : never
type ResultOf<Call> = Call extends (...args: never[]) => Promise<infer Result> ? Result : never
