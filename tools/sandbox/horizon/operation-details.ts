import type { xdr } from '@stellar/stellar-sdk/base'
import { addressOf, type Party, partyOf, publicKeyWire } from '../core/addresses.ts'
import { formatStroops } from '../core/amounts.ts'
import { assetKeyOf } from '../core/assets.ts'
import type { OperationRecord } from '../core/history.ts'
import { claimantsOf } from '../core/operations/create-claimable-balance.ts'
import { predicateJson } from '../core/predicates.ts'
import { ACCOUNT_FLAG, LINE_FLAG } from '../core/types.ts'
import { contractDetails } from './contract-details.ts'
import { fieldsOfAsset, partyFields } from './party-fields.ts'
import { sponsorshipDetails } from './sponsorship-details.ts'
import { offerDetails, pathDetails } from './trade-details.ts'

type Details = Record<string, unknown>

/** The fields that Horizon adds to an operation by its type. */
export function operationDetails(record: OperationRecord): Details {
  const { body, source, balanceId, successful } = record
  switch (body.type) {
    case 0:
      return {
        ...partyFields('funder', source),
        account: addressOf(body.createAccountOp.destination.ed25519),
        starting_balance: formatStroops(body.createAccountOp.startingBalance),
      }
    case 1:
      return {
        ...partyFields('from', source),
        ...partyFields('to', partyOf(body.paymentOp.destination)),
        amount: formatStroops(body.paymentOp.amount),
        ...fieldsOfAsset(body.paymentOp.asset),
      }
    case 2:
    case 13:
      return pathDetails(record)
    case 3:
    case 4:
    case 12:
      return offerDetails(body)
    case 7:
      return allowDetails(body.allowTrustOp, source)
    case 16:
    case 17:
    case 18:
      return sponsorshipDetails(record)
    case 24:
      return contractDetails(body.invokeHostFunctionOp)
    case 5:
      return optionDetails(body.setOptionsOp)
    case 6:
      return trustDetails(body.changeTrustOp, source)
    case 8:
      return { ...partyFields('account', source), ...partyFields('into', partyOf(body.destination)) }
    case 10: {
      const { dataName, dataValue } = body.manageDataOp
      return { name: dataName.toString(), value: dataValue && Buffer.from(dataValue).toString('base64') }
    }
    case 11:
      return { bump_to: body.bumpSequenceOp.bumpTo.toString() }
    case 14:
      // Horizon reads the sponsor from the entry that was created, so a failed operation has none.
      return { ...(successful && { sponsor: source.id }), ...balanceDetails(body.createClaimableBalanceOp) }
    case 15:
      return { balance_id: balanceId, ...partyFields('claimant', source) }
    case 19:
      return {
        ...fieldsOfAsset(body.clawbackOp.asset),
        ...partyFields('from', partyOf(body.clawbackOp.from)),
        amount: formatStroops(body.clawbackOp.amount),
      }
    case 20:
      return { balance_id: balanceId }
    case 21: {
      const { asset, trustor, setFlags, clearFlags } = body.setTrustLineFlagsOp
      return {
        ...fieldsOfAsset(asset),
        trustor: addressOf(trustor.ed25519),
        ...flagFields('set_flags', setFlags, LINE_FLAG_NAMES),
        ...flagFields('clear_flags', clearFlags, LINE_FLAG_NAMES),
      }
    }
    default:
      return {}
  }
}

// `liabilites` is misspelt by Horizon too.
const LINE_FLAG_NAMES = [
  [LINE_FLAG.authorized, 'authorized'],
  [LINE_FLAG.maintain, 'authorized_to_maintain_liabilites'],
  [LINE_FLAG.clawback, 'clawback_enabled'],
] as const

const ACCOUNT_FLAG_NAMES = [
  [ACCOUNT_FLAG.required, 'auth_required'],
  [ACCOUNT_FLAG.revocable, 'auth_revocable'],
  [ACCOUNT_FLAG.immutable, 'auth_immutable'],
  [ACCOUNT_FLAG.clawback, 'auth_clawback_enabled'],
] as const

function flagFields(name: string, flags: number, names: readonly (readonly [number, string])[]): Details {
  if (flags === 0) return {}
  const set = names.filter(([flag]) => (flags & flag) !== 0)
  return { [name]: set.map(([flag]) => flag), [`${name}_s`]: set.map(([, text]) => text) }
}

function allowDetails(op: xdr.AllowTrustOpWire, source: Party): Details {
  const issuer = publicKeyWire(source.id)
  const asset: xdr.AssetWire =
    op.asset.type === 1
      ? { type: 1, alphaNum4: { assetCode: op.asset.assetCode4, issuer } }
      : { type: 2, alphaNum12: { assetCode: op.asset.assetCode12, issuer } }
  return {
    ...fieldsOfAsset(asset),
    ...partyFields('trustee', source),
    trustor: addressOf(op.trustor.ed25519),
    authorize: (op.authorize & LINE_FLAG.authorized) !== 0,
    authorize_to_maintain_liabilities: (op.authorize & LINE_FLAG.maintain) !== 0,
  }
}

function trustDetails(op: xdr.ChangeTrustOpWire, source: Party): Details {
  const fields = fieldsOfAsset(op.line)
  return {
    ...fields,
    limit: formatStroops(op.limit),
    ...(fields.asset_issuer !== undefined && { trustee: fields.asset_issuer }),
    ...partyFields('trustor', source),
  }
}

function balanceDetails(op: xdr.CreateClaimableBalanceOpWire): Details {
  const claimants = claimantsOf(op.claimants) ?? []
  return {
    asset: assetKeyOf(op.asset) ?? '',
    amount: formatStroops(op.amount),
    claimants: claimants.map(({ destination, predicate }) => ({ destination, predicate: predicateJson(predicate) })),
  }
}

function optionDetails(op: xdr.SetOptionsOpWire): Details {
  const key = op.signer?.key
  return {
    ...(op.inflationDest && { inflation_dest: addressOf(op.inflationDest.ed25519) }),
    ...flagFields('set_flags', op.setFlags ?? 0, ACCOUNT_FLAG_NAMES),
    ...flagFields('clear_flags', op.clearFlags ?? 0, ACCOUNT_FLAG_NAMES),
    ...(op.masterWeight !== null && { master_key_weight: op.masterWeight }),
    ...(op.lowThreshold !== null && { low_threshold: op.lowThreshold }),
    ...(op.medThreshold !== null && { med_threshold: op.medThreshold }),
    ...(op.highThreshold !== null && { high_threshold: op.highThreshold }),
    ...(op.homeDomain && { home_domain: op.homeDomain.toString() }),
    ...(key?.type === 0 && { signer_key: addressOf(key.ed25519) }),
    ...(op.signer && { signer_weight: op.signer.weight }),
  }
}
