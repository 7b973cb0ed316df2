import { createHash } from 'node:crypto'
import { xdr } from '@stellar/stellar-sdk/base'
import { addressOf, publicKeyWire } from '../addresses.ts'
import { formatStroops } from '../amounts.ts'
import { assetFields, assetKeyOf, issuerOf } from '../assets.ts'
import { accountOf, addCredit, addNative, availableBalance, isAuthorized, trustlineOf } from '../balances.ts'
import { absolutePredicate, predicateJson, predicateOf } from '../predicates.ts'
import { canLock, changeAccount } from '../reserves.ts'
import { ACCOUNT_FLAG, type AccountId, type AssetKey, type Claimant, keyOf, LINE_FLAG } from '../types.ts'
import { defineOperation, type OperationContext } from './rule.ts'

const CODE = { malformed: -1, low_reserve: -2, no_trust: -3, not_authorized: -4, underfunded: -5 } as const
type Code = (typeof CODE)[keyof typeof CODE]

const failure = (code: Code): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 14, createClaimableBalanceResult: { code } },
})

const success = (id: Uint8Array): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 14, createClaimableBalanceResult: { code: 0, balanceId: { type: 0, v0: id } } },
})

/** CreateClaimableBalance: sets money aside; the source sponsors one reserve per claimant. */
export const createClaimableBalance = defineOperation(14, {
  threshold: 'medium',
  untouched: success(new Uint8Array(32)),
  check({ createClaimableBalanceOp: op }) {
    const wrong = op.amount <= 0n || assetKeyOf(op.asset) === null || claimantsOf(op.claimants) === null
    return wrong ? failure(CODE.malformed) : null
  },
  apply({ createClaimableBalanceOp: op }, context) {
    const { ledger, source, emit } = context
    const asset = assetKeyOf(op.asset)
    const claimants = claimantsOf(op.claimants)
    if (asset === null || claimants === null) return failure(CODE.malformed)
    const taken = take(context, asset, op.amount)
    if (typeof taken === 'number') return failure(taken)

    // A claimable balance has no owner, so its creator sponsors it unless another account sponsors the creator.
    const sponsor = context.sponsorships.get(source.id) ?? source.id
    if (!canLock(ledger, sponsor, claimants.length)) return failure(CODE.low_reserve)
    changeAccount(ledger, sponsor, { sponsoring: claimants.length })

    const hash = balanceHash(context.txSource, context.txSeq, context.index)
    const id = `00000000${hash.toString('hex')}`
    const stored = claimants.map(({ destination, predicate }) => ({
      destination,
      predicate: absolutePredicate(predicate, context.closeTime),
    }))
    ledger.set(keyOf.balance(id), {
      kind: 'balance',
      id,
      asset,
      amount: op.amount,
      claimants: stored,
      sponsor,
      clawbackEnabled: taken.clawbackEnabled,
      modified: 0,
    })

    const amount = formatStroops(op.amount)
    const flag = taken.clawbackEnabled && { claimable_balance_clawback_enabled_flag: true }
    emit(source, 'claimable_balance_created', { balance_id: id, amount, asset, ...flag })
    for (const { destination, predicate } of claimants) {
      const details = { balance_id: id, amount, predicate: predicateJson(predicate), asset }
      emit(destination, 'claimable_balance_claimant_created', details)
    }
    emit(source, 'account_debited', { amount, ...assetFields(asset) })
    emit(source, 'claimable_balance_sponsorship_created', { balance_id: id, sponsor })
    return success(hash)
  },
})

/** The raw id of the balance that operation `index` of a transaction creates. */
export function balanceHash(source: AccountId, seqNum: bigint, index: number): Buffer {
  const operationId = { sourceAccount: publicKeyWire(source), seqNum, opNum: index }
  return createHash('sha256')
    .update(xdr.HashIdPreimage.schema.encode({ type: 6, operationId }))
    .digest()
}

/** The claimants of an operation, or null when they are malformed: none, one account twice, or a bad predicate. */
export function claimantsOf(wires: readonly xdr.ClaimantWire[]): Claimant[] | null {
  const claimants: Claimant[] = []
  const seen = new Set<AccountId>()
  for (const { v0 } of wires) {
    const destination = addressOf(v0.destination.ed25519)
    const predicate = predicateOf(v0.predicate)
    if (!predicate || seen.has(destination)) return null
    seen.add(destination)
    claimants.push({ destination, predicate })
  }
  return claimants.length > 0 ? claimants : null
}

function take(
  { ledger, source }: OperationContext,
  asset: AssetKey,
  amount: bigint,
): { readonly clawbackEnabled: boolean } | Code {
  const account = accountOf(ledger, source.id)
  if (asset === 'native') {
    const debited = account && availableBalance(account) >= amount ? addNative(account, -amount) : null
    if (!debited) return CODE.underfunded
    ledger.set(keyOf.account(source.id), debited)
    return { clawbackEnabled: false }
  }
  if (issuerOf(asset) === source.id) return { clawbackEnabled: ((account?.flags ?? 0) & ACCOUNT_FLAG.clawback) !== 0 }

  const line = trustlineOf(ledger, source.id, asset)
  if (!line) return CODE.no_trust
  if (!isAuthorized(line)) return CODE.not_authorized
  const debited = addCredit(line, -amount)
  if (!debited) return CODE.underfunded
  ledger.set(keyOf.trustline(source.id, asset), debited)
  return { clawbackEnabled: (line.flags & LINE_FLAG.clawback) !== 0 }
}
