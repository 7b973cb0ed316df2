/** The dialler of webhook-dispatch alone, in Deno: so many posts of a kilobyte to 100 paths of a receiver, 64 at a time, no database. */
import process from 'node:process'
import { systemClock } from '../../supabase/functions/_shared/worker/platform.ts'
import { type NetworkRuntime, networkOf } from '../../supabase/functions/webhook-dispatch/network.ts'
import { pinnedDial } from '../../supabase/functions/webhook-dispatch/pinned-dial.ts'

declare const Deno: NetworkRuntime & { readonly args: readonly string[] }

const CONCURRENCY = 64
const [sinkUrl = '', count = ''] = Deno.args
const dial = pinnedDial(networkOf(Deno), systemClock)
const body = JSON.stringify({
  type: 'payroll.completed',
  timestamp: new Date().toISOString(),
  data: { text: 'x'.repeat(900) },
})

await send(Number(count) / 5)
const before = cpuSeconds()
const begin = performance.now()
await send(Number(count))
const seconds = (performance.now() - begin) / 1_000
const answer = {
  perSecond: Number(count) / seconds,
  micros: ((cpuSeconds() - before) * 1_000_000) / Number(count),
}
console.log(JSON.stringify(answer))

async function send(amount: number): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    for (let one = next++; one < amount; one = next++) {
      const url = new URL(`${sinkUrl}/${one % 100}`)
      const headers = { 'content-type': 'application/json', 'webhook-id': `raw_${one}` }
      const deadline = systemClock.deadline(5_000)
      await dial({ url, addresses: [url.hostname], headers, body, maxResponseBytes: 16_384 }, { deadline })
      deadline.clear()
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, lane))
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000_000
}
