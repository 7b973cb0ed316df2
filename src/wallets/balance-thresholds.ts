import type { Amount } from '../core/amount.ts'
import { checkValue, count, money, walletId } from '../core/check.ts'
import type { CallOptions, CreateOptions, PaydClient } from '../core/client.ts'
import { call, idempotencyKey } from '../core/command.ts'
import type { WalletId } from '../core/ids.ts'
import { readAll } from '../core/pages.ts'
import { send } from '../core/send.ts'
import type { BalanceThreshold } from '../rows.ts'

/** The thresholds of the organization: below which balance a wallet is low, and whether it is. */
export async function list(client: PaydClient, options: CallOptions = {}): Promise<BalanceThreshold[]> {
  return await readAll<BalanceThreshold>(
    client,
    { relation: 'balance_thresholds', order: ['+id'], conditions: [], things: 'balance thresholds' },
    options,
  )
}

/**
 * Sets below which balance a wallet of the organization is low, in units of its asset, for managers. Each fall below it is told once, as the
 * event `balance.low`. A threshold that is there is changed with the `version` that was shown.
 *
 * Errors: `role_too_low`, `wallet_not_found`, `invalid_amount`, `amount_not_positive`, `version_outdated`, `limit_reached`, `idempotency_key_reused`.
 */
export async function set(
  client: PaydClient,
  id: WalletId,
  minimum: Amount,
  options: CreateOptions & { readonly version?: number } = {},
): Promise<BalanceThreshold> {
  const request = call(client, 'set_balance_threshold', {
    wallet_id: checkValue('id', id, walletId),
    minimum: checkValue('minimum', minimum, money),
    ...(options.version === undefined ? {} : { expected_version: checkValue('version', options.version, count) }),
    idempotency_key: idempotencyKey(options),
  })
  return await send<BalanceThreshold>(request.single(), { action: 'set the balance threshold', options })
}

/** Takes the threshold of a wallet away, for managers. Answers it as it was, or null when there was none. Errors: `role_too_low`, `wallet_not_found`, `version_outdated`. */
export async function remove(
  client: PaydClient,
  id: WalletId,
  version: number,
  options: CreateOptions = {},
): Promise<BalanceThreshold | null> {
  const request = call(client, 'set_balance_threshold', {
    wallet_id: checkValue('id', id, walletId),
    expected_version: checkValue('version', version, count),
    idempotency_key: idempotencyKey(options),
    // The generated type does not know that null removes it.
    minimum: null as unknown as string,
  })
  return await send<BalanceThreshold | null>(request.maybeSingle(), {
    action: 'remove the balance threshold',
    options,
  })
}
