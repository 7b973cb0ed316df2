/** How a sandbox is set up. */
export type SandboxOptions = {
  /** Port on 127.0.0.1; 0 (default) takes a free one. */
  readonly port?: number
  /** Milliseconds between ledgers (default 1000), or `manual`: they close only by `closeLedger`. */
  readonly ledgerIntervalMs?: number | 'manual'
  /** Names the network: equal seeds, clocks and submissions give equal ledger hashes. Default `local`. */
  readonly seed?: string
  /** Passphrase of the network. Default `PayD Sandbox ; <seed>`, so no signature is valid on a real network. */
  readonly networkPassphrase?: string
  /** Milliseconds since the epoch. Default the real time. */
  readonly clock?: () => number
  /** File in which every closed ledger is kept, so that a restart continues with the same network. */
  readonly dataFile?: string
  /** Default 1000, as mainnet. */
  readonly maxOperationsPerLedger?: number
  /** How long POST /transactions waits for a ledger before it answers 504. Default 30,000 ms, as Horizon. */
  readonly submitTimeoutMs?: number
  /** A node refuses (tx_too_late) what could expire within twice this time. Default 5 s, as core. */
  readonly expectedCloseSeconds?: number
  /** How many ledgers of history the server keeps; 0 (default) keeps all. */
  readonly historyRetentionLedgers?: number
  /** Whether Horizon shows the metas of transactions. Default false, as at public ones; RPC always does. */
  readonly keepsMeta?: boolean
}

/** The options with every default filled in. Throws when one makes no sense. */
export function completeOptions(options: SandboxOptions): Required<Omit<SandboxOptions, 'dataFile'>> {
  const seed = options.seed ?? 'local'
  const complete = {
    port: options.port ?? 0,
    ledgerIntervalMs: options.ledgerIntervalMs ?? 1000,
    seed,
    networkPassphrase: options.networkPassphrase ?? `PayD Sandbox ; ${seed}`,
    clock: options.clock ?? Date.now,
    maxOperationsPerLedger: options.maxOperationsPerLedger ?? 1000,
    submitTimeoutMs: options.submitTimeoutMs ?? 30_000,
    expectedCloseSeconds: options.expectedCloseSeconds ?? 5,
    historyRetentionLedgers: options.historyRetentionLedgers ?? 0,
    keepsMeta: options.keepsMeta ?? false,
  }
  const { ledgerIntervalMs } = complete
  requireWhole('port', complete.port, 0, 65_535)
  if (ledgerIntervalMs !== 'manual') requireWhole('ledgerIntervalMs', ledgerIntervalMs, 10, 3_600_000)
  requireWhole('maxOperationsPerLedger', complete.maxOperationsPerLedger, 100, 100_000)
  requireWhole('submitTimeoutMs', complete.submitTimeoutMs, 1, 3_600_000)
  requireWhole('expectedCloseSeconds', complete.expectedCloseSeconds, 0, 3600)
  requireWhole('historyRetentionLedgers', complete.historyRetentionLedgers, 0, 1_000_000_000)
  return complete
}

function requireWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new Error(`${name} is ${value}; it must be a whole number from ${least} to ${most}.`)
}
