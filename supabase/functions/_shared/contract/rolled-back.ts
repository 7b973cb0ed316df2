/** Serialization failure, deadlock, lock not available: PostgreSQL has undone the whole transaction before it says so. */
const ROLLED_BACK: ReadonlySet<string> = new Set(['40001', '40P01', '55P03'])

const ATTEMPTS = 5
const FIRST_PAUSE_MS = 50

/** Whether an SQLSTATE says that the database has undone everything the request did, so that sending it again is safe. */
export function wasRolledBack(sqlState: string | null | undefined): boolean {
  return ROLLED_BACK.has(sqlState ?? '')
}

/** What a repeated call needs of its caller. */
export type RepeatPorts = {
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** Waits, and says whether there is time for another attempt. */
  readonly pause: (ms: number) => Promise<boolean>
}

/**
 * What a call answers. The call is made again while the database says that it rolled the request back, five times at most, and while there
 * is time; then the last answer is returned. Each pause is up to twice as long as the one before and spread, so that two callers who met do not meet again.
 */
export async function repeatRolledBack<Answer>(
  ports: RepeatPorts,
  call: () => Promise<Answer>,
  sqlStateOf: (answer: Answer) => string | null | undefined,
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await call()
    if (attempt === ATTEMPTS || !wasRolledBack(sqlStateOf(answer))) return answer
    if (!(await ports.pause(spread(FIRST_PAUSE_MS * 2 ** (attempt - 1), ports.random)))) return answer
  }
}

/** Between half of a time and all of it, in whole milliseconds. */
export function spread(longestMs: number, random: () => number): number {
  return Math.ceil((longestMs * (1 + random())) / 2)
}
