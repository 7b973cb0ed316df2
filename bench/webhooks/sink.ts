import { fork } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** The receiver of all sides. */
export interface BenchSink {
  readonly url: string
  /** Resolves with the arrivals (id of the webhook, time in ms) when so many have come. */
  collect(count: number): Promise<readonly (readonly [string, number])[]>
  close(): void
}

const GIVE_UP_MS = 300_000

export async function startBenchSink(): Promise<BenchSink> {
  const child = fork(join(import.meta.dirname, 'sink-process.ts'), { serialization: 'advanced' })
  const answer = <Answer>(ask?: string): Promise<Answer> =>
    new Promise((resolve) => {
      child.once('message', (message) => resolve(message as Answer))
      if (ask !== undefined) child.send(ask)
    })
  const { port } = await answer<{ port: number }>()
  return {
    url: `http://127.0.0.1:${port}`,
    collect: async (count) => {
      const until = Date.now() + GIVE_UP_MS
      for (let seen = 0; seen < count; ) {
        if (Date.now() > until) throw new Error(`Only ${seen} of ${count} deliveries arrived in five minutes.`)
        seen = (await answer<{ count: number }>('count')).count
        if (seen < count) await delay(20)
      }
      return (await answer<{ arrivals: [string, number][] }>('take')).arrivals
    },
    close: () => child.disconnect(),
  }
}
