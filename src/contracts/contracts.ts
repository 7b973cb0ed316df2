import { checkFields, checkValue, optional, rowId, type Shape, text } from '../core/check.ts'
import type { CallOptions, PaydClient } from '../core/client.ts'
import type { ContractId } from '../core/ids.ts'
import { type List, listPage, type Page, type PageOptions, readAll } from '../core/pages.ts'
import type { Contract, ContractEvent, ContractUpgradeLog } from '../rows.ts'

/** The Soroban contracts of the platform and the code each one runs. */
export async function list(client: PaydClient, options: CallOptions = {}): Promise<Contract[]> {
  return await readAll<Contract>(
    client,
    { relation: 'contract_registry', order: ['+id'], conditions: [], things: 'contracts' },
    options,
  )
}

/** Which events of contracts to list. */
export interface ContractEventFilter {
  /** The address of the contract, `C…`. */
  readonly contract_id?: string | undefined
  readonly event_type?: string | undefined
  readonly category?: string | undefined
}

/** The rules of `ContractEventFilter`. */
export const contractEventFilter: Shape<ContractEventFilter> = {
  contract_id: optional(text),
  event_type: optional(text),
  category: optional(text),
}

/** One page of what registered contracts emitted, newest first. */
export async function events(
  client: PaydClient,
  filter: ContractEventFilter = {},
  options: PageOptions = {},
): Promise<Page<ContractEvent>> {
  const { contract_id, event_type, category } = checkFields('the filter', filter, contractEventFilter)
  const list: List = {
    relation: 'contract_events',
    order: ['-created_at', '-id'],
    things: 'events of contracts',
    conditions: [
      ['eq', 'contract_id', contract_id],
      ['eq', 'event_type', event_type],
      ['eq', 'category', category],
    ],
  }
  return await listPage<ContractEvent>(client, list, options)
}

/** One page of the upgrades of a contract, newest first. */
export async function upgrades(
  client: PaydClient,
  id: ContractId,
  options: PageOptions = {},
): Promise<Page<ContractUpgradeLog>> {
  const list: List = {
    relation: 'contract_upgrade_logs',
    order: ['-created_at', '-id'],
    conditions: [['eq', 'registry_id', checkValue('id', id, rowId)]],
    things: `the upgrades of contract ${id}`,
  }
  return await listPage<ContractUpgradeLog>(client, list, options)
}
