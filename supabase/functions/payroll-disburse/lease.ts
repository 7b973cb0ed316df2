import { DatabaseError } from '../_shared/worker/database-error.ts'
import { failureFields } from '../_shared/worker/failure.ts'
import type { Clock, Deadline, Log } from '../_shared/worker/ports.ts'
import type { DisburseDatabase, DisbursementClaim } from './database.ts'
import { numberedAccount, type Step } from './step.ts'

type LeasePorts = { readonly clock: Clock; readonly log: Log; readonly database: DisburseDatabase }

const RELEASE_ATTEMPTS = 4
const FIRST_RELEASE_PAUSE_MS = 500

/**
 * Extends the lease of a source account again and again while a step is at work on it, so that leases can be short: of a worker that
 * is killed nothing is left that anybody has to wait for. A failed extension is no failure of the step: the token decides.
 */
export function keepLease(ports: LeasePorts, claim: DisbursementClaim, leaseSeconds: number): { end(): void } {
  const source_account = numberedAccount(claim)
  const { lease_token } = claim
  let isOver = false
  let pause: Deadline | null = null
  const extend = async () => {
    try {
      await ports.database.extendDisbursement({ source_account, lease_token, lease_seconds: leaseSeconds })
    } catch (error) {
      ports.log({
        event: 'disburse.lease',
        outcome: 'failed',
        payrollRunId: claim.payroll_run_id,
        ...failureFields(error),
      })
    }
    if (!isOver) wait()
  }
  const wait = () => {
    // Three extensions fit into a lease, so that one that is lost does no harm.
    pause = ports.clock.deadline((leaseSeconds * 1000) / 3)
    pause.signal.addEventListener('abort', () => void extend(), { once: true })
  }
  wait()
  return {
    end: () => {
      isOver = true
      pause?.clear()
    },
  }
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
