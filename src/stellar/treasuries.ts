import { checkFields, count, oneOf, optional, type Rule, type Shape, text } from '../core/check.ts'
import type { CallOptions, PaydClient } from '../core/client.ts'
import { call } from '../core/command.ts'
import type { OrganizationId } from '../core/ids.ts'
import { send } from '../core/send.ts'

/** Who can sign for a treasury: a worker with a key from the secrets of the functions, or the wallets of the organization. */
export const CUSTODIES = ['server', 'wallet'] as const
/** One of `server` and `wallet`. */
export type Custody = (typeof CUSTODIES)[number]

/** Somebody whose signature counts for a treasury. */
export interface TreasurySigner {
  /** The public key, G…. */
  readonly signer: string
  /** What it weighs on the ledger as last read: 0 where the account does not know it, null before the first look. */
  readonly weight: number | null
}

/** A Stellar account that payrolls are paid from. */
export interface Treasury {
  readonly source_account: string
  readonly organization_id: OrganizationId
  readonly custody: Custody
  /** How long people have to sign; null where the server signs. */
  readonly signing_seconds: number | null
  /** The weight that a payment needs, as last read. */
  readonly threshold: number | null
  /** What the named signers weigh together. */
  readonly weight: number | null
  /** Empty where the server signs and no other signers were named. */
  readonly signers: readonly TreasurySigner[]
  readonly read_ledger: number | null
  readonly read_at: string | null
}

/** Who is to sign for a treasury. */
export interface TreasuryCustody {
  readonly source_account: string
  readonly custody: Custody
  /**
   * For wallets: the public keys of those who sign, 1 to 20. For the server: who can sign for the account as well, so that what they send counts as
   * theirs. Default: those that are named already, or the account itself.
   */
  readonly signers?: readonly string[] | undefined
  /** For wallets: how long people have, from 900 (15 minutes) to 604800 (a week). Default: as it is, or a day. */
  readonly signing_seconds?: number | undefined
}

const addresses: Rule<readonly string[]> = {
  code: 'invalid_signers',
  says: 'a list of 1 to 20 public keys, such as ["G…"]',
  accepts: (value) =>
    Array.isArray(value) && value.length > 0 && value.length <= 20 && value.every((key) => typeof key === 'string'),
}

const treasuryCustody: Shape<TreasuryCustody> = {
  source_account: text,
  custody: oneOf(CUSTODIES),
  signers: optional(addresses),
  signing_seconds: optional(count),
}

/** The treasuries of the organization and who signs for each. */
export async function treasuries(client: PaydClient, options: CallOptions = {}): Promise<Treasury[]> {
  return await send<Treasury[]>(call(client, 'treasuries', {}), { action: 'read the treasuries', options })
}

/**
 * Says who signs for a treasury: the server, or the named wallets. A signature counts only if the ledger gives its signer weight as
 * well. Refused while a run is being paid from the account, except for other signers or another time. For admins. An admin who lets the server
 * sign instead of wallets is no independent approver of the next run.
 *
 * Errors: `role_too_low`, `source_account_unknown`, `invalid_custody`, `invalid_signers`, `invalid_signing_time`, `custody_in_use`.
 */
export async function setTreasuryCustody(
  client: PaydClient,
  custody: TreasuryCustody,
  options: CallOptions = {},
): Promise<Treasury> {
  const { signers, ...others } = checkFields('the custody', custody, treasuryCustody)
  const args = { ...others, signers: signers === undefined ? undefined : [...signers] }
  const about = { action: `change who signs for ${custody.source_account}`, options }
  return await send<Treasury>(call(client, 'set_treasury_custody', args).single(), about)
}
