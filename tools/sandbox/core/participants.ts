import type { xdr } from '@stellar/stellar-sdk/base'
import { addressOf, type Party, partyOf } from './addresses.ts'
import { claimantsOf } from './operations/create-claimable-balance.ts'
import type { AccountId } from './types.ts'

/** The accounts in whose history an operation appears: its source and the accounts that it names. */
export function participantsOf({
  source,
  body,
}: {
  readonly source: Party
  readonly body: xdr.OperationBodyWire
}): Set<AccountId> {
  const participants = new Set([source.id])
  switch (body.type) {
    case 0:
      participants.add(addressOf(body.createAccountOp.destination.ed25519))
      break
    case 1:
      participants.add(partyOf(body.paymentOp.destination).id)
      break
    case 2:
      participants.add(partyOf(body.pathPaymentStrictReceiveOp.destination).id)
      break
    case 7:
      participants.add(addressOf(body.allowTrustOp.trustor.ed25519))
      break
    case 8:
      participants.add(partyOf(body.destination).id)
      break
    case 14:
      for (const { destination } of claimantsOf(body.createClaimableBalanceOp.claimants) ?? []) {
        participants.add(destination)
      }
      break
    case 13:
      participants.add(partyOf(body.pathPaymentStrictSendOp.destination).id)
      break
    case 16:
      participants.add(addressOf(body.beginSponsoringFutureReservesOp.sponsoredId.ed25519))
      break
    case 18:
      for (const account of revokedAccounts(body.revokeSponsorshipOp)) participants.add(account)
      break
    case 19:
      participants.add(partyOf(body.clawbackOp.from).id)
      break
    case 21:
      participants.add(addressOf(body.setTrustLineFlagsOp.trustor.ed25519))
      break
    default:
  }
  return participants
}

/** The owner of what is no longer sponsored. */
function revokedAccounts(op: xdr.RevokeSponsorshipOpWire): AccountId[] {
  if (op.type === 1) return [addressOf(op.signer.accountId.ed25519)]
  const { ledgerKey } = op
  switch (ledgerKey.type) {
    case 0:
      return [addressOf(ledgerKey.account.accountId.ed25519)]
    case 1:
      return [addressOf(ledgerKey.trustLine.accountId.ed25519)]
    case 2:
      return [addressOf(ledgerKey.offer.sellerId.ed25519)]
    case 3:
      return [addressOf(ledgerKey.data.accountId.ed25519)]
    default:
      return []
  }
}
