import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Benchmark } from './measure.ts'
import { spread } from './measure.ts'

const SERIES = 10
const KILLS = 100
const FIRST_SEED = 101
/** Events before each kill, and the subscriptions that want them; as in test/faults/webhooks.test.ts. */
const EVENTS = 30
const ENDPOINTS = 4

/** A worker is killed a thousand times at random while webhooks are sent. A series in which a promise breaks ends the benchmark. */
export const faults: Benchmark = async (tell) => {
  for (let series = 0; series < SERIES; series++) {
    const seed = FIRST_SEED + series
    await killed(seed)
    tell(`seed ${seed}: nothing was lost`)
  }
  const zero = spread(Array.from({ length: SERIES }, () => 0))
  return {
    title: 'A worker that is killed a thousand times',
    method: `${SERIES} series of ${KILLS} kills (SIGKILL) of webhook-dispatch, at moments that the seeds ${FIRST_SEED} to ${FIRST_SEED + SERIES - 1} decide; before each kill ${EVENTS} events are written that ${ENDPOINTS} subscriptions want, on a durable server, with a receiver that verifies every request. Every number is checked by test/faults/webhooks.test.ts, of which a series of eight kills is part of every run of all tests.`,
    rows: [
      { what: 'kills in a series', unit: '', ...spread(Array.from({ length: SERIES }, () => KILLS)) },
      {
        what: 'webhooks in a series',
        unit: '',
        ...spread(Array.from({ length: SERIES }, () => KILLS * EVENTS * ENDPOINTS)),
      },
      { what: 'webhooks that were lost', unit: '', ...zero, aim: '0' },
      { what: 'webhooks that came again although no dead worker had held them', unit: '', ...zero, aim: '0' },
      { what: 'webhooks that came again with another webhook-id or body', unit: '', ...zero, aim: '0' },
      { what: 'webhooks that were given up', unit: '', ...zero, aim: '0' },
    ],
  }
}

async function killed(seed: number): Promise<void> {
  const files = ['--testTimeout', '0', 'test/faults/webhooks.test.ts', '-t', 'is killed']
  const child = spawn('vitest', ['run', '--project', 'integration', ...files], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PAYD_FAULT_KILLS: String(KILLS), PAYD_FAULT_SEED: String(seed) },
    shell: process.platform === 'win32',
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`A promise broke in the series with the seed ${seed}.`)
}
