import { DatabaseError } from '../_shared/worker/database-error.ts'
import { failureFields } from '../_shared/worker/failure.ts'
import { type KeptLease, keepExtending } from '../_shared/worker/lease.ts'
import type { Clock, Log } from '../_shared/worker/ports.ts'
import type { DisburseDatabase, DisbursementClaim } from './database.ts'
import { numberedAccount, type Step } from './step.ts'

type LeasePorts = { readonly clock: Clock; readonly log: Log; readonly database: DisburseDatabase }

const RELEASE_ATTEMPTS = 4
const FIRST_RELEASE_PAUSE_MS = 500

/** Extends the lease of a source account while a step is at work on it. */
export function keepLease(ports: LeasePorts, claim: DisbursementClaim, leaseSeconds: number): KeptLease {
  const source_account = numberedAccount(claim)
  const { lease_token } = claim
  return keepExtending(ports, {
    leaseSeconds,
    extend: () => ports.database.extendDisbursement({ source_account, lease_token, lease_seconds: leaseSeconds }),
    event: 'disburse.lease',
    details: { payrollRunId: claim.payroll_run_id },
  })
}

/**
 * Gives the account back, again and again while the database cannot be reached for a moment. A lease that cannot be given back ends
 * by itself, so that failure must not hide the one before it.
 */
export async function release(ports: LeasePorts, claim: DisbursementClaim, taken: Step): Promise<void> {
  if (taken.outcome === 'lease_lost') return
  const source_account = numberedAccount(claim)
  const { lease_token } = claim
  for (let attempt = 1; ; attempt++) {
    try {
      const next_check_seconds = taken.nextCheckSeconds
      await ports.database.releaseDisbursement({ source_account, lease_token, next_check_seconds })
      return
    } catch (error) {
      const mayPass = error instanceof DatabaseError && (error.status === 0 || error.status >= 500)
      if (mayPass && attempt < RELEASE_ATTEMPTS) {
        await passed(ports.clock, FIRST_RELEASE_PAUSE_MS * 2 ** (attempt - 1))
        continue
      }
      ports.log({
        event: 'disburse.release',
        outcome: 'failed',
        payrollRunId: claim.payroll_run_id,
        ...failureFields(error),
      })
      return
    }
  }
}

/** Resolves when the time has passed. */
function passed(clock: Clock, ms: number): Promise<void> {
  const { signal } = clock.deadline(ms)
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
