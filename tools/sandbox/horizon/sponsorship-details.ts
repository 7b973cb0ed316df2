import type { xdr } from '@stellar/stellar-sdk/base'
import { addressOf } from '../core/addresses.ts'
import { assetKeyOf } from '../core/assets.ts'
import { balanceIdOf } from '../core/balance-ids.ts'
import type { OperationRecord } from '../core/history.ts'
import { sourceOf } from '../core/validate.ts'

/** The fields of the three operations about sponsorship. */
export function sponsorshipDetails(record: OperationRecord): Record<string, unknown> {
  const { body } = record
  if (body.type === 16) return { sponsored_id: addressOf(body.beginSponsoringFutureReservesOp.sponsoredId.ed25519) }
  if (body.type === 17) return { begin_sponsor: beginnerOf(record) }
  return body.type === 18 ? revokedDetails(body.revokeSponsorshipOp) : {}
}

/** Who began the sponsorship that an operation ends: the last one before it who named its source. */
function beginnerOf({ source, index, transaction }: OperationRecord): string | null {
  const { envelope } = transaction()
  const begin = envelope.operations
    .slice(0, index)
    .findLast(
      ({ body }) =>
        body.type === 16 && addressOf(body.beginSponsoringFutureReservesOp.sponsoredId.ed25519) === source.id,
    )
  return begin ? sourceOf(envelope, begin).id : null
}

function revokedDetails(op: xdr.RevokeSponsorshipOpWire): Record<string, unknown> {
  if (op.type === 1) {
    const { accountId, signerKey } = op.signer
    return {
      signer_account_id: addressOf(accountId.ed25519),
      ...(signerKey.type === 0 && { signer_key: addressOf(signerKey.ed25519) }),
    }
  }
  const { ledgerKey: key } = op
  switch (key.type) {
    case 0:
      return { account_id: addressOf(key.account.accountId.ed25519) }
    case 1:
      return {
        trustline_account_id: addressOf(key.trustLine.accountId.ed25519),
        trustline_asset: assetKeyOf(key.trustLine.asset),
      }
    case 2:
      return { offer_id: key.offer.offerId.toString() }
    case 3:
      return { data_account_id: addressOf(key.data.accountId.ed25519), data_name: key.data.dataName.toString() }
    case 4:
      return { claimable_balance_id: balanceIdOf(key.claimableBalance.balanceId) }
    default:
      return {}
  }
}
