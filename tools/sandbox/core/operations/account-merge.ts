import type { xdr } from '@stellar/stellar-sdk/base'
import { partyOf } from '../addresses.ts'
import { formatStroops } from '../amounts.ts'
import { accountOf, addNative } from '../balances.ts'
import { OP } from '../codes.ts'
import { changeAccount } from '../reserves.ts'
import { ACCOUNT_FLAG, keyOf } from '../types.ts'
import { defineOperation, outerResult } from './rule.ts'
import { sponsorshipEffect } from './sponsorship-effects.ts'

const CODE = {
  malformed: -1,
  no_account: -2,
  immutable_set: -3,
  has_sub_entries: -4,
  seq_num_too_far: -5,
  dest_full: -6,
  is_sponsor: -7,
} as const

const failure = (code: (typeof CODE)[keyof typeof CODE]): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 8, accountMergeResult: { code } },
})

const success = (sourceAccountBalance: bigint): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 8, accountMergeResult: { code: 0, sourceAccountBalance } },
})

/** AccountMerge: gives the whole native balance to another account and removes the source. */
export const accountMerge = defineOperation(8, {
  threshold: 'high',
  untouched: success(0n),
  check: ({ destination }, source) => (partyOf(destination).id === source ? failure(CODE.malformed) : null),
  apply({ destination }, context) {
    const { ledger, source, ledgerSeq, sponsorships, emit } = context
    const into = partyOf(destination)
    const receiver = accountOf(ledger, into.id)
    if (!receiver) return failure(CODE.no_account)
    const account = accountOf(ledger, source.id)
    if (!account) return outerResult(OP.no_source_account)
    if ((account.flags & ACCOUNT_FLAG.immutable) !== 0) return failure(CODE.immutable_set)
    if (account.subentries !== account.signers.length) return failure(CODE.has_sub_entries)
    // A recreated account starts at ledger << 32: a merge must not let its sequence jump backwards.
    if (account.seq >= BigInt(ledgerSeq) << 32n) return failure(CODE.seq_num_too_far)
    const isSponsor = account.numSponsoring > 0 || [...sponsorships.values()].includes(source.id)
    if (isSponsor) return failure(CODE.is_sponsor)
    const credited = addNative(receiver, account.balance)
    if (!credited) return failure(CODE.dest_full)

    ledger.set(keyOf.account(into.id), credited)
    ledger.set(keyOf.account(source.id), undefined)
    // What others paid for the account and its signers is theirs again.
    if (account.sponsor !== null) changeAccount(ledger, account.sponsor, { sponsoring: -2 })
    for (const { sponsor } of account.signers) if (sponsor !== null) changeAccount(ledger, sponsor, { sponsoring: -1 })
    const details = { amount: formatStroops(account.balance), asset_type: 'native' }
    emit(source, 'account_debited', details)
    emit(into, 'account_credited', details)
    emit(source, 'account_removed', {})
    sponsorshipEffect(context, account, account.sponsor, null)
    return success(account.balance)
  },
})
