import { Asset, extractBaseAddress, type OperationRecord, type Transaction, type xdr } from '@stellar/stellar-sdk/base'
import { formatAmount } from '../_shared/contract/amount.ts'
import { expiryOf } from './claim-predicate.ts'
import { assetOf, type BalanceFact, type Movement, type MovementKind } from './movement.ts'
import { outcomeOf, sentBy, type Taken, takenOffers, tradesOf } from './trades.ts'

/** What one operation did to one account. */
export type OperationMovements = {
  readonly movements: readonly Movement[]
  readonly balances: readonly BalanceFact[]
  /** The sequence number that the operation gave the account. */
  readonly sequence?: bigint
  /** What the operation is where its amounts stand neither in the envelope nor in the result. */
  readonly needsEffects: { readonly kind: MovementKind; readonly balanceId: string | null } | null
}

type Applied = {
  readonly transaction: Transaction
  readonly operation: OperationRecord
  readonly index: number
  /** The account that did it. */
  readonly actor: string
  /** The account whose history is read. */
  readonly account: string
  readonly result: xdr.OperationResult
  readonly ledger: number
  /** When its ledger closed. */
  readonly closedAt: string
}

const NOTHING: OperationMovements = { movements: [], balances: [], needsEffects: null }

/** What an applied operation did to an account, from its envelope and result alone. Throws for a result of another operation. */
export function operationMovements(applied: Applied): OperationMovements {
  const { operation, index, actor, account } = applied
  switch (operation.type) {
    case 'payment': {
      const { amount, asset, destination } = operation
      return transfer(applied, 'payment', { to: destination, sent: [asset, amount], received: [asset, amount] })
    }
    case 'createAccount': {
      const { destination, startingBalance } = operation
      const paid = [Asset.native(), startingBalance] as const
      const moved = transfer(applied, 'account_created', { to: destination, sent: paid, received: paid })
      // An account begins with the first number of its ledger.
      return destination === account ? { ...moved, sequence: BigInt(applied.ledger) << 32n } : moved
    }
    case 'accountMerge': {
      const amount = formatAmount(mergedOf(applied.result))
      const paid = [Asset.native(), amount] as const
      return transfer(applied, 'account_merged', { to: operation.destination, sent: paid, received: paid })
    }
    case 'pathPaymentStrictReceive':
    case 'pathPaymentStrictSend':
      return pathPayment(applied, operation)
    case 'manageSellOffer':
    case 'manageBuyOffer':
    case 'createPassiveSellOffer':
      return exchange(applied)
    case 'createClaimableBalance':
      return balanceCreated(applied, operation)
    case 'claimClaimableBalance': {
      const fact = { operation_index: index, claimable_balance_id: operation.balanceId, claimant: actor } as const
      // What was in it stands in the transaction that created it, which may be older than the history.
      const elsewhere = { kind: 'claimable_balance_claimed', balanceId: operation.balanceId } as const
      return {
        ...NOTHING,
        balances: [{ ...fact, status: 'claimed' }],
        needsEffects: actor === account ? elsewhere : null,
      }
    }
    case 'clawbackClaimableBalance': {
      const fact = { operation_index: index, claimable_balance_id: operation.balanceId, status: 'clawed_back' } as const
      return { ...NOTHING, balances: [fact] }
    }
    case 'clawback': {
      const from = extractBaseAddress(operation.from)
      if (from !== account) return NOTHING
      const line = { ...assetOf(operation.asset), amount: operation.amount, counterparty: actor }
      return { ...NOTHING, movements: [moved(index, 'clawback', 'out', line)] }
    }
    case 'bumpSequence':
      return actor === account ? { ...NOTHING, sequence: BigInt(operation.bumpTo) } : NOTHING
    case 'liquidityPoolDeposit':
    case 'liquidityPoolWithdraw':
      return actor === account ? elsewhere('liquidity_pool') : NOTHING
    case 'inflation':
      return elsewhere('inflation')
    case 'invokeHostFunction':
      // A contract may move assets of any account that took part.
      return elsewhere('contract')
    default:
      // Every other operation changes no balance.
      return NOTHING
  }
}

/** An operation whose amounts only the provider's list of effects says. */
function elsewhere(kind: MovementKind): OperationMovements {
  return { ...NOTHING, needsEffects: { kind, balanceId: null } }
}

type Line = {
  readonly asset_code: string
  readonly asset_issuer: string
  readonly amount: string
  readonly counterparty: string | null
}

function moved(index: number, kind: MovementKind, direction: 'in' | 'out', line: Line): Movement {
  return { operation_index: index, kind, direction, claimable_balance_id: null, ...line }
}

type Paid = readonly [asset: Asset, amount: string]

function transfer(
  { index, actor, account }: Applied,
  kind: MovementKind,
  paid: { readonly to: string; readonly sent: Paid; readonly received: Paid },
): OperationMovements {
  const to = extractBaseAddress(paid.to)
  const line = ([asset, amount]: Paid, counterparty: string): Line => ({ ...assetOf(asset), amount, counterparty })
  const movements = [
    ...(actor === account ? [moved(index, kind, 'out', line(paid.sent, paid.to))] : []),
    ...(to === account ? [moved(index, kind, 'in', line(paid.received, actor))] : []),
  ]
  return { ...NOTHING, movements: movements.filter(({ amount }) => !/^0(\.0+)?$/.test(amount)) }
}

function pathPayment(
  applied: Applied,
  operation: Extract<OperationRecord, { type: 'pathPaymentStrictReceive' | 'pathPaymentStrictSend' }>,
): OperationMovements {
  const outcome = outcomeOf(applied.result)
  if (outcome.type !== 'pathPaymentStrictReceiveSuccess' && outcome.type !== 'pathPaymentStrictSendSuccess') {
    throw new TypeError('The result of a path payment does not say what arrived.')
  }
  const { destination, sendAsset, destAsset } = operation
  const offers = takenOffers(outcome.success.offers)
  const arrived = outcome.success.last.amount
  const sent = operation.type === 'pathPaymentStrictSend' ? operation.sendAmount : formatAmount(sentBy(offers, arrived))
  const received: Paid = [destAsset, formatAmount(arrived)]
  const paid = transfer(applied, 'path_payment', { to: destination, sent: [sendAsset, sent], received })
  return { ...paid, movements: [...paid.movements, ...trades(applied, offers, false)] }
}

function exchange(applied: Applied): OperationMovements {
  const outcome = outcomeOf(applied.result)
  const isDone = outcome.type === 'manageSellOfferSuccess' || outcome.type === 'manageBuyOfferSuccess'
  if (!isDone) throw new TypeError('The result of an exchange does not say which offers were taken.')
  const { actor, account } = applied
  return { ...NOTHING, movements: trades(applied, takenOffers(outcome.success.offersClaimed), actor === account) }
}

function trades({ index, account }: Applied, offers: readonly Taken[], isTaker: boolean): Movement[] {
  return tradesOf(offers, { account, isTaker }).map(({ asset, direction, amount }) =>
    moved(index, 'trade', direction, { ...assetOf(asset), amount: formatAmount(amount), counterparty: null }),
  )
}

function balanceCreated(
  { transaction, index, actor, account, closedAt }: Applied,
  operation: Extract<OperationRecord, { type: 'createClaimableBalance' }>,
): OperationMovements {
  if (actor !== account) return NOTHING
  const claimable_balance_id = transaction.getClaimableBalanceId(index)
  const line = { ...assetOf(operation.asset), amount: operation.amount }
  const claimants = operation.claimants.map(({ destination, predicate }) => ({
    destination,
    expires_at: expiryOf(predicate, closedAt),
  }))
  return {
    movements: [
      { ...moved(index, 'claimable_balance_created', 'out', { ...line, counterparty: null }), claimable_balance_id },
    ],
    balances: [{ operation_index: index, claimable_balance_id, status: 'created', ...line, claimants }],
    needsEffects: null,
  }
}

/** The amounts of all of an account that was merged. */
function mergedOf(result: xdr.OperationResult): bigint {
  const outcome = outcomeOf(result)
  if (outcome.type !== 'accountMergeSuccess') throw new TypeError('The result does not say what was merged.')
  return outcome.sourceAccountBalance
}
