import { EFFECT_TYPES } from '../core/effects.ts'
import type { EffectRecord, OperationRecord, TransactionRecord } from '../core/history.ts'
import { beforeHistory, invalidField } from '../http/problem.ts'
import { link } from './links.ts'
import { type HorizonRequest, type PageQuery, pageBody, pageQuery, parseCursor } from './page.ts'
import { isoSeconds } from './time.ts'
import type { View } from './view.ts'

/** A page of effects of a list, after a cursor `<operation>-<order>`. */
export function listEffects(
  request: HorizonRequest,
  view: View,
  list: readonly EffectRecord[],
): Record<string, unknown> {
  const page = pageQuery(request)
  const after = cursorOf(page, view)
  const visible = list.filter(({ ledger }) => ledger <= view.ledger && ledger >= view.elder)
  const wanted = visible.filter((effect) => after === null || isAfter(effect, after, page.order))
  const records = (page.order === 'desc' ? wanted.reverse() : wanted).slice(0, page.limit)
  return pageBody(
    request,
    page,
    records.map((record) => effectJson(record, request.base)),
  )
}

/** The effects of one operation. */
export function effectsOfOperation(view: View, { id }: OperationRecord): EffectRecord[] {
  return view.history.effects.filter((effect) => effect.id === id)
}

/** The effects of one transaction. */
export function effectsOfTransaction(view: View, { id }: TransactionRecord): EffectRecord[] {
  return view.history.effects.filter((effect) => effect.id >> 12n === id >> 12n)
}

type Cursor = { readonly operation: bigint; readonly order: number }

function cursorOf({ cursor, order }: PageQuery, view: View): Cursor | null {
  if (cursor === '') return null
  const [operationText = '', orderText, ...rest] = cursor.split('-')
  const operation = parseCursor(operationText, view)
  if (operation === null || rest.length > 0 || (orderText !== undefined && !/^\d{1,10}$/.test(orderText))) {
    throw invalidField('cursor', 'cursor: invalid value')
  }
  if (order === 'desc' && view.elder > 1 && operation < BigInt(view.elder) << 32n) throw beforeHistory()
  return { operation, order: Number(orderText ?? 0) }
}

function isAfter(effect: EffectRecord, cursor: Cursor, order: 'asc' | 'desc'): boolean {
  if (effect.id !== cursor.operation) return (order === 'asc') === effect.id > cursor.operation
  return order === 'asc' ? effect.order > cursor.order : effect.order < cursor.order
}

function effectJson(effect: EffectRecord, base: string): Record<string, unknown> & { paging_token: string } {
  const operation = effect.id.toString()
  const token = `${operation}-${effect.order}`
  return {
    _links: {
      operation: link(base, `/operations/${operation}`),
      succeeds: link(base, `/effects?order=desc&cursor=${token}`),
      precedes: link(base, `/effects?order=asc&cursor=${token}`),
    },
    id: `${operation.padStart(19, '0')}-${String(effect.order).padStart(10, '0')}`,
    paging_token: token,
    account: effect.account,
    ...(effect.muxed && { account_muxed: effect.muxed.address, account_muxed_id: effect.muxed.id }),
    type: effect.type,
    type_i: EFFECT_TYPES[effect.type],
    created_at: isoSeconds(effect.closedAt),
    ...effect.details,
  }
}
