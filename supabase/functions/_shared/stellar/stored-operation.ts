import type { OperationDescription } from './describe.ts'

/** An operation as the database keeps it. */
export type StoredOperation = {
  readonly operation_type: OperationDescription['operation_type']
  readonly destination: string
  readonly asset_code: string
  readonly asset_issuer: string
  readonly amount: string
  /** The balance that it creates or claims; null for everything else. */
  readonly claimable_balance_id: string | null
  /** From when on the treasury may take back what waits on the ledger; null for everything else. */
  readonly reclaimable_at_seconds: number | null
}

/** What a stored operation says; null when a field is missing that its kind needs. */
export function storedOperation(stored: StoredOperation): OperationDescription | null {
  const { operation_type, destination, asset_code, asset_issuer, amount } = stored
  const line = { destination, asset_code, asset_issuer, amount }
  switch (operation_type) {
    case 'payment':
    case 'create_account':
      return { operation_type, ...line }
    case 'create_claimable_balance': {
      const { reclaimable_at_seconds } = stored
      return reclaimable_at_seconds === null ? null : { operation_type, ...line, reclaimable_at_seconds }
    }
    case 'claim_claimable_balance': {
      const { claimable_balance_id } = stored
      return claimable_balance_id === null ? null : { operation_type, claimable_balance_id }
    }
    default:
      return operation_type satisfies never
  }
}
