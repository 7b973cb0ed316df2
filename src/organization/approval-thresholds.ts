import type { Amount } from '../core/amount.ts'
import { anyText, checkFields, checkValue, count, money, optional, type Shape, text } from '../core/check.ts'
import type { CallOptions, CreateOptions, PaydClient } from '../core/client.ts'
import { call, idempotencyKey } from '../core/command.ts'
import { readAll } from '../core/pages.ts'
import { send } from '../core/send.ts'
import type { ApprovalThreshold } from '../rows.ts'

/** From which total of a run on how many people must approve. */
export interface NewApprovalThreshold {
  /** Such as `XLM`. */
  readonly asset_code: string
  /** The issuer's address; empty for XLM. Default empty. */
  readonly asset_issuer?: string | undefined
  readonly from_amount: Amount
  /** How many people other than the submitter, 1 to 10. */
  readonly required_approvals: number
  /** The `version` that was shown, to change a threshold that is there. */
  readonly expected_version?: number | undefined
}

const asset = { asset_code: text, asset_issuer: optional(anyText), from_amount: money }

/** The rules of `NewApprovalThreshold`. */
export const newApprovalThreshold: Shape<NewApprovalThreshold> = {
  ...asset,
  required_approvals: count,
  expected_version: optional(count),
}

/** The thresholds of the organization, by asset and amount. */
export async function list(client: PaydClient, options: CallOptions = {}): Promise<ApprovalThreshold[]> {
  const thresholds = await readAll<ApprovalThreshold>(
    client,
    { relation: 'approval_thresholds', order: ['+id'], conditions: [], things: 'approval thresholds' },
    options,
  )
  const key = ({ asset_code, asset_issuer, from_amount }: ApprovalThreshold): string =>
    `${asset_code} ${asset_issuer} ${from_amount.padStart(30, '0')}`
  return thresholds.sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

/**
 * Sets from which total on so many people must approve a run, for admins.
 *
 * Errors: `role_too_low`, `invalid_asset_code`, `invalid_asset_issuer`, `invalid_setting`, `version_outdated`, `idempotency_key_reused`.
 */
export async function set(
  client: PaydClient,
  threshold: NewApprovalThreshold,
  options: CreateOptions = {},
): Promise<ApprovalThreshold> {
  const { asset_issuer = '', ...rest } = checkFields('the threshold', threshold, newApprovalThreshold)
  const request = call(client, 'set_approval_threshold', {
    ...rest,
    asset_issuer,
    idempotency_key: idempotencyKey(options),
  })
  return await send<ApprovalThreshold>(request.single(), { action: 'set the approval threshold', options })
}

/** Takes a threshold away, for admins. Answers it as it was, or null when it was not there. Errors: `role_too_low`, `version_outdated`. */
export async function remove(
  client: PaydClient,
  threshold: Pick<ApprovalThreshold, 'asset_code' | 'asset_issuer' | 'from_amount' | 'version'>,
  options: CreateOptions = {},
): Promise<ApprovalThreshold | null> {
  const request = call(client, 'set_approval_threshold', {
    asset_code: checkValue('asset_code', threshold?.asset_code, text),
    asset_issuer: checkValue('asset_issuer', threshold?.asset_issuer, anyText),
    from_amount: checkValue('from_amount', threshold?.from_amount, money),
    expected_version: checkValue('version', threshold?.version, count),
    idempotency_key: idempotencyKey(options),
    // The generated type does not know that null removes it.
    required_approvals: null as unknown as number,
  })
  return await send<ApprovalThreshold | null>(request.maybeSingle(), {
    action: 'remove the approval threshold',
    options,
  })
}
