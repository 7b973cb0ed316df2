import type { xdr } from '@stellar/stellar-sdk/base'
import { partyOf, publicKeyWire } from '../addresses.ts'
import { formatStroops } from '../amounts.ts'
import { assetFields, assetKeyOf, assetWire } from '../assets.ts'
import { claimAtoms, crossBook, type Trade } from '../order-book.ts'
import type { Writable } from '../state.ts'
import { type AccountId, type AssetKey, INT64_MAX } from '../types.ts'
import { credit, debit } from './payment.ts'
import { defineOperation, type OperationContext } from './rule.ts'
import { tradeEffects } from './trade-effects.ts'

const CODE = { malformed: -1, too_few_offers: -10, cross_self: -11, over_limit: -12 } as const
/** The codes down to -8 are those of a payment. */
type Code = -1 | -2 | -3 | -4 | -5 | -6 | -7 | -8 | -10 | -11 | -12
type Outcome =
  | { readonly code: Code }
  | { readonly code: 0; readonly success: xdr.PathPaymentStrictSendResultSuccessWire }

const NOTHING: xdr.PathPaymentStrictSendResultSuccessWire = {
  offers: [],
  last: { destination: { type: 0, ed25519: new Uint8Array(32) }, asset: { type: 0 }, amount: 0n },
}

const receiveResult = (outcome: Outcome): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 2, pathPaymentStrictReceiveResult: outcome },
})
const sendResult = (outcome: Outcome): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 13, pathPaymentStrictSendResult: outcome },
})

/** PathPaymentStrictReceive: the destination gets exactly this, whatever it costs up to a limit. */
export const pathPaymentStrictReceive = defineOperation(2, {
  threshold: 'medium',
  untouched: receiveResult({ code: 0, success: NOTHING }),
  check({ pathPaymentStrictReceiveOp: op }) {
    const isMalformed = op.destAmount <= 0n || op.sendMax <= 0n || pathOf(op) === null
    return isMalformed ? receiveResult({ code: CODE.malformed }) : null
  },
  apply({ pathPaymentStrictReceiveOp: op }, context) {
    const assets = pathOf(op)
    if (!assets) return receiveResult({ code: CODE.malformed })
    const destination = partyOf(op.destination)
    const failure = credit(context, destination.id, assets.destination, op.destAmount)
    if (failure !== null) return receiveResult({ code: failure })
    const cost = convertBackward(context.ledger, context.source.id, assets.path, op.destAmount)
    if ('code' in cost) return receiveResult({ code: cost.code })
    if (cost.amount > op.sendMax) return receiveResult({ code: CODE.over_limit })
    const unpaid = debit(context, assets.source, cost.amount)
    if (unpaid !== null) return receiveResult({ code: unpaid })
    return receiveResult(
      succeed(context, op.destination, assets, { sent: cost.amount, received: op.destAmount, trades: cost.trades }),
    )
  },
})

/** PathPaymentStrictSend: the source gives exactly this, and the destination gets at least a limit. */
export const pathPaymentStrictSend = defineOperation(13, {
  threshold: 'medium',
  untouched: sendResult({ code: 0, success: NOTHING }),
  check({ pathPaymentStrictSendOp: op }) {
    const isMalformed = op.sendAmount <= 0n || op.destMin <= 0n || pathOf(op) === null
    return isMalformed ? sendResult({ code: CODE.malformed }) : null
  },
  apply({ pathPaymentStrictSendOp: op }, context) {
    const assets = pathOf(op)
    if (!assets) return sendResult({ code: CODE.malformed })
    const destination = partyOf(op.destination)
    const unpaid = debit(context, assets.source, op.sendAmount)
    if (unpaid !== null) return sendResult({ code: unpaid })
    const gain = convertForward(context.ledger, context.source.id, assets.path, op.sendAmount)
    if ('code' in gain) return sendResult({ code: gain.code })
    if (gain.amount < op.destMin) return sendResult({ code: CODE.over_limit })
    const failure = credit(context, destination.id, assets.destination, gain.amount)
    if (failure !== null) return sendResult({ code: failure })
    return sendResult(
      succeed(context, op.destination, assets, { sent: op.sendAmount, received: gain.amount, trades: gain.trades }),
    )
  },
})

type Conversion =
  | { readonly amount: bigint; readonly trades: readonly Trade[] }
  | { readonly code: typeof CODE.too_few_offers | typeof CODE.cross_self }

/** What of the first asset of a path buys exactly this much of the last. The sellers' sides are moved. */
export function convertBackward(
  ledger: Writable,
  taker: AccountId,
  path: readonly AssetKey[],
  amount: bigint,
): Conversion {
  const trades: Trade[] = []
  let needed = amount
  for (let at = path.length - 1; at > 0; at -= 1) {
    const [send = '', receive = ''] = [path[at - 1], path[at]]
    if (send === receive) continue
    const crossing = crossBook(ledger, {
      taker,
      send,
      receive,
      mostSent: INT64_MAX,
      mostReceived: needed,
      rounding: 'strict-receive',
    })
    if (crossing.end === 'own_offer') return { code: CODE.cross_self }
    if (crossing.received < needed) return { code: CODE.too_few_offers }
    trades.unshift(...crossing.trades)
    needed = crossing.sent
  }
  return { amount: needed, trades }
}

/** What exactly this much of the first asset of a path buys of the last. The sellers' sides are moved. */
export function convertForward(
  ledger: Writable,
  taker: AccountId,
  path: readonly AssetKey[],
  amount: bigint,
): Conversion {
  const trades: Trade[] = []
  let held = amount
  for (let at = 1; at < path.length; at += 1) {
    const [send = '', receive = ''] = [path[at - 1], path[at]]
    if (send === receive) continue
    const crossing = crossBook(ledger, {
      taker,
      send,
      receive,
      mostSent: held,
      mostReceived: INT64_MAX,
      rounding: 'strict-send',
    })
    if (crossing.end === 'own_offer') return { code: CODE.cross_self }
    if (crossing.sent < held) return { code: CODE.too_few_offers }
    trades.push(...crossing.trades)
    held = crossing.received
  }
  return { amount: held, trades }
}

type Assets = { readonly source: AssetKey; readonly destination: AssetKey; readonly path: readonly AssetKey[] }

/** The assets of a path from end to end, or null when one could not exist. */
function pathOf(op: {
  readonly sendAsset: xdr.AssetWire
  readonly destAsset: xdr.AssetWire
  readonly path: readonly xdr.AssetWire[]
}): Assets | null {
  const keys = [op.sendAsset, ...op.path, op.destAsset].map(assetKeyOf)
  const path = keys.flatMap((key) => (key === null ? [] : [key]))
  const source = path[0]
  const destination = path.at(-1)
  return path.length === keys.length && source !== undefined && destination !== undefined
    ? { source, destination, path }
    : null
}

function succeed(
  context: OperationContext,
  destination: xdr.MuxedAccountWire,
  assets: Assets,
  { sent, received, trades }: { readonly sent: bigint; readonly received: bigint; readonly trades: readonly Trade[] },
): Outcome {
  const to = partyOf(destination)
  context.emit(to, 'account_credited', { amount: formatStroops(received), ...assetFields(assets.destination) })
  context.emit(context.source, 'account_debited', { amount: formatStroops(sent), ...assetFields(assets.source) })
  tradeEffects(context, trades)
  const last = { destination: publicKeyWire(to.id), asset: assetWire(assets.destination), amount: received }
  return { code: 0, success: { offers: claimAtoms(trades), last } }
}
