import type { xdr } from '@stellar/stellar-sdk/base'
import { addressOf } from '../addresses.ts'
import { formatStroops } from '../amounts.ts'
import { accountOf, addNative, availableBalance, BASE_RESERVE } from '../balances.ts'
import { canLock, changeAccount } from '../reserves.ts'
import { type AccountEntry, type AccountId, keyOf } from '../types.ts'
import { defineOperation } from './rule.ts'
import { sponsorshipEffect } from './sponsorship-effects.ts'

const CODE = { success: 0, malformed: -1, underfunded: -2, low_reserve: -3, already_exists: -4 } as const

const result = (code: (typeof CODE)[keyof typeof CODE]): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 0, createAccountResult: { code } },
})

/** CreateAccount: a new account with a starting balance that covers its own two reserves. */
export const createAccount = defineOperation(0, {
  threshold: 'medium',
  untouched: result(CODE.success),
  check({ createAccountOp: op }, source) {
    return op.startingBalance < 0n || addressOf(op.destination.ed25519) === source ? result(CODE.malformed) : null
  },
  apply({ createAccountOp: op }, context) {
    const { ledger, source, ledgerSeq, sponsorships, emit } = context
    const destination = addressOf(op.destination.ed25519)
    if (accountOf(ledger, destination)) return result(CODE.already_exists)
    const sponsor = sponsorships.get(destination) ?? null
    const isCovered = sponsor === null ? op.startingBalance >= 2n * BASE_RESERVE : canLock(ledger, sponsor, 2)
    if (!isCovered) return result(CODE.low_reserve)
    if (sponsor !== null) changeAccount(ledger, sponsor, { sponsoring: 2 })

    const funder = accountOf(ledger, source.id)
    if (!funder || availableBalance(funder) < op.startingBalance) return result(CODE.underfunded)
    const paid = addNative(funder, -op.startingBalance)
    if (!paid) return result(CODE.underfunded)

    ledger.set(keyOf.account(source.id), paid)
    const plain = newAccount(destination, op.startingBalance, BigInt(ledgerSeq) << 32n)
    const created = { ...plain, sponsor, numSponsored: sponsor === null ? 0 : 2 }
    ledger.set(keyOf.account(destination), created)
    const amount = formatStroops(op.startingBalance)
    emit(destination, 'account_created', { starting_balance: amount })
    emit(source, 'account_debited', { asset_type: 'native', amount })
    emit(destination, 'signer_created', { public_key: destination, weight: 1 })
    sponsorshipEffect(context, created, null, sponsor)
    return result(CODE.success)
  },
})

/** A fresh account entry with master weight 1 and thresholds 0. */
export function newAccount(id: AccountId, balance: bigint, seq: bigint): AccountEntry {
  return {
    kind: 'account',
    id,
    balance,
    seq,
    seqLedger: 0,
    seqTime: 0n,
    subentries: 0,
    inflationDest: null,
    flags: 0,
    homeDomain: '',
    thresholds: { master: 1, low: 0, medium: 0, high: 0 },
    signers: [],
    numSponsoring: 0,
    numSponsored: 0,
    buying: 0n,
    selling: 0n,
    sponsor: null,
    modified: 0,
  }
}
