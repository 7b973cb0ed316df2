import { Asset, Operation } from '@stellar/stellar-sdk/base'
import { createHorizon } from '../../supabase/functions/_shared/stellar/horizon.ts'
import { exchange } from '../../supabase/functions/_shared/worker/exchange.ts'
import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import { submitOutside } from '../../test/support/outsider.ts'
import { address, keypair } from '../../test/support/plans.ts'
import { createSandbox } from '../../tools/sandbox/index.ts'
import { type ResultRow, spread } from '../measure.ts'

const LEDGERS = 30
const LEDGER_MS = 1_000

type Seen = Map<string, number>

/** How soon a payment is seen, and for how many requests: pages that are asked for once a ledger, and a stream that is held. */
export async function streamRows(): Promise<ResultRow[]> {
  const sandbox = await createSandbox({ ledgerIntervalMs: 'manual' })
  const stop = new AbortController()
  try {
    await sandbox.fund([address(1), address(2)])
    const [first] = await transactionsOf(sandbox.url)
    const cursor = first?.paging_token ?? '0'
    const pages: Seen = new Map()
    const streamed: Seen = new Map()
    const closed = new Map<string, number>()
    const counts = { pages: 0 }
    const reading = Promise.allSettled([
      readPages({ url: sandbox.url, cursor, signal: stop.signal }, pages, counts),
      readStream({ url: sandbox.url, cursor, signal: stop.signal }, streamed),
    ])
    for (let ledger = 0; ledger < LEDGERS; ledger++) {
      await wait(LEDGER_MS)
      const paid = Operation.payment({ destination: address(1), asset: Asset.native(), amount: '1' })
      await submitOutside(sandbox, keypair(2), [paid])
      closed.set(String(ledger), performance.now())
    }
    await wait(2 * LEDGER_MS)
    stop.abort()
    await reading
    const delays = (seen: Seen) => {
      const at = [...seen.values()]
      return [...closed.values()].flatMap((closedAt, index) => {
        const seenAt = at[index]
        return seenAt === undefined ? [] : [Math.max(0, seenAt - closedAt) / LEDGER_MS]
      })
    }
    const each = (value: number) => ({ min: value, median: value, max: value })
    return [
      {
        what: 'from the close of a ledger until its payment is read, with a page each ledger',
        unit: 'ledgers',
        ...spread(delays(pages)),
      },
      { what: 'the same with a stream that is held', unit: 'ledgers', ...spread(delays(streamed)) },
      {
        what: 'requests for each ledger, pages and the root of the provider',
        unit: 'requests',
        ...each(counts.pages / LEDGERS),
      },
      {
        what: 'requests for each ledger that a stream counts as',
        unit: 'requests',
        ...each(1),
        detail: 'Horizon takes one from the limit for each ledger and open stream, also where nothing happened',
      },
    ]
  } finally {
    stop.abort()
    await sandbox.close()
  }
}

type Reader = { readonly url: string; readonly cursor: string; readonly signal: AbortSignal }

/** As horizon-sync does while something is paid: the root, pages until an empty one, and again after the time of a ledger. */
async function readPages({ url, cursor, signal }: Reader, seen: Seen, counts: { pages: number }): Promise<void> {
  const horizon = createHorizon({
    baseUrl: url,
    exchange: (request, { maxBodyBytes }) => {
      counts.pages++
      return exchange(systemFetch, request, { signal: AbortSignal.timeout(10_000), maxBodyBytes })
    },
  })
  // The rings of the scheduler and the ledgers of the network have nothing to do with one another: every distance comes up once.
  for (let place = cursor; !signal.aborted; await wait(LEDGER_MS * 1.07)) {
    await horizon.root()
    for (;;) {
      const page = await horizon.history(address(1), place, 200)
      if (page.kind !== 'answered' || page.value.length === 0) break
      for (const { paging_token } of page.value) seen.set(paging_token ?? '', performance.now())
      place = page.value.at(-1)?.paging_token ?? place
    }
  }
}

async function readStream({ url, cursor, signal }: Reader, seen: Seen): Promise<void> {
  const response = await fetch(`${url}/accounts/${address(1)}/transactions?cursor=${cursor}`, {
    headers: { accept: 'text/event-stream' },
    signal,
  })
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const id = /^id: (.+)$/m.exec(text.slice(0, end))?.[1]
      if (id !== undefined) seen.set(id, performance.now())
      text = text.slice(end + 2)
    }
  }
}

async function transactionsOf(url: string): Promise<{ paging_token: string }[]> {
  const response = await fetch(`${url}/accounts/${address(1)}/transactions?order=desc&limit=1`)
  const body = (await response.json()) as { _embedded: { records: { paging_token: string }[] } }
  return body._embedded.records
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
