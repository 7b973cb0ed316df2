import type { xdr } from '@stellar/stellar-sdk/base'
import { addressOf, type Party, partyOf } from './addresses.ts'
import { claimantsOf } from './operations/create-claimable-balance.ts'
import type { AccountId } from './types.ts'

/** The accounts in whose history an operation appears: its source and whoever it names. */
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
    case 8:
      participants.add(partyOf(body.destination).id)
      break
    case 14:
      for (const { destination } of claimantsOf(body.createClaimableBalanceOp.claimants) ?? []) {
        participants.add(destination)
      }
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
