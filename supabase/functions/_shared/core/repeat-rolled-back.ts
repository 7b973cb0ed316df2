import type { Clock, Random } from './ports.ts'

/** Serialization failure, deadlock, lock not available: PostgreSQL has undone the whole transaction before it says so. */
const ROLLED_BACK = new Set(['40001', '40P01', '55P03'])

const ATTEMPTS = 5
const FIRST_PAUSE_MS = 50

/**
 * What a call answers, called again while the database says that it rolled it back: then it did not happen, so every call may be
 * repeated. The last answer is returned when the attempts are used up or the signal fires. Each pause is up to twice as long as the
 * one before and spread, so that two workers who met do not meet again.
 */
export async function repeatRolledBack<Answer>(
  ports: { readonly clock: Clock; readonly random: Random; readonly signal: AbortSignal },
  call: () => Promise<Answer>,
  sqlStateOf: (answer: Answer) => string | null | undefined,
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await call()
    if (!ROLLED_BACK.has(sqlStateOf(answer) ?? '') || attempt === ATTEMPTS) return answer
    const longestMs = FIRST_PAUSE_MS * 2 ** (attempt - 1)
    await pause(ports, Math.ceil((longestMs * (1 + ports.random())) / 2))
    if (ports.signal.aborted) return answer
  }
}

/** Resolves when the time has passed or the signal fires, whichever is first. */
async function pause(
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  ms: number,
): Promise<void> {
  const deadline = clock.deadline(ms)
  const either = AbortSignal.any([deadline.signal, signal])
  await new Promise<void>((resolve) => {
    if (either.aborted) resolve()
    either.addEventListener('abort', () => resolve(), { once: true })
  })
  deadline.clear()
}
