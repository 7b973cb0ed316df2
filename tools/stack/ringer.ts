/** Calls one worker per name, never beside itself, and never more often than asked. */
export type Ringer = {
  /** Resolves when a run that began after this call has ended. */
  ring(name: string): Promise<void>
  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void>
  /** From now on rings do nothing; runs that have begun go on. */
  stop(): void
}

type Bell = { running: Promise<void>; next: Promise<void> | undefined }

/**
 * Makes a ringer: while a call of a name is not answered, any number of rings become one more call after it. That is enough,
 * because a run that begins after the last ring sees everything the rings were about. A worker that answers before it has ended
 * is called again while it works, and looks for more.
 */
export function createRinger(run: (name: string) => Promise<void>): Ringer {
  const bells = new Map<string, Bell>()
  let isStopped = false

  const begin = (name: string): Promise<void> => {
    const bell: Bell = { running: Promise.resolve(), next: undefined }
    bells.set(name, bell)
    bell.running = run(name).finally(() => {
      if (bells.get(name) === bell && bell.next === undefined) bells.delete(name)
    })
    return bell.running
  }
  const ring = (name: string): Promise<void> => {
    if (isStopped) return Promise.resolve()
    const bell = bells.get(name)
    if (!bell) return begin(name)
    bell.next ??= bell.running.catch(() => undefined).then(() => (isStopped ? void bells.delete(name) : begin(name)))
    return bell.next
  }
  return {
    ring,
    idle: async () => {
      while (bells.size > 0) await Promise.allSettled([...bells.values()].map((bell) => bell.next ?? bell.running))
    },
    stop: () => {
      isStopped = true
    },
  }
}
