import type { xdr } from '@stellar/stellar-sdk/base'
import { partyOf } from '../addresses.ts'
import { formatStroops } from '../amounts.ts'
import { assetFields, assetKeyOf, issuerOf } from '../assets.ts'
import { addCredit, trustlineOf } from '../balances.ts'
import { keyOf, LINE_FLAG } from '../types.ts'
import { balanceOf, removeBalance } from './claim-claimable-balance.ts'
import { defineOperation } from './rule.ts'

const CODE = { success: 0, malformed: -1, not_clawback_enabled: -2, no_trust: -3, underfunded: -4 } as const
const BALANCE_CODE = { success: 0, does_not_exist: -1, not_issuer: -2, not_clawback_enabled: -3 } as const

const result = (code: (typeof CODE)[keyof typeof CODE]): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 19, clawbackResult: { code } },
})

const balanceResult = (code: (typeof BALANCE_CODE)[keyof typeof BALANCE_CODE]): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 20, clawbackClaimableBalanceResult: { code } },
})

/** Clawback: the issuer burns credit in a holder's trustline. */
export const clawback = defineOperation(19, {
  threshold: 'medium',
  untouched: result(CODE.success),
  check({ clawbackOp: op }, source) {
    const asset = assetKeyOf(op.asset)
    const from = partyOf(op.from)
    const fromSelf = from.id === source && from.muxed === null
    return fromSelf || op.amount < 1n || asset === null || issuerOf(asset) !== source ? result(CODE.malformed) : null
  },
  apply({ clawbackOp: op }, { ledger, source, emit }) {
    const asset = assetKeyOf(op.asset)
    if (asset === null) return result(CODE.malformed)
    const from = partyOf(op.from)
    const line = trustlineOf(ledger, from.id, asset)
    if (!line) return result(CODE.no_trust)
    if ((line.flags & LINE_FLAG.clawback) === 0) return result(CODE.not_clawback_enabled)
    const debited = addCredit(line, -op.amount)
    if (!debited) return result(CODE.underfunded)

    ledger.set(keyOf.trustline(from.id, asset), debited)
    const details = { amount: formatStroops(op.amount), ...assetFields(asset) }
    emit(source, 'account_credited', details)
    emit(from, 'account_debited', details)
    return result(CODE.success)
  },
})

/** ClawbackClaimableBalance: the issuer burns a whole claimable balance. */
export const clawbackClaimableBalance = defineOperation(20, {
  threshold: 'medium',
  untouched: balanceResult(BALANCE_CODE.success),
  check: () => null,
  apply({ clawbackClaimableBalanceOp: op }, { ledger, source, emit }) {
    const balance = balanceOf(ledger, op.balanceId)
    if (!balance) return balanceResult(BALANCE_CODE.does_not_exist)
    if (issuerOf(balance.asset) !== source.id) return balanceResult(BALANCE_CODE.not_issuer)
    if (!balance.clawbackEnabled) return balanceResult(BALANCE_CODE.not_clawback_enabled)

    removeBalance(ledger, balance)
    emit(source, 'claimable_balance_clawed_back', { balance_id: balance.id })
    emit(source, 'account_credited', { amount: formatStroops(balance.amount), ...assetFields(balance.asset) })
    emit(source, 'claimable_balance_sponsorship_removed', { balance_id: balance.id, former_sponsor: balance.sponsor })
    return balanceResult(BALANCE_CODE.success)
  },
})
