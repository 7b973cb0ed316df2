import type { xdr } from '@stellar/stellar-sdk/base'
import { accountOf } from '../balances.ts'
import { OP } from '../codes.ts'
import { freeSubentry, takeSubentry } from '../reserves.ts'
import { type DataEntry, keyOf } from '../types.ts'
import { defineOperation, outerResult } from './rule.ts'
import { isPlainText } from './set-options.ts'
import { sponsorshipEffect } from './sponsorship-effects.ts'

const CODE = { success: 0, name_not_found: -2, low_reserve: -3, invalid_name: -4 } as const

const result = (code: (typeof CODE)[keyof typeof CODE]): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 10, manageDataResult: { code } },
})

/** ManageData: sets, replaces or removes a named value of the source account. */
export const manageData = defineOperation(10, {
  threshold: 'medium',
  untouched: result(CODE.success),
  check({ manageDataOp: op }) {
    return op.dataName.length < 1 || !isPlainText(op.dataName.bytes) ? result(CODE.invalid_name) : null
  },
  apply({ manageDataOp: op }, context) {
    const { ledger, source, emit } = context
    if (!accountOf(ledger, source.id)) return outerResult(OP.no_source_account)
    const name = op.dataName.toString()
    const key = keyOf.data(source.id, name)
    const found = ledger.get(key)
    const old = found?.kind === 'data' ? found : undefined

    if (!op.dataValue) {
      if (!old) return result(CODE.name_not_found)
      ledger.set(key, undefined)
      freeSubentry(ledger, source.id, old.sponsor)
      emit(source, 'data_removed', { name })
      sponsorshipEffect(context, old, old.sponsor, null)
      return result(CODE.success)
    }

    const value = Buffer.from(op.dataValue).toString('base64')
    const taken = old ?? takeSubentry(context, source.id)
    if (taken === 'too_many') return outerResult(OP.too_many_subentries)
    if (taken === 'low_reserve') return result(CODE.low_reserve)
    const entry: DataEntry = { kind: 'data', account: source.id, name, value, sponsor: taken.sponsor, modified: 0 }
    ledger.set(key, entry)
    emit(source, old ? 'data_updated' : 'data_created', { name, value })
    if (!old) sponsorshipEffect(context, entry, null, entry.sponsor)
    return result(CODE.success)
  },
})
