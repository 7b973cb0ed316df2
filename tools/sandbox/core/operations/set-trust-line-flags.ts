import type { xdr } from '@stellar/stellar-sdk/base'
import { addressOf, publicKeyWire } from '../addresses.ts'
import { assetFields, assetKeyOf, issuerOf } from '../assets.ts'
import { accountOf, trustlineOf } from '../balances.ts'
import { ACCOUNT_FLAG, type AccountId, type AssetKey, keyOf, LINE_FLAG } from '../types.ts'
import { removeOffersOf } from './offer-removal.ts'
import { defineOperation, type OperationContext } from './rule.ts'

const CODE = { success: 0, malformed: -1, no_trust: -2, cant_revoke: -3, invalid_state: -4, low_reserve: -5 } as const
const ALLOW = { success: 0, malformed: -1, no_trust: -2, cant_revoke: -4, self: -5 } as const

const AUTH = LINE_FLAG.authorized | LINE_FLAG.maintain
const ALL = AUTH | LINE_FLAG.clawback

const result = (code: (typeof CODE)[keyof typeof CODE]): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 21, setTrustLineFlagsResult: { code } },
})

const allowResult = (code: (typeof ALLOW)[keyof typeof ALLOW]): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 7, allowTrustResult: { code } },
})

/** SetTrustLineFlags: the issuer authorizes, freezes or removes clawback from a trustline. */
export const setTrustLineFlags = defineOperation(21, {
  threshold: 'low',
  untouched: result(CODE.success),
  check({ setTrustLineFlagsOp: op }, source) {
    const asset = assetKeyOf(op.asset)
    const wrong =
      asset === null ||
      issuerOf(asset) !== source ||
      addressOf(op.trustor.ed25519) === source ||
      (op.setFlags & op.clearFlags) !== 0 ||
      (op.setFlags & ~AUTH) !== 0 ||
      (op.setFlags & AUTH) === AUTH ||
      (op.clearFlags & ~ALL) !== 0
    return wrong ? result(CODE.malformed) : null
  },
  apply({ setTrustLineFlagsOp: op }, context) {
    const asset = assetKeyOf(op.asset)
    if (asset === null) return result(CODE.malformed)
    const trustor = addressOf(op.trustor.ed25519)
    const outcome = changeFlags(context, trustor, asset, op.setFlags, op.clearFlags)
    if (outcome === 'success') tellFlags(context, trustor, asset, op.setFlags, op.clearFlags)
    return result(CODE[outcome])
  },
})

/** AllowTrust, the older form: authorizes, authorizes to maintain liabilities, or revokes. */
export const allowTrust = defineOperation(7, {
  threshold: 'low',
  untouched: allowResult(ALLOW.success),
  check({ allowTrustOp: op }, source) {
    if (addressOf(op.trustor.ed25519) === source) return allowResult(ALLOW.malformed)
    const isMalformed = op.authorize > 2 || assetOfIssuer(op.asset, source) === null
    return isMalformed ? allowResult(ALLOW.malformed) : null
  },
  apply({ allowTrustOp: op }, context) {
    const asset = assetOfIssuer(op.asset, context.source.id)
    if (asset === null) return allowResult(ALLOW.malformed)
    const trustor = addressOf(op.trustor.ed25519)
    const outcome = changeFlags(context, trustor, asset, op.authorize, AUTH & ~op.authorize)
    if (outcome === 'success') {
      // Horizon tells it twice: as it always did, and as the newer operation does.
      const effect = ALLOW_EFFECTS[op.authorize] ?? 'trustline_deauthorized'
      context.emit(context.source, effect, { trustor, ...assetFields(asset) })
      tellFlags(context, trustor, asset, op.authorize, op.authorize === 0 ? AUTH : 0)
    }
    if (outcome === 'no_trust' || outcome === 'cant_revoke' || outcome === 'success') return allowResult(ALLOW[outcome])
    return allowResult(ALLOW.malformed)
  },
})

function assetOfIssuer(code: xdr.AssetCodeWire, issuer: AccountId): AssetKey | null {
  const key = publicKeyWire(issuer)
  return code.type === 1
    ? assetKeyOf({ type: 1, alphaNum4: { assetCode: code.assetCode4, issuer: key } })
    : assetKeyOf({ type: 2, alphaNum12: { assetCode: code.assetCode12, issuer: key } })
}

function changeFlags(
  context: OperationContext,
  trustor: AccountId,
  asset: AssetKey,
  set: number,
  clear: number,
): 'success' | 'malformed' | 'no_trust' | 'cant_revoke' | 'invalid_state' {
  const { ledger, source } = context
  const issuer = accountOf(ledger, source.id)
  if (!issuer) return 'malformed'
  const isRevocable = (issuer.flags & ACCOUNT_FLAG.revocable) !== 0
  const line = trustlineOf(ledger, trustor, asset)
  const revokes = (clear & AUTH) !== 0 && (set & LINE_FLAG.authorized) === 0
  if (revokes && !isRevocable) return 'cant_revoke'
  if (!line) return 'no_trust'
  const flags = (line.flags & ~clear) | set
  if ((flags & AUTH) === AUTH) return 'invalid_state'

  ledger.set(keyOf.trustline(trustor, asset), { ...line, flags })
  // A holder that may not even keep offers loses them.
  if ((flags & AUTH) === 0) removeOffersOf(context, trustor, asset)
  return 'success'
}

const ALLOW_EFFECTS = [
  'trustline_deauthorized',
  'trustline_authorized',
  'trustline_authorized_to_maintain_liabilities',
] as const

function tellFlags(
  { emit, source }: OperationContext,
  trustor: AccountId,
  asset: AssetKey,
  set: number,
  clear: number,
): void {
  const flags = { ...flagDetails(set, true), ...flagDetails(clear, false) }
  emit(source, 'trustline_flags_updated', { trustor, ...assetFields(asset), ...flags })
}

// `liabilites` is misspelt in Horizon's effects too.
function flagDetails(flags: number, value: boolean): Record<string, boolean> {
  return {
    ...((flags & LINE_FLAG.authorized) !== 0 && { authorized_flag: value }),
    ...((flags & LINE_FLAG.maintain) !== 0 && { authorized_to_maintain_liabilites_flag: value }),
    ...((flags & LINE_FLAG.clawback) !== 0 && { clawback_enabled_flag: value }),
  }
}
