import type { xdr } from '@stellar/stellar-sdk/base'
import { formatStroops } from '../amounts.ts'
import { assetFields, issuerOf } from '../assets.ts'
import { balanceIdOf } from '../balance-ids.ts'
import { accountOf, addCredit, addNative, isAuthorized, trustlineOf } from '../balances.ts'
import { allowsClaim } from '../predicates.ts'
import { changeAccount } from '../reserves.ts'
import type { Layer } from '../state.ts'
import { type AccountId, type BalanceEntry, keyOf } from '../types.ts'
import { defineOperation } from './rule.ts'

const CODE = {
  success: 0,
  does_not_exist: -1,
  cannot_claim: -2,
  line_full: -3,
  no_trust: -4,
  not_authorized: -5,
} as const
type Code = (typeof CODE)[keyof typeof CODE]

const result = (code: Code): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 15, claimClaimableBalanceResult: { code } },
})

/** ClaimClaimableBalance: a claimant whose predicate holds takes the whole balance. */
export const claimClaimableBalance = defineOperation(15, {
  threshold: 'low',
  untouched: result(CODE.success),
  check: () => null,
  apply({ claimClaimableBalanceOp: op }, { ledger, source, closeTime, emit }) {
    const balance = balanceOf(ledger, op.balanceId)
    if (!balance) return result(CODE.does_not_exist)
    const claimant = balance.claimants.find(({ destination }) => destination === source.id)
    if (!claimant || !allowsClaim(claimant.predicate, closeTime)) return result(CODE.cannot_claim)
    const failure = give(ledger, source.id, balance)
    if (failure !== null) return result(failure)

    removeBalance(ledger, balance)
    const amount = formatStroops(balance.amount)
    const flag = balance.clawbackEnabled && { claimable_balance_clawback_enabled_flag: true }
    emit(source, 'claimable_balance_claimed', { amount, balance_id: balance.id, asset: balance.asset, ...flag })
    emit(source, 'account_credited', { amount, ...assetFields(balance.asset) })
    emit(source, 'claimable_balance_sponsorship_removed', { balance_id: balance.id, former_sponsor: balance.sponsor })
    return result(CODE.success)
  },
})

/** The claimable balance with this id, if it is live. */
export function balanceOf(ledger: Layer, id: xdr.ClaimableBalanceIdWire): BalanceEntry | undefined {
  const entry = ledger.get(keyOf.balance(balanceIdOf(id)))
  return entry?.kind === 'balance' ? entry : undefined
}

/** Removes a balance and frees the reserves its sponsor had locked. */
export function removeBalance(ledger: Layer, balance: BalanceEntry): void {
  changeAccount(ledger, balance.sponsor, { sponsoring: -balance.claimants.length })
  ledger.set(keyOf.balance(balance.id), undefined)
}

function give(ledger: Layer, claimant: AccountId, { asset, amount }: BalanceEntry): Code | null {
  if (asset === 'native') {
    const account = accountOf(ledger, claimant)
    const credited = account && addNative(account, amount)
    if (!credited) return CODE.line_full
    ledger.set(keyOf.account(claimant), credited)
    return null
  }
  if (issuerOf(asset) === claimant) return null
  const line = trustlineOf(ledger, claimant, asset)
  if (!line) return CODE.no_trust
  if (!isAuthorized(line)) return CODE.not_authorized
  const credited = addCredit(line, amount)
  if (!credited) return CODE.line_full
  ledger.set(keyOf.trustline(claimant, asset), credited)
  return null
}
