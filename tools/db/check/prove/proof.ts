import type { Finding } from '../../lib/finding.ts'
import type { Migration } from '../../lib/migrations.ts'

/** What a rollback throws away: rows or columns of a table that people filled after the migration. */
export type LossEntry = { readonly table: string; readonly rows: number; readonly columns: readonly string[] }

/** What was shown about one pair on a real server. */
export type PairProof = {
  readonly migration: Migration
  /** Empty when the pair is proven. */
  readonly findings: readonly Finding[]
  /** Portable catalogue digests; empty when the forward file did not run. */
  readonly before: string
  readonly after: string
  readonly catalogIdentity: boolean
  readonly dataPreserved: boolean
  /** Places at which a crash was tried. */
  readonly killPoints: number
  readonly queries: number
  readonly brokenQueries: number
  readonly losses: readonly LossEntry[]
  readonly serverVersion: string
  readonly durationMs: number
}
