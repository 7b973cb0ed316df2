import { createHorizon, type Horizon } from '../stellar/horizon.ts'
import type { HttpAnswer, HttpExchange } from '../stellar/http-answer.ts'
import { createLedgerRpc, type LedgerRpc } from '../stellar/ledger-rpc.ts'
import { exchange } from './exchange.ts'
import type { Clock, Fetch } from './ports.ts'
import type { ProviderBudget } from './provider-budget.ts'

/** How many requests are taken from the budget at once: few where every request is the next step of a payment. */
const REQUESTS_AT_ONCE = { urgent: 3, other: 5 }

type ProviderPorts = { readonly fetch: Fetch; readonly clock: Clock; readonly budget?: ProviderBudget }
type ProviderOptions = { readonly untilMs: number; readonly isUrgent?: boolean }

/**
 * Opens Horizon servers for one invocation of a worker. No exchange outlasts the invocation's own deadline: a provider that
 * hangs costs the worker its time once, not once per request. With a budget no request leaves that the provider does not allow:
 * it is answered here as the provider would, with 429 and the time to wait.
 */
export function horizonOpener(ports: ProviderPorts, options: ProviderOptions): (baseUrl: string) => Horizon {
  const exchangeOf = exchangeOpener(ports, options)
  return (baseUrl) => createHorizon({ baseUrl, exchange: exchangeOf(baseUrl) })
}

/** Opens RPC servers in the same way. */
export function rpcOpener(ports: ProviderPorts, options: ProviderOptions): (url: string) => LedgerRpc {
  const exchangeOf = exchangeOpener(ports, options)
  return (url) => createLedgerRpc({ url, exchange: exchangeOf(url) })
}

function exchangeOpener(ports: ProviderPorts, options: ProviderOptions): (provider: string) => HttpExchange {
  const allowances = new Map<string, Allowance>()
  return (provider) => {
    const send: HttpExchange = async (request, limits) => {
      const remainingMs = options.untilMs - ports.clock.now()
      const deadline = ports.clock.deadline(Math.max(Math.min(limits.timeoutMs, remainingMs), 0))
      try {
        return await exchange(ports.fetch, request, { signal: deadline.signal, maxBodyBytes: limits.maxBodyBytes })
      } finally {
        deadline.clear()
      }
    }
    if (ports.budget === undefined) return send
    const allowance = allowances.get(provider) ?? allowanceOf(ports.budget, provider, ports.clock, options)
    allowances.set(provider, allowance)
    return (request, limits) => allowance(() => send(request, limits))
  }
}

type Allowance = (send: () => Promise<HttpAnswer>) => Promise<HttpAnswer>

/** Sends only what the budget allows, and nothing before a provider that sent one request away wants to be asked again. */
function allowanceOf(
  budget: ProviderBudget,
  provider: string,
  clock: Clock,
  { isUrgent = false }: { readonly isUrgent?: boolean },
): Allowance {
  let left = 0
  let notBeforeMs = 0
  let taking: Promise<void> | null = null

  const take = async (): Promise<void> => {
    const requests = isUrgent ? REQUESTS_AT_ONCE.urgent : REQUESTS_AT_ONCE.other
    const { granted, wait_ms } = await budget.take({ provider, requests, is_urgent: isUrgent })
    left += granted
    if (granted === 0) notBeforeMs = Math.max(notBeforeMs, clock.now() + Math.max(wait_ms, 1))
  }

  return async (send) => {
    while (left === 0 && clock.now() >= notBeforeMs) {
      // Requests that start together share one question to the database.
      taking ??= take().finally(() => {
        taking = null
      })
      await taking
    }
    if (clock.now() < notBeforeMs) return sentAway(notBeforeMs - clock.now())
    left--

    const answer = await send()
    if (answer.status !== 429) return answer
    const named = answer.header('retry-after')
    const seconds = named !== null && /^[0-9]{1,5}$/.test(named) ? Number(named) : null
    left = 0
    notBeforeMs = Math.max(notBeforeMs, clock.now() + Math.max(seconds ?? 0, 1) * 1_000)
    await budget.sentAway({ provider, retry_after_seconds: seconds })
    return answer
  }
}

/** What a provider would answer, without asking it. */
function sentAway(waitMs: number): HttpAnswer {
  const seconds = String(Math.ceil(waitMs / 1_000))
  return { status: 429, header: (name) => (name === 'retry-after' ? seconds : null), body: '', isBodyCut: false }
}
