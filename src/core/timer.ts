/** Waits `ms` milliseconds, or rejects with the signal's reason as soon as it aborts. */
export type Wait = (ms: number, signal?: AbortSignal | undefined) => Promise<void>

/** The `Wait` of the platform's clock. Tests inject one of their own. */
export const wait: Wait = (ms, signal) =>
  new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason)
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
