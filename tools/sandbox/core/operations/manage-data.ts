import type { xdr } from '@stellar/stellar-sdk/base'
import { accountOf, withSubentry } from '../balances.ts'
import { OP } from '../codes.ts'
import { keyOf } from '../types.ts'
import { defineOperation, outerResult } from './rule.ts'
import { isPlainText } from './set-options.ts'

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
  apply({ manageDataOp: op }, { ledger, source, emit }) {
    const owner = accountOf(ledger, source.id)
    if (!owner) return outerResult(OP.no_source_account)
    const name = op.dataName.toString()
    const key = keyOf.data(source.id, name)
    const exists = ledger.get(key) !== undefined

    if (!op.dataValue) {
      if (!exists) return result(CODE.name_not_found)
      ledger.set(key, undefined)
      ledger.set(keyOf.account(source.id), { ...owner, subentries: owner.subentries - 1 })
      emit(source, 'data_removed', { name })
      return result(CODE.success)
    }

    const value = Buffer.from(op.dataValue).toString('base64')
    if (!exists) {
      const grown = withSubentry(owner)
      if (grown === 'too_many') return outerResult(OP.too_many_subentries)
      if (grown === 'low_reserve') return result(CODE.low_reserve)
      ledger.set(keyOf.account(source.id), grown)
    }
    ledger.set(key, { kind: 'data', account: source.id, name, value, modified: 0 })
    emit(source, exists ? 'data_updated' : 'data_created', { name, value })
    return result(CODE.success)
  },
})
