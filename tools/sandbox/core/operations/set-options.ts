import type { xdr } from '@stellar/stellar-sdk/base'
import { addressOf, rawKeyOf } from '../addresses.ts'
import { accountOf } from '../balances.ts'
import { OP } from '../codes.ts'
import { freeSubentry, takeSubentry } from '../reserves.ts'
import { ACCOUNT_FLAG, type AccountEntry, keyOf, type Signer } from '../types.ts'
import { defineOperation, NOT_SUPPORTED, type OperationContext, outerResult } from './rule.ts'
import { signerEffects } from './signer-effects.ts'
import { sponsorshipEffect } from './sponsorship-effects.ts'

const CODE = {
  success: 0,
  low_reserve: -1,
  too_many_signers: -2,
  bad_flags: -3,
  invalid_inflation: -4,
  cant_change: -5,
  unknown_flag: -6,
  threshold_out_of_range: -7,
  bad_signer: -8,
  invalid_home_domain: -9,
  auth_revocable_required: -10,
} as const
type Code = (typeof CODE)[keyof typeof CODE]
type Op = xdr.SetOptionsOpWire

const ALL_FLAGS = 15
const MAX_SIGNERS = 20

const result = (code: Code): xdr.OperationResultWire => ({ code: 0, tr: { type: 5, setOptionsResult: { code } } })

/** SetOptions: flags, weights, thresholds, home domain and ed25519 signers. Other kinds of signer are not supported. */
export const setOptions = defineOperation(5, {
  threshold: ({ setOptionsOp: op }) => (changesAuth(op) ? 'high' : 'medium'),
  untouched: result(CODE.success),
  check({ setOptionsOp: op }, source) {
    const code = staticFailure(op, source)
    if (code !== null) return result(code)
    return op.signer && op.signer.key.type !== 0 ? NOT_SUPPORTED : null
  },
  apply({ setOptionsOp: op }, context) {
    const { ledger, source, emit } = context
    const before = accountOf(ledger, source.id)
    if (!before) return outerResult(OP.no_source_account)
    const changed = withOptions(before, op, context)
    if (typeof changed === 'number') return result(changed)
    ledger.set(keyOf.account(source.id), changed)
    const failure = changeSigner(changed, op, context)
    if (failure === 'too_many') return outerResult(OP.too_many_subentries)
    if (failure !== null) return result(failure)

    const after = accountOf(ledger, source.id) ?? changed
    emitOptions(op, context)
    signerEffects(before, after, (effect, details) => emit(source, effect, details))
    for (const key of new Set([...before.signers, ...after.signers].map((signer) => signer.key))) {
      const sponsorIn = ({ signers }: AccountEntry) => signers.find((signer) => signer.key === key)?.sponsor ?? null
      sponsorshipEffect(context, { kind: 'signer', account: source.id, key }, sponsorIn(before), sponsorIn(after))
    }
    return result(CODE.success)
  },
})

function changesAuth(op: Op): boolean {
  return [op.masterWeight, op.lowThreshold, op.medThreshold, op.highThreshold, op.signer].some((part) => part !== null)
}

function staticFailure(op: Op, source: string): Code | null {
  const set = op.setFlags ?? 0
  const clear = op.clearFlags ?? 0
  if (((set | clear) & ~ALL_FLAGS) !== 0) return CODE.unknown_flag
  if ((set & clear) !== 0) return CODE.bad_flags
  const bytes = [op.masterWeight, op.lowThreshold, op.medThreshold, op.highThreshold]
  if (bytes.some((value) => value !== null && value > 255)) return CODE.threshold_out_of_range
  const isSelf = op.signer?.key.type === 0 && addressOf(op.signer.key.ed25519) === source
  if (isSelf || (op.signer?.weight ?? 0) > 255) return CODE.bad_signer
  return op.homeDomain && !isPlainText(op.homeDomain.bytes) ? CODE.invalid_home_domain : null
}

function withOptions(account: AccountEntry, op: Op, { ledger }: OperationContext): AccountEntry | Code {
  const inflationDest = op.inflationDest && addressOf(op.inflationDest.ed25519)
  if (inflationDest && !accountOf(ledger, inflationDest)) return CODE.invalid_inflation
  const touchesFlags = (op.setFlags ?? 0) !== 0 || (op.clearFlags ?? 0) !== 0
  if (touchesFlags && (account.flags & ACCOUNT_FLAG.immutable) !== 0) return CODE.cant_change
  const flags = (account.flags & ~(op.clearFlags ?? 0)) | (op.setFlags ?? 0)
  const clawbackAlone = (flags & ACCOUNT_FLAG.clawback) !== 0 && (flags & ACCOUNT_FLAG.revocable) === 0
  if ((op.setFlags !== null || op.clearFlags !== null) && clawbackAlone) return CODE.auth_revocable_required
  return {
    ...account,
    flags,
    inflationDest: inflationDest ?? account.inflationDest,
    homeDomain: op.homeDomain?.toString() ?? account.homeDomain,
    thresholds: {
      master: op.masterWeight ?? account.thresholds.master,
      low: op.lowThreshold ?? account.thresholds.low,
      medium: op.medThreshold ?? account.thresholds.medium,
      high: op.highThreshold ?? account.thresholds.high,
    },
  }
}

function changeSigner(account: AccountEntry, op: Op, context: OperationContext): Code | 'too_many' | null {
  if (op.signer?.key.type !== 0) return null
  const key = addressOf(op.signer.key.ed25519)
  const weight = op.signer.weight
  const old = account.signers.find((signer) => signer.key === key)
  const others = account.signers.filter((signer) => signer.key !== key)
  const write = (signers: readonly Signer[]): null => {
    const current = accountOf(context.ledger, account.id)
    if (current) context.ledger.set(keyOf.account(account.id), { ...current, signers: sortSigners(signers) })
    return null
  }
  if (weight === 0) {
    if (!old) return null
    freeSubentry(context.ledger, account.id, old.sponsor)
    return write(others)
  }
  if (old) return write([...others, { ...old, weight }])
  if (account.signers.length >= MAX_SIGNERS) return CODE.too_many_signers
  const taken = takeSubentry(context, account.id)
  if (taken === 'too_many') return 'too_many'
  return taken === 'low_reserve' ? CODE.low_reserve : write([...others, { key, weight, sponsor: taken.sponsor }])
}

function sortSigners(signers: readonly Signer[]): Signer[] {
  return [...signers].sort((left, right) => Buffer.compare(rawKeyOf(left.key), rawKeyOf(right.key)))
}

function emitOptions(op: Op, { source, emit }: OperationContext): void {
  if (op.homeDomain) emit(source, 'account_home_domain_updated', { home_domain: op.homeDomain.toString() })
  const thresholds = {
    ...(op.lowThreshold !== null && { low_threshold: op.lowThreshold }),
    ...(op.medThreshold !== null && { med_threshold: op.medThreshold }),
    ...(op.highThreshold !== null && { high_threshold: op.highThreshold }),
  }
  if (Object.keys(thresholds).length > 0) emit(source, 'account_thresholds_updated', thresholds)
  const flags = { ...flagDetails(op.setFlags ?? 0, true), ...flagDetails(op.clearFlags ?? 0, false) }
  if (Object.keys(flags).length > 0) emit(source, 'account_flags_updated', flags)
  if (op.inflationDest) {
    emit(source, 'account_inflation_destination_updated', {
      inflation_destination: addressOf(op.inflationDest.ed25519),
    })
  }
}

function flagDetails(flags: number, value: boolean): Record<string, boolean> {
  return {
    ...((flags & ACCOUNT_FLAG.required) !== 0 && { auth_required_flag: value }),
    ...((flags & ACCOUNT_FLAG.revocable) !== 0 && { auth_revocable_flag: value }),
    ...((flags & ACCOUNT_FLAG.immutable) !== 0 && { auth_immutable_flag: value }),
    ...((flags & ACCOUNT_FLAG.clawback) !== 0 && { auth_clawback_enabled_flag: value }),
  }
}

/** Whether bytes are ASCII without control characters: the rule for home domains and data names. */
export function isPlainText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f)
}
