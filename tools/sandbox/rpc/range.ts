import type { View } from '../horizon/view.ts'
import { RpcError } from './error.ts'

/** Where a call that pages through ledgers starts, and how much it wants. */
export type Paging = {
  readonly startLedger: number | null
  readonly cursor: string | null
  readonly limit: number
}

type Params = Readonly<Record<string, unknown>>

/** The paging of a call: either a first ledger or a cursor. Throws -32602 for what makes no sense, -32600 out of range. */
export function pagingOf(
  params: Params,
  view: View,
  limits: { readonly default: number; readonly most: number },
): Paging {
  const { startLedger, pagination } = params
  const { cursor = null, limit = limits.default } = isRecord(pagination) ? pagination : {}
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > limits.most) {
    throw new RpcError(-32602, `limit must not exceed ${limits.most}`)
  }
  if (cursor !== null && typeof cursor !== 'string') throw new RpcError(-32602, 'invalid cursor')
  if (cursor !== null && cursor !== '') {
    if (startLedger !== undefined && startLedger !== 0) {
      throw new RpcError(-32602, 'startLedger and cursor cannot both be set')
    }
    return { startLedger: null, cursor, limit }
  }
  if (typeof startLedger !== 'number' || !Number.isInteger(startLedger) || startLedger < 1) {
    throw new RpcError(-32602, 'startLedger must be positive')
  }
  requireInRange(startLedger, view)
  return { startLedger, cursor: null, limit }
}

/** Throws -32600 when the server does not keep this ledger. */
export function requireInRange(ledger: number, view: View): void {
  if (ledger >= view.elder && ledger <= view.ledger) return
  throw new RpcError(-32600, `startLedger must be within the ledger range: ${view.elder} - ${view.ledger}`)
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
