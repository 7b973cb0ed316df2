import type { EffectRecord } from '../_shared/stellar/horizon-records.ts'
import type { Movement, MovementKind } from './movement.ts'

/** Whose movements, and of which operations of a transaction. */
export type EffectsWanted = {
  readonly account: string
  /** The place of each operation, and what it is called in the books. */
  readonly operations: ReadonlyMap<number, { readonly kind: MovementKind; readonly balanceId: string | null }>
}

/**
 * The movements of operations whose amounts stand neither in their envelope nor in their result, from what the provider says that
 * they changed. Null when an amount cannot be read.
 */
export function effectMovements(effects: readonly EffectRecord[], wanted: EffectsWanted): readonly Movement[] | null {
  const movements: Movement[] = []
  for (const effect of effects) {
    const operation_index = operationIndex(effect.id)
    const operation = wanted.operations.get(operation_index)
    if (operation === undefined || effect.account !== wanted.account) continue
    const lines = linesOf(effect)
    if (lines === null) return null
    const { kind, balanceId } = operation
    movements.push(
      ...lines.map((line) => ({
        operation_index,
        kind,
        ...line,
        counterparty: null,
        claimable_balance_id: balanceId,
      })),
    )
  }
  return movements
}

type Line = Pick<Movement, 'direction' | 'asset_code' | 'asset_issuer' | 'amount'>

function linesOf(effect: EffectRecord): readonly Line[] | null {
  switch (effect.type) {
    case 'account_credited':
      return single(effect, 'in')
    case 'account_debited':
      return single(effect, 'out')
    case 'liquidity_pool_deposited':
      return reserves(effect.reserves_deposited, 'out')
    case 'liquidity_pool_withdrew':
      return reserves(effect.reserves_received, 'in')
    default:
      return []
  }
}

function single(effect: EffectRecord, direction: 'in' | 'out'): readonly Line[] | null {
  const { amount = '', asset_type, asset_code, asset_issuer } = effect
  if (!isAmount(amount)) return null
  if (asset_type === 'native') return [{ direction, asset_code: 'XLM', asset_issuer: '', amount }]
  if (asset_code === undefined || asset_issuer === undefined) return null
  return [{ direction, asset_code, asset_issuer, amount }]
}

function reserves(list: EffectRecord['reserves_deposited'], direction: 'in' | 'out'): readonly Line[] | null {
  if (list === undefined) return null
  const lines = list.map(({ asset, amount }): Line | null => {
    const [asset_code = '', asset_issuer = ''] = asset.split(':')
    if (!isAmount(amount)) return null
    if (asset === 'native') return { direction, asset_code: 'XLM', asset_issuer: '', amount }
    return { direction, asset_code, asset_issuer, amount }
  })
  const read = lines.filter((line) => line !== null)
  return read.length === lines.length ? read.filter(({ amount }) => !/^0\.0+$/.test(amount)) : null
}

function isAmount(text: string): boolean {
  return /^[0-9]{1,12}\.[0-9]{7}$/.test(text)
}

/** The identifier of an effect begins with that of its operation, whose places count from 1. */
function operationIndex(id: string): number {
  return Number(BigInt(id.slice(0, 19)) & 0xfffn) - 1
}
