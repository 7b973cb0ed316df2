import type { Keypair } from '@stellar/stellar-sdk/base'
import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import type { Fetch, LogLine } from '../../supabase/functions/_shared/worker/ports.ts'
import type { DisburseDatabase } from '../../supabase/functions/payroll-disburse/database.ts'
import {
  type DisburseCounts,
  type DisbursePorts,
  disburse,
} from '../../supabase/functions/payroll-disburse/disburse.ts'
import { createKeyring } from '../../supabase/functions/payroll-disburse/sign.ts'
import { createSandbox, type Sandbox } from '../../tools/sandbox/index.ts'
import type { SandboxOptions } from '../../tools/sandbox/options.ts'
import { type TestClock, testClock } from './clock.ts'
import { type MemoryDatabase, memoryDatabase } from './memory-database.ts'
import { address, keypair } from './plans.ts'

/** One run of a company on a real sandbox network whose ledgers and clock the test moves. */
export type Payroll = {
  readonly clock: TestClock
  readonly sandbox: Sandbox
  readonly memory: MemoryDatabase
  readonly lines: LogLine[]
  readonly treasury: Keypair
  ports(changes?: Partial<DisbursePorts>): DisbursePorts
  /** Rings the worker once. */
  ring(changes?: Partial<DisbursePorts>): Promise<DisburseCounts>
  /** Five seconds pass and a ledger closes. */
  closeLedger(count?: number): void
  /** Rings, with time passing and ledgers closing, until the run has ended; at most `rings` times. */
  finish(rings?: number): Promise<void>
  /** How often the ledger says that each employee was paid, by place in the list. */
  timesPaid(): number[]
  [Symbol.asyncDispose](): Promise<void>
}

const LEDGER_MS = 5_000
const LEASE_MS = 121_000

export async function aPayroll(
  setup: {
    readonly employees?: number
    readonly missing?: readonly number[]
    readonly amount?: string
    readonly memo?: string
  } = {},
  options: SandboxOptions = {},
): Promise<Payroll> {
  const clock = testClock()
  const sandbox = await createSandbox({ ledgerIntervalMs: 'manual', clock: clock.now, submitTimeoutMs: 20, ...options })
  const treasury = keypair(0)
  const destinations = Array.from({ length: setup.employees ?? 3 }, (_, index) => address(index + 1))
  await sandbox.fund([treasury.publicKey(), ...destinations.filter((_, index) => !setup.missing?.includes(index))])
  const lines: LogLine[] = []
  const memory = memoryDatabase({
    clock,
    source_account: treasury.publicKey(),
    networkPassphrase: sandbox.networkPassphrase,
    horizon_url: sandbox.url,
    payments: destinations.map((destination) => ({ destination, amount: setup.amount ?? '12.0000001' })),
    memo: setup.memo ?? null,
  })
  const closeLedger = (count = 1) => {
    for (let index = 0; index < count; index++) {
      clock.advance(LEDGER_MS)
      sandbox.closeLedger()
    }
  }
  const ports = (changes: Partial<DisbursePorts> = {}): DisbursePorts => ({
    clock,
    fetch: closingLedgers(sandbox, systemFetch),
    random: () => 0,
    log: (line) => lines.push(line),
    database: memory.database,
    keyring: createKeyring([treasury.secret()]),
    ...changes,
  })
  const ring = (changes: Partial<DisbursePorts> = {}) => disburse(ports(changes))
  const finish = async (rings = 40) => {
    for (let count = 0; count < rings && memory.run.status === 'processing'; count++) {
      await ring()
      // A killed worker keeps its lease until it ends by itself.
      if (memory.lease.token !== null) clock.advance(LEASE_MS)
      closeLedger(2)
    }
  }
  return {
    clock,
    sandbox,
    memory,
    lines,
    treasury,
    ports,
    ring,
    closeLedger,
    finish,
    timesPaid: () => destinations.map((destination) => paymentsTo(sandbox, treasury.publicKey(), destination)),
    [Symbol.asyncDispose]: () => sandbox.close(),
  }
}

/** A fetch that closes a ledger as soon as a submission waits for one, as time would. */
export function closingLedgers(sandbox: Sandbox, fetch: Fetch): Fetch {
  return async (url, init) => {
    const answer = fetch(url, init)
    if (init.method !== 'POST') return answer
    let isAnswered = false
    answer.then(
      () => {
        isAnswered = true
      },
      () => {
        isAnswered = true
      },
    )
    await untilPending(sandbox, () => isAnswered)
    if (!isAnswered) sandbox.closeLedger()
    return answer
  }
}

/** Resolves when a submission waits for a ledger, or when `isOver` says that none will. */
export async function untilPending(sandbox: Sandbox, isOver: () => boolean = () => false): Promise<void> {
  while (!isOver() && pendingCount(sandbox) === 0) {
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
}

function pendingCount(sandbox: Sandbox): number {
  const { pending } = sandbox.status()
  return Array.isArray(pending) ? pending.length : 0
}

function paymentsTo(sandbox: Sandbox, source: string, destination: string): number {
  let count = 0
  for (let cursor: string | undefined; ; ) {
    const page = sandbox.dump({ account: destination, ...(cursor === undefined ? {} : { cursor }) })
    count += page.operations.filter(
      (operation) =>
        operation.successful &&
        operation.type === 'payment' &&
        operation.source === source &&
        operation.destination === destination,
    ).length
    if (!page.next_cursor || page.operations.length === 0) return count
    cursor = page.next_cursor
  }
}

/** A database of which every call can be made to fail or be watched. */
export function interceptedDatabase(
  database: DisburseDatabase,
  before: (name: keyof DisburseDatabase, parameters: readonly unknown[]) => void | Promise<void>,
): DisburseDatabase {
  const intercepted = Object.entries(database).map(([name, call]) => [
    name,
    async (...parameters: readonly unknown[]) => {
      await before(name as keyof DisburseDatabase, parameters)
      return (call as (...list: readonly unknown[]) => Promise<unknown>)(...parameters)
    },
  ])
  return Object.fromEntries(intercepted) as DisburseDatabase
}
