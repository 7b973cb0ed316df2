import type { Evidence } from '../../supabase/functions/_shared/stellar/prove.ts'
import { decodeResult } from '../../supabase/functions/_shared/stellar/result.ts'
import { DatabaseError } from '../../supabase/functions/_shared/worker/database-error.ts'
import type { Clock } from '../../supabase/functions/_shared/worker/ports.ts'
import type { TrackingClaim } from '../../supabase/functions/horizon-sync/database.ts'
import type {
  ClaimedTransaction,
  DisburseDatabase,
  PlannedPayment,
} from '../../supabase/functions/payroll-disburse/database.ts'

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
  readonly source_account: string
  readonly networkPassphrase: string
  readonly horizon_url: string
  readonly second_horizon_url?: string
  readonly payments: readonly { readonly destination: string; readonly amount: string }[]
  readonly asset_code?: string
  readonly asset_issuer?: string
  readonly memo?: string | null
}): MemoryDatabase {
  const { clock, source_account, networkPassphrase, horizon_url } = setup
  const run: MemoryDatabase['run'] = { status: 'processing', code: null, reason: null }
  const employees = setup.payments.map(
    (payment, index): Employee => ({ id: index + 1, ...payment, state: 'pending', code: null, transactionId: null }),
  )
  const transactions: Transaction[] = []
  const lease: MemoryDatabase['lease'] = { token: null, untilMs: 0, nextCheckAtMs: 0 }
  let tokens = 0
  /** The ledger in which each number is proven to be used; null while only a provider calls it unused. */
  const numbers = new Map<bigint, number | null>()
  const openNumber = () => least([...numbers].flatMap(([number, ledger]) => (ledger === null ? [number] : [])))
  const usedNumber = () => greatest([...numbers].flatMap(([number, ledger]) => (ledger === null ? [] : [number])))

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
  const memo = setup.memo ?? null
  const planned = (limit: number): PlannedPayment[] =>
    employees
      .filter(({ state, transactionId }) => state === 'pending' && transactionId === null)
      .slice(0, limit)
      .map(({ id, destination, amount }, operation_index) => ({
        operation_index,
        employee_id: id,
        operation_type: 'payment',
        destination,
        asset_code: setup.asset_code ?? 'XLM',
        asset_issuer: setup.asset_issuer ?? '',
        amount,
        memo_type: memo === null ? null : 'text',
        memo,
        reclaim_after_days: null,
      }))
  const finish = () => {
    if (run.status !== 'processing' || live() || employees.some(({ state }) => state === 'pending')) return
    const hasFailed = employees.some(({ state }) => state === 'failed')
    run.status = hasFailed ? 'failed' : 'completed'
    run.code = hasFailed ? 'items_not_paid' : null
  }
  const fail = (code: string, reason: string) => Object.assign(run, { status: 'failed', code, reason })

  const database: DisburseDatabase = {
    claimDisbursement: async ({ lease_seconds }) => {
      const transaction = live()
      const isDue = transaction ? transaction.nextCheckAtMs <= clock.now() : run.status === 'processing'
      if (!isFree() || lease.nextCheckAtMs > clock.now() || !isDue) return null
      return {
        payroll_run_id: 1,
        organization_id: 1,
        source_account,
        channel_account: null,
        lease_token: take(lease_seconds),
        asset_code: setup.asset_code ?? 'XLM',
        asset_issuer: setup.asset_issuer ?? '',
        network_passphrase: networkPassphrase,
        horizon_url,
        rpc_url: null,
        second_horizon_url: setup.second_horizon_url ?? null,
        max_fee_stroops: 100_000,
        used_sequence_number: usedNumber()?.toString() ?? null,
        used_in_ledger: numbers.get(usedNumber() ?? -1n) ?? null,
        open_sequence_number: openNumber()?.toString() ?? null,
        signing_seconds: null,
        signers: [source_account],
        transaction: transaction ? { ...transaction } : null,
        refund: null,
      }
    },
    // What is known of accounts before they are paid has its own tests, with the real database.
    accountsToCheck: async ({ lease_token }) => {
      requireLease(lease_token)
      return []
    },
    applyWalletStates: async () => undefined,
    // What wallets sign has its own tests, with the real database.
    recordSigners: async () => refuse('custody_is_server'),
    claimPreflight: async () => null,
    continuePreflight: async () => undefined,
    finishPreflight: async () => undefined,
    planOperations: async ({ lease_token, max_operations: limit }) => {
      requireLease(lease_token)
      const operations = run.status === 'processing' ? planned(limit) : []
      if (operations.length === 0) finish()
      return operations
    },
    // Channels have their own tests, with the real database.
    claimChannelWishes: async () => [],
    confirmChannelAccount: async () => refuse('channel_account_not_found'),
    paymentsInFlight: async ({ lease_token }) => {
      requireLease(lease_token)
      return { transaction_ids: [], amounts: [] }
    },
    waitForFunds: async () => undefined,
    recordChannelProblem: async () => refuse('invalid_channel_problem'),
    persistTransaction: async ({ payroll_run_id: _, lease_token, ...prepared }) => {
      requireLease(lease_token)
      if (live()) refuse('live_transaction_exists')
      if (JSON.stringify(planned(prepared.operations.length)) !== JSON.stringify(prepared.operations)) {
        refuse('operations_differ_from_plan')
      }
      const open = openNumber()
      if (open !== null && BigInt(prepared.sequence_number) > open) refuse('sequence_number_open')
      const id = transactions.length + 1
      const operations = prepared.operations.map(({ reclaim_after_days: _, ...operation }) => ({
        ...operation,
        claimable_balance_id: null,
        reclaimable_at_seconds: null,
      }))
      const unsent = {
        signed_envelope_xdr: null,
        attempts: 0,
        submission_state: 'prepared',
        lastCode: null,
        nextCheckAtMs: 0,
        required_fee_stroops: null,
      }
      transactions.push({
        id,
        ...prepared,
        operations,
        memo_type: memo === null ? null : 'text',
        memo,
        state: 'live',
        ...unsent,
      })
      for (const { employee_id } of operations) employeeOf(employees, employee_id).transactionId = id
      return { id }
    },
    beginSubmission: async ({ transaction_id, lease_token, signed_envelope_xdr }) => {
      const transaction = leased(transaction_id, lease_token)
      if (transaction.state !== 'live') refuse('transaction_is_final')
      transaction.signed_envelope_xdr = signed_envelope_xdr
      transaction.submission_state = 'submitting'
      transaction.attempts++
      transaction.nextCheckAtMs = clock.now() + 5_000
    },
    // What the network asks is decided by the database itself, and tested with it.
    planFeeBump: async () => null,
    recordSubmission: async ({ transaction_id, lease_token, ...report }) => {
      const transaction = leased(transaction_id, lease_token)
      transaction.lastCode = report.transaction_code
      const waitSeconds = Math.max(report.retry_after_seconds ?? 0, Math.min(50, 2 ** transaction.attempts))
      transaction.nextCheckAtMs = clock.now() + (report.http_status === 200 ? 0 : waitSeconds * 1000)
    },
    recordOutcome: async ({ outcome: { transaction_id, ...evidence }, lease_token }) => {
      const transaction = leased(transaction_id, lease_token)
      if (transaction.state !== 'live') return
      requireEvidence(transaction, evidence)
      const number = BigInt(transaction.sequence_number)
      if (evidence.proof === 'found_by_hash') numbers.set(number, evidence.ledger)
      else if (evidence.proof === 'sequence_used_by_other') numbers.set(number, evidence.other_ledger)
      else numbers.set(number, numbers.get(number) ?? null)
      settle(transaction, evidence)
      finish()
    },
    // Refunds have their own tests, with the real database.
    persistRefund: async () => refuse('claimable_balance_not_found'),
    stopRefund: async () => undefined,
    stopDisbursement: async ({ lease_token, code, detail }) => {
      requireLease(lease_token)
      if (live()) refuse('payroll_run_has_live_transaction')
      fail(code, detail)
    },
    holdTransaction: async ({ transaction_id, lease_token, reason }) => {
      const transaction = leased(transaction_id, lease_token)
      Object.assign(transaction, {
        submission_state: 'held',
        lastCode: reason,
        nextCheckAtMs: Number.POSITIVE_INFINITY,
      })
    },
    recordSequenceHolder: async ({ lease_token, ledger }) => {
      requireLease(lease_token)
      const open = openNumber()
      if (open !== null) numbers.set(open, ledger)
    },
    // What an account holds against the books has its own tests, with the real database.
    compareSourceAccount: async ({ lease_token }) => {
      requireLease(lease_token)
      return 'agrees'
    },
    extendDisbursement: async ({ lease_token, lease_seconds }) => {
      if (lease.token !== lease_token) return false
      lease.untilMs = clock.now() + lease_seconds * 1000
      return true
    },
    releaseDisbursement: async ({ lease_token, next_check_seconds }) => {
      if (lease.token !== lease_token) return false
      Object.assign(lease, { token: null, untilMs: 0, nextCheckAtMs: clock.now() + next_check_seconds * 1000 })
      return true
    },
  }

  function settle(transaction: Transaction, evidence: Evidence): void {
    const result = evidence.proof === 'found_by_hash' ? decodeResult(evidence.result_xdr) : null
    const isApplied = result?.transaction_code === 'tx_success'
    transaction.state = evidence.proof !== 'found_by_hash' ? 'never_applied' : isApplied ? 'applied' : 'applied_failed'
    for (const { employee_id, operation_index } of transaction.operations) {
      const employee = employeeOf(employees, employee_id)
      const code = result?.operation_codes[operation_index] ?? null
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
      const { id, tx_hash, sequence_number, max_ledger } = transaction
      const claim = { transaction_id: id, tx_hash, source_account, sequence_number, max_ledger }
      const second_horizon_url = setup.second_horizon_url ?? null
      return {
        ...claim,
        lease_token: take(60),
        horizon_url,
        second_horizon_url,
        network_passphrase: networkPassphrase,
        signers: [source_account],
      }
    },
  }
}

const ITEM_CODES = new Set(['op_no_destination', 'op_no_trust', 'op_not_authorized', 'op_line_full', 'op_malformed'])
const STOP_CODES = new Set(['tx_bad_auth', 'tx_no_source_account', 'tx_insufficient_balance'])

function requireEvidence(transaction: Transaction, evidence: Evidence): void {
  const isEnough =
    evidence.proof === 'found_by_hash'
      ? evidence.ledger < transaction.max_ledger
      : evidence.proof === 'sequence_unused_after_bounds'
        ? evidence.observed_ledger >= transaction.max_ledger &&
          BigInt(evidence.observed_sequence) < BigInt(transaction.sequence_number)
        : evidence.other_ledger > 0
  if (!isEnough) refuse('evidence_proves_nothing')
}

function least(numbers: readonly bigint[]): bigint | null {
  return numbers.reduce<bigint | null>((least, number) => (least === null || number < least ? number : least), null)
}

function greatest(numbers: readonly bigint[]): bigint | null {
  return numbers.reduce<bigint | null>((most, number) => (most === null || number > most ? number : most), null)
}

function employeeOf(employees: readonly Employee[], id: number): Employee {
  return employees.find((employee) => employee.id === id) ?? refuse('employee_not_found')
}

function refuse(code: string): never {
  throw new DatabaseError({ code, message: `Refused: ${code}.`, hint: null, status: 409 }, 'do it')
}
