import type { xdr } from '@stellar/stellar-sdk/base'
import { formatStroops } from '../amounts.ts'
import { assetFields, assetKeyOf, issuerOf } from '../assets.ts'
import { accountOf, trustlineOf } from '../balances.ts'
import { OP } from '../codes.ts'
import { freeSubentry, takeSubentry } from '../reserves.ts'
import { ACCOUNT_FLAG, keyOf, LINE_FLAG, type TrustlineEntry } from '../types.ts'
import { defineOperation, outerResult } from './rule.ts'
import { sponsorshipEffect } from './sponsorship-effects.ts'

const CODE = { success: 0, malformed: -1, no_issuer: -2, invalid_limit: -3, low_reserve: -4 } as const

const result = (code: (typeof CODE)[keyof typeof CODE]): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 6, changeTrustResult: { code } },
})

/** ChangeTrust for credit assets: opens, limits and closes a trustline. Pool shares are malformed here. */
export const changeTrust = defineOperation(6, {
  threshold: 'medium',
  untouched: result(CODE.success),
  check({ changeTrustOp: op }, source) {
    const asset = assetKeyOf(op.line)
    const wrong = op.limit < 0n || asset === null || asset === 'native' || issuerOf(asset) === source
    return wrong ? result(CODE.malformed) : null
  },
  apply({ changeTrustOp: op }, context) {
    const { ledger, source, emit } = context
    const asset = assetKeyOf(op.line)
    if (asset === null) return result(CODE.malformed)
    const key = keyOf.trustline(source.id, asset)
    const line = trustlineOf(ledger, source.id, asset)
    const issuer = accountOf(ledger, issuerOf(asset) ?? '')
    const details = { limit: formatStroops(op.limit), ...assetFields(asset) }

    if (line) {
      if (op.limit < line.balance + line.buying) return result(CODE.invalid_limit)
      if (op.limit === 0n) {
        ledger.set(key, undefined)
        freeSubentry(ledger, source.id, line.sponsor)
        emit(source, 'trustline_removed', details)
        sponsorshipEffect(context, line, line.sponsor, null)
        return result(CODE.success)
      }
      if (!issuer) return result(CODE.no_issuer)
      ledger.set(key, { ...line, limit: op.limit })
      emit(source, 'trustline_updated', details)
      return result(CODE.success)
    }

    if (op.limit === 0n) return result(CODE.invalid_limit)
    if (!issuer) return result(CODE.no_issuer)
    const taken = takeSubentry(context, source.id)
    if (taken === 'too_many') return outerResult(OP.too_many_subentries)
    if (taken === 'low_reserve') return result(CODE.low_reserve)
    const authorized = (issuer.flags & ACCOUNT_FLAG.required) === 0 ? LINE_FLAG.authorized : 0
    const clawback = (issuer.flags & ACCOUNT_FLAG.clawback) !== 0 ? LINE_FLAG.clawback : 0
    const opened: TrustlineEntry = {
      kind: 'trustline',
      account: source.id,
      asset,
      balance: 0n,
      limit: op.limit,
      flags: authorized | clawback,
      buying: 0n,
      selling: 0n,
      sponsor: taken.sponsor,
      modified: 0,
    }
    ledger.set(key, opened)
    emit(source, 'trustline_created', details)
    sponsorshipEffect(context, opened, null, taken.sponsor)
    return result(CODE.success)
  },
})
