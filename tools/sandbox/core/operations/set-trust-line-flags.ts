import type { xdr } from '@stellar/stellar-sdk/base'
import { addressOf } from '../addresses.ts'
import { assetFields, assetKeyOf, issuerOf } from '../assets.ts'
import { accountOf, trustlineOf } from '../balances.ts'
import { ACCOUNT_FLAG, keyOf, LINE_FLAG } from '../types.ts'
import { defineOperation } from './rule.ts'

const CODE = { success: 0, malformed: -1, no_trust: -2, cant_revoke: -3, invalid_state: -4 } as const

const AUTH = LINE_FLAG.authorized | LINE_FLAG.maintain
const ALL = AUTH | LINE_FLAG.clawback

const result = (code: (typeof CODE)[keyof typeof CODE]): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 21, setTrustLineFlagsResult: { code } },
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
  apply({ setTrustLineFlagsOp: op }, { ledger, source, emit }) {
    const asset = assetKeyOf(op.asset)
    const issuer = accountOf(ledger, source.id)
    if (asset === null || !issuer) return result(CODE.malformed)
    const trustor = addressOf(op.trustor.ed25519)

    const revokes = (op.clearFlags & AUTH) !== 0 && (op.setFlags & LINE_FLAG.authorized) === 0
    if (revokes && (issuer.flags & ACCOUNT_FLAG.revocable) === 0) return result(CODE.cant_revoke)

    const line = trustlineOf(ledger, trustor, asset)
    if (!line) return result(CODE.no_trust)
    const flags = (line.flags & ~op.clearFlags) | op.setFlags
    if ((flags & AUTH) === AUTH) return result(CODE.invalid_state)

    ledger.set(keyOf.trustline(trustor, asset), { ...line, flags })
    emit(source, 'trustline_flags_updated', {
      trustor,
      ...assetFields(asset),
      ...flagDetails(op.setFlags, true),
      ...flagDetails(op.clearFlags, false),
    })
    return result(CODE.success)
  },
})

// `liabilites` is misspelt in Horizon's effects too.
function flagDetails(flags: number, value: boolean): Record<string, boolean> {
  return {
    ...((flags & LINE_FLAG.authorized) !== 0 && { authorized_flag: value }),
    ...((flags & LINE_FLAG.maintain) !== 0 && { authorized_to_maintain_liabilites_flag: value }),
    ...((flags & LINE_FLAG.clawback) !== 0 && { clawback_enabled_flag: value }),
  }
}
