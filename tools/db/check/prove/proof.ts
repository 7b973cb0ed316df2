import type { AnalysedMigration } from '../../lib/analysis.ts'
import type { Catalog } from '../../lib/catalog.ts'
import type { Finding } from '../../lib/finding.ts'
import type { Migration } from '../../lib/migrations.ts'
import type { Scope } from '../../lib/scope.ts'
import type { ScratchServer } from '../../lib/scratch.ts'
import type { ProofSettings } from '../settings.ts'
import type { ApplicationQuery } from './queries.ts'
import type { Stage } from './stage.ts'

/** What a pair is proven with. */
export type PairInput = {
  readonly server: ScratchServer
  /** A seeded database in the state before the migration; after a proof without findings it is in the state after it. */
  readonly stage: Stage
  readonly one: AnalysedMigration
  /** The catalogue of the stage. */
  readonly before: Catalog
  /** The SQL that turns the stage, as it is when this is called, into what it was before the migration. */
  readonly mend: () => Promise<readonly string[]>
  /** What the whole history creates. */
  readonly scope: Scope
  readonly settings: ProofSettings
  readonly queries: readonly ApplicationQuery[]
}

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
