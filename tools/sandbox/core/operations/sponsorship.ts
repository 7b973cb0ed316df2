import type { xdr } from '@stellar/stellar-sdk/base'
import { addressOf } from '../addresses.ts'
import { stateKeyOfWire } from '../ledger-keys.ts'
import { canLock, changeAccount } from '../reserves.ts'
import { type AccountEntry, type AccountId, type Entry, keyOf } from '../types.ts'
import { defineOperation, type OperationContext } from './rule.ts'
import { sponsorshipEffect } from './sponsorship-effects.ts'

const BEGIN = { success: 0, malformed: -1, already_sponsored: -2, recursive: -3 } as const
const REVOKE = {
  success: 0,
  does_not_exist: -1,
  not_sponsor: -2,
  low_reserve: -3,
  only_transferable: -4,
  malformed: -5,
} as const

const beginResult = (code: (typeof BEGIN)[keyof typeof BEGIN]): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 16, beginSponsoringFutureReservesResult: { code } },
})

const endResult = (code: 0 | -1): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 17, endSponsoringFutureReservesResult: { code } },
})

const revokeResult = (code: (typeof REVOKE)[keyof typeof REVOKE]): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 18, revokeSponsorshipResult: { code } },
})

/** BeginSponsoringFutureReserves: from now on, to the end of the transaction, the source pays the reserves of another account. */
export const beginSponsoring = defineOperation(16, {
  threshold: 'medium',
  untouched: beginResult(BEGIN.success),
  check: ({ beginSponsoringFutureReservesOp: op }, source) =>
    addressOf(op.sponsoredId.ed25519) === source ? beginResult(BEGIN.malformed) : null,
  apply({ beginSponsoringFutureReservesOp: op }, { sponsorships, source }) {
    const sponsored = addressOf(op.sponsoredId.ed25519)
    if (sponsorships.has(sponsored)) return beginResult(BEGIN.already_sponsored)
    const isRecursive = sponsorships.has(source.id) || [...sponsorships.values()].includes(sponsored)
    if (isRecursive) return beginResult(BEGIN.recursive)
    sponsorships.set(sponsored, source.id)
    return beginResult(BEGIN.success)
  },
})

/** EndSponsoringFutureReserves: the sponsored account agrees, and pays for itself again. */
export const endSponsoring = defineOperation(17, {
  threshold: 'medium',
  untouched: endResult(0),
  check: () => null,
  apply(_, { sponsorships, source }) {
    return endResult(sponsorships.delete(source.id) ? 0 : -1)
  },
})

/** RevokeSponsorship: the sponsor of an entry or signer hands the reserve to the owner, or to the one who sponsors the source now. */
export const revokeSponsorship = defineOperation(18, {
  threshold: 'medium',
  untouched: revokeResult(REVOKE.success),
  check({ revokeSponsorshipOp: op }) {
    const isMalformed = op.type === 0 ? op.ledgerKey.type > 4 : op.signer.signerKey.type !== 0
    return isMalformed ? revokeResult(REVOKE.malformed) : null
  },
  apply({ revokeSponsorshipOp: op }, context) {
    if (op.type === 1) {
      const { accountId, signerKey } = op.signer
      if (signerKey.type !== 0) return revokeResult(REVOKE.malformed)
      return revokeResult(revokeSigner(context, addressOf(accountId.ed25519), addressOf(signerKey.ed25519)))
    }
    const key = stateKeyOfWire(op.ledgerKey)
    const entry = key === null ? undefined : context.ledger.get(key)
    return revokeResult(entry && key !== null ? revokeEntry(context, key, entry) : REVOKE.does_not_exist)
  },
})

type Code = (typeof REVOKE)[keyof typeof REVOKE]

function revokeEntry(context: OperationContext, key: string, entry: Entry): Code {
  if (!('sponsor' in entry)) return REVOKE.malformed
  const owner = ownerOf(entry)
  const next = context.sponsorships.get(context.source.id) ?? null
  if ((entry.sponsor ?? owner) !== context.source.id) return REVOKE.not_sponsor
  if (entry.kind === 'balance') {
    if (next === null) return REVOKE.only_transferable
    const moved = moveReserves(context, {
      owner: null,
      from: entry.sponsor,
      to: next,
      reserves: entry.claimants.length,
    })
    if (!moved) return REVOKE.low_reserve
    context.ledger.set(key, { ...entry, sponsor: next })
    sponsorshipEffect(context, entry, entry.sponsor, next)
    return REVOKE.success
  }
  const reserves = entry.kind === 'account' ? 2 : 1
  if (!moveReserves(context, { owner, from: entry.sponsor, to: next, reserves })) return REVOKE.low_reserve
  // The entry of an account has just changed with its counts.
  const changed = context.ledger.get(key)
  if (changed && 'sponsor' in changed && changed.kind === entry.kind) {
    context.ledger.set(key, { ...changed, sponsor: next } as Entry)
  }
  sponsorshipEffect(context, entry, entry.sponsor, next)
  return REVOKE.success
}

function revokeSigner(context: OperationContext, owner: AccountId, signer: AccountId): Code {
  const { ledger, sponsorships, source } = context
  const find = (): AccountEntry | undefined => {
    const entry = ledger.get(keyOf.account(owner))
    return entry?.kind === 'account' ? entry : undefined
  }
  const found = find()?.signers.find(({ key }) => key === signer)
  if (!found) return REVOKE.does_not_exist
  if ((found.sponsor ?? owner) !== source.id) return REVOKE.not_sponsor
  const next = sponsorships.get(source.id) ?? null
  if (!moveReserves(context, { owner, from: found.sponsor, to: next, reserves: 1 })) return REVOKE.low_reserve
  const account = find()
  if (account) {
    const signers = account.signers.map((one) => (one.key === signer ? { ...one, sponsor: next } : one))
    ledger.set(keyOf.account(owner), { ...account, signers })
  }
  sponsorshipEffect(context, { kind: 'signer', account: owner, key: signer }, found.sponsor, next)
  return REVOKE.success
}

/** Moves locked reserves from one payer to another; null stands for the owner. False when the new payer cannot lock them. */
function moveReserves(
  { ledger }: OperationContext,
  {
    owner,
    from,
    to,
    reserves,
  }: {
    readonly owner: AccountId | null
    readonly from: AccountId | null
    readonly to: AccountId | null
    readonly reserves: number
  },
): boolean {
  if (from === to) return true
  const payer = to ?? owner
  if (payer !== null && !canLock(ledger, payer, reserves)) return false
  if (from !== null) changeAccount(ledger, from, { sponsoring: -reserves })
  if (to !== null) changeAccount(ledger, to, { sponsoring: reserves })
  const sponsored = (to === null ? 0 : reserves) - (from === null ? 0 : reserves)
  if (owner !== null) changeAccount(ledger, owner, { sponsored })
  return true
}

function ownerOf(entry: Extract<Entry, { readonly sponsor: unknown }>): AccountId {
  switch (entry.kind) {
    case 'account':
      return entry.id
    case 'offer':
      return entry.seller
    case 'balance':
      return entry.sponsor
    default:
      return entry.account
  }
}
