import type { CallOptions, PaydClient } from '../core/client.ts'
import { call } from '../core/command.ts'
import type { OrganizationId } from '../core/ids.ts'
import { send } from '../core/send.ts'
import { sendAll } from '../core/send-all.ts'

/** Something that waits longer than it should, and the safe thing to do. */
export interface Finding {
  readonly organization_id: OrganizationId | null
  readonly severity: 'alert' | 'warning' | 'info' | (string & {})
  /** What kind of trouble it is, such as `payroll_run_stuck`. */
  readonly kind: string
  readonly resource_type: string
  readonly resource_id: string
  readonly since: string | null
  /** What is wrong, as a sentence. */
  readonly problem: string
  /** The safe thing to do, as a sentence. */
  readonly safe_action: string
  /** What or whom it waits for, and until when; null where nothing is known. */
  readonly waits_for?: string | null
  readonly until?: string | null
  /** The functions of the database that lead on, separated by commas. */
  readonly command?: string | null
}

/** Everything in the organization that waits longer than it should, and the safe thing to do. Empty when all is well. */
export async function doctor(client: PaydClient, options: CallOptions = {}): Promise<Finding[]> {
  const about = { action: 'ask what is stuck', options }
  // By the alphabet alerts come first.
  return await sendAll<Finding>(() => call(client, 'doctor', {}), ['severity', 'kind', 'resource_id'], about)
}

/** A release of PayD. */
export interface PaydRelease {
  readonly release: string
  /** The oldest version of this package that it serves. */
  readonly oldest_sdk: string
  /** The newest release that broke something. */
  readonly newest_breaking: string
}

/** The release of PayD in the database. */
export async function version(client: PaydClient, options: CallOptions = {}): Promise<PaydRelease> {
  return await send<PaydRelease>(call(client, 'payd_version', {}), { action: 'ask for the release of PayD', options })
}
