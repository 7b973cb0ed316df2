import type { StackOptions } from './stack-options.ts'

/** Undoes one thing that a start did. */
export type Closer = () => Promise<unknown>

/** Waits for all, also when one fails, so that everything that was started can be ended; then throws the first failure. */
export async function allOrNothing<T extends readonly unknown[]>(work: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const results = await Promise.allSettled(work)
  const failure = results.find((result) => result.status === 'rejected')
  if (failure) throw failure.reason
  return Promise.all(work) as Promise<unknown> as Promise<T>
}

/** Does a step of the start and reports how long it took, if the result is worth telling. */
export async function timed<T>(
  options: StackOptions,
  name: string,
  work: () => Promise<T>,
  isWorthTelling: (result: T) => boolean = () => true,
): Promise<T> {
  const begin = performance.now()
  const result = await work()
  if (isWorthTelling(result)) options.onProgress?.({ name, durationMs: performance.now() - begin })
  return result
}

/** Undoes everything, the last first, and goes on when one part resists; then throws the first failure. */
export async function closeAll(closers: Closer[]): Promise<void> {
  const failures: unknown[] = []
  for (let close = closers.pop(); close; close = closers.pop()) {
    await close().catch((error: unknown) => failures.push(error))
  }
  if (failures.length > 0) throw failures[0]
}
