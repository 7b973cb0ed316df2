import {
  type ClaimedTransaction,
  DatabaseError,
  type DisburseDatabase,
  type EmployeeOperation,
  type TrackingClaim,
} from '../../../supabase/functions/_shared/core/database.ts'
import type { Clock } from '../../../supabase/functions/_shared/core/ports.ts'
import type { Evidence } from '../../../supabase/functions/_shared/stellar/prove.ts'

/** One employee of the run, as the database sees the payment. */
export type Employee = {
  readonly id: number
  readonly destination: string
  readonly amount: string
  state: 'pending' | 'completed' | 'failed'
  code: string | null
  transactionId: number | null
}

type Transaction = {
  -readonly [Key in keyof ClaimedTransaction]: ClaimedTransaction[Key]
} & {
  state: 'live' | 'applied' | 'applied_failed' | 'never_applied'
  lastCode: string | null
  nextCheckAtMs: number
  readonly feeBidStroops: bigint
  readonly maxTimeSeconds: number
  readonly operations: readonly EmployeeOperation[]
}

/** The rules that the migrations enforce, in memory, for tests of the worker's control flow. The real database has its own tests. */
export type MemoryDatabase = {
  readonly database: DisburseDatabase
  readonly run: { status: 'processing' | 'completed' | 'failed'; code: string | null; reason: string | null }
  readonly employees: readonly Employee[]
  readonly transactions: readonly Transaction[]
  readonly lease: { token: string | null; untilMs: number; nextCheckAtMs: number }
  /** Leases the live transaction for tracking, as horizon-sync does. */
  claimToTrack(): TrackingClaim | null
}

export function memoryDatabase(setup: {
  readonly clock: Clock
  readonly sourceAccount: string
  readonly networkPassphrase: string
  readonly horizonUrl: string
  readonly payments: readonly { readonly destination: string; readonly amount: string }[]
  readonly assetCode?: string
  readonly assetIssuer?: string
  readonly memo?: string | null
}): MemoryDatabase {
  const { clock, sourceAccount, networkPassphrase, horizonUrl } = setup
  const run: MemoryDatabase['run'] = { status: 'processing', code: null, reason: null }
  const employees = setup.payments.map(
    (payment, index): Employee => ({ id: index + 1, ...payment, state: 'pending', code: null, transactionId: null }),
  )
  const transactions: Transaction[] = []
  const lease: MemoryDatabase['lease'] = { token: null, untilMs: 0, nextCheckAtMs: 0 }
  let tokens = 0

  const live = () => transactions.find(({ state }) => state === 'live')
  const isFree = () => lease.token === null || lease.untilMs < clock.now()
  const take = (leaseSeconds: number) => {
    tokens++
    lease.token = `lease-${tokens}`
    lease.untilMs = clock.now() + leaseSeconds * 1000
    return lease.token
  }
  const requireLease = (token: string) => {
    if (lease.token !== token) refuse('lease_lost')
  }
  const leased = (id: number, token: string): Transaction => {
    requireLease(token)
    return transactions[id - 1] ?? refuse('transaction_not_found')
  }
  const planned = (limit: number): EmployeeOperation[] =>
    employees
      .filter(({ state, transactionId }) => state === 'pending' && transactionId === null)
      .slice(0, limit)
      .map(({ id, destination, amount }, operationIndex) => ({
        operationIndex,
        employeeId: id,
        operationType: 'payment',
        destination,
        assetCode: setup.assetCode ?? 'XLM',
        assetIssuer: setup.assetIssuer ?? '',
        amount,
      }))
  const finish = () => {
    if (run.status !== 'processing' || live() || employees.some(({ state }) => state === 'pending')) return
    const hasFailed = employees.some(({ state }) => state === 'failed')
    run.status = hasFailed ? 'failed' : 'completed'
    run.code = hasFailed ? 'items_not_paid' : null
  }
  const fail = (code: string, reason: string) => Object.assign(run, { status: 'failed', code, reason })

  const database: DisburseDatabase = {
    claimDisbursement: async (leaseSeconds) => {
      const transaction = live()
      const isDue = transaction ? transaction.nextCheckAtMs <= clock.now() : run.status === 'processing'
      if (!isFree() || lease.nextCheckAtMs > clock.now() || !isDue) return null
      return {
        payrollRunId: 1,
        organizationId: 1,
        sourceAccount,
        leaseToken: take(leaseSeconds),
        memo: setup.memo ?? null,
        networkPassphrase,
        horizonUrl,
        maxFeeStroops: 100_000n,
        transaction: transaction ? { ...transaction } : null,
      }
    },
    planOperations: async (_run, token, limit) => {
      requireLease(token)
      const operations = run.status === 'processing' ? planned(limit) : []
      if (operations.length === 0) finish()
      return operations
    },
    persistTransaction: async (_run, token, prepared) => {
      requireLease(token)
      if (live()) refuse('live_transaction_exists')
      if (JSON.stringify(planned(prepared.operations.length)) !== JSON.stringify(prepared.operations)) {
        refuse('operations_differ_from_plan')
      }
      const id = transactions.length + 1
      const { operations } = prepared
      const unsent = {
        signedEnvelopeXdr: null,
        attempts: 0,
        submissionState: 'prepared',
        lastCode: null,
        nextCheckAtMs: 0,
      }
      transactions.push({ id, ...prepared, state: 'live', ...unsent })
      for (const { employeeId } of operations) employeeOf(employees, employeeId).transactionId = id
      return id
    },
    beginSubmission: async (id, token, signedXdr) => {
      const transaction = leased(id, token)
      if (transaction.state !== 'live') refuse('transaction_is_final')
      transaction.signedEnvelopeXdr = signedXdr
      transaction.submissionState = 'submitting'
      transaction.attempts++
      transaction.nextCheckAtMs = clock.now() + 5_000
    },
    recordSubmission: async (id, token, report) => {
      const transaction = leased(id, token)
      transaction.lastCode = report.transactionCode
      const waitSeconds = Math.max(report.retryAfterSeconds ?? 0, Math.min(50, 2 ** transaction.attempts))
      transaction.nextCheckAtMs = clock.now() + (report.httpStatus === 200 ? 0 : waitSeconds * 1000)
    },
    recordOutcome: async (id, evidence, token) => {
      const transaction = leased(id, token)
      if (transaction.state !== 'live') return
      requireEvidence(transaction, evidence)
      settle(transaction, evidence)
      finish()
    },
    stopDisbursement: async (_run, token, code, detail) => {
      requireLease(token)
      if (live()) refuse('payroll_run_has_live_transaction')
      fail(code, detail)
    },
    releaseDisbursement: async (_account, token, nextCheckSeconds) => {
      if (lease.token !== token) return false
      Object.assign(lease, { token: null, untilMs: 0, nextCheckAtMs: clock.now() + nextCheckSeconds * 1000 })
      return true
    },
  }

  function settle(transaction: Transaction, evidence: Evidence): void {
    const isApplied = evidence.proof === 'found_by_hash' && evidence.isSuccessful
    transaction.state = evidence.proof !== 'found_by_hash' ? 'never_applied' : isApplied ? 'applied' : 'applied_failed'
    for (const { employeeId, operationIndex } of transaction.operations) {
      const employee = employeeOf(employees, employeeId)
      const code = evidence.proof === 'found_by_hash' ? (evidence.operationCodes[operationIndex] ?? null) : null
      if (isApplied) employee.state = 'completed'
      else if (code !== null && ITEM_CODES.has(code)) Object.assign(employee, { state: 'failed', code })
      if (!isApplied) employee.transactionId = null
      if (code !== null && code !== 'op_success' && !ITEM_CODES.has(code)) fail(code, 'source side')
    }
    if (transaction.state === 'never_applied' && STOP_CODES.has(transaction.lastCode ?? '')) {
      fail(transaction.lastCode ?? '', 'source side')
    }
  }

  return {
    database,
    run,
    employees,
    transactions,
    lease,
    claimToTrack: () => {
      const transaction = live()
      if (!transaction || transaction.attempts === 0 || !isFree()) return null
      const { id, hash, sequence, maxLedger } = transaction
      const leaseToken = take(60)
      return { transactionId: id, hash, sourceAccount, sequence, maxLedger, leaseToken, horizonUrl, networkPassphrase }
    },
  }
}

const ITEM_CODES = new Set(['op_no_destination', 'op_no_trust', 'op_not_authorized', 'op_line_full', 'op_malformed'])
const STOP_CODES = new Set(['tx_bad_auth', 'tx_no_source_account', 'tx_insufficient_balance'])

function requireEvidence(transaction: Transaction, evidence: Evidence): void {
  const isEnough =
    evidence.proof === 'found_by_hash'
      ? evidence.ledger < transaction.maxLedger
      : evidence.proof === 'sequence_unused_after_bounds'
        ? evidence.observedLedger >= transaction.maxLedger &&
          BigInt(evidence.observedSequence) < BigInt(transaction.sequence)
        : evidence.otherHash !== transaction.hash
  if (!isEnough) refuse('evidence_proves_nothing')
}

function employeeOf(employees: readonly Employee[], id: number): Employee {
  return employees.find((employee) => employee.id === id) ?? refuse('employee_not_found')
}

function refuse(code: string): never {
  throw new DatabaseError({ code, message: `Refused: ${code}.`, hint: null, status: 409 }, 'do it')
}
