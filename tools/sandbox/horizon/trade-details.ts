import type { xdr } from '@stellar/stellar-sdk/base'
import { partyOf } from '../core/addresses.ts'
import { formatStroops } from '../core/amounts.ts'
import type { OperationRecord } from '../core/history.ts'
import { operationResultOf } from '../core/results.ts'
import { priceText } from './offers.ts'
import { fieldsOfAsset, partyFields } from './party-fields.ts'

type Body = xdr.OperationBodyWire

/** The fields of a path payment: what was to move, and what did. */
export function pathDetails(record: OperationRecord): Record<string, unknown> {
  const { body, source } = record
  if (body.type !== 2 && body.type !== 13) return {}
  const op = body.type === 2 ? body.pathPaymentStrictReceiveOp : body.pathPaymentStrictSendOp
  const moved = movedBy(record)
  const limits =
    body.type === 2
      ? {
          amount: formatStroops(body.pathPaymentStrictReceiveOp.destAmount),
          source_amount: formatStroops(moved.sent),
          source_max: formatStroops(body.pathPaymentStrictReceiveOp.sendMax),
        }
      : {
          amount: formatStroops(moved.received),
          source_amount: formatStroops(body.pathPaymentStrictSendOp.sendAmount),
          destination_min: formatStroops(body.pathPaymentStrictSendOp.destMin),
        }
  return {
    ...partyFields('from', source),
    ...partyFields('to', partyOf(op.destination)),
    ...fieldsOfAsset(op.destAsset),
    ...withPrefix('source', op.sendAsset),
    ...limits,
    path: op.path.map(fieldsOfAsset),
  }
}

/** The fields of an offer that is made, changed or taken back. */
export function offerDetails(body: Body): Record<string, unknown> {
  if (body.type !== 3 && body.type !== 4 && body.type !== 12) return {}
  const op: xdr.CreatePassiveSellOfferOpWire & { readonly offerId?: bigint } =
    body.type === 3
      ? body.manageSellOfferOp
      : body.type === 4
        ? body.createPassiveSellOfferOp
        : { ...body.manageBuyOfferOp, amount: body.manageBuyOfferOp.buyAmount }
  return {
    ...(op.offerId !== undefined && { offer_id: op.offerId.toString() }),
    amount: formatStroops(op.amount),
    price: op.price.d === 0 ? '0.0000000' : priceText(op.price),
    price_r: op.price,
    ...withPrefix('buying', op.buying),
    ...withPrefix('selling', op.selling),
  }
}

function withPrefix(name: string, asset: xdr.AssetWire): Record<string, string> {
  return Object.fromEntries(Object.entries(fieldsOfAsset(asset)).map(([field, value]) => [`${name}_${field}`, value]))
}

/** What a path payment took and gave; nothing when it failed. */
function movedBy(record: OperationRecord): { readonly sent: bigint; readonly received: bigint } {
  const { body } = record
  const result = operationResultOf(record.transaction().result, record.index)
  const nothing = { sent: 0n, received: 0n }
  if (!record.successful || result?.code !== 0) return nothing
  const { tr } = result
  if (tr.type === 13 && tr.pathPaymentStrictSendResult.code === 0) {
    return { sent: 0n, received: tr.pathPaymentStrictSendResult.success.last.amount }
  }
  if (body.type !== 2 || tr.type !== 2 || tr.pathPaymentStrictReceiveResult.code !== 0) return nothing
  const { offers, last } = tr.pathPaymentStrictReceiveResult.success
  // Without a trade the source gave what the destination got; else what its first asset paid for.
  const first = JSON.stringify(fieldsOfAsset(body.pathPaymentStrictReceiveOp.sendAsset))
  const paid = offers.flatMap((atom) =>
    atom.type === 1 && JSON.stringify(fieldsOfAsset(atom.orderBook.assetBought)) === first
      ? [atom.orderBook.amountBought]
      : [],
  )
  return { sent: offers.length === 0 ? last.amount : paid.reduce((sum, one) => sum + one, 0n), received: last.amount }
}
