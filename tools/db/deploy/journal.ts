import type { Sql } from '../lib/database.ts'

/** What the journal of a database tells. */
export type JournalKind =
  | 'push-started'
  | 'pushed'
  | 'push-failed'
  | 'rolled-back'
  | 'rehearsed'
  | 'approved'
  | 'approval-withdrawn'
  | 'backup'
  | 'drilled'
  | 'backfilled'
  | 'tested'
  | 'rights-accepted'
  | 'overridden'

/** One entry; entries are only ever added. */
export type JournalEntry = {
  readonly id: string
  readonly at: Date
  readonly kind: JournalKind
  /** The `key` of a migration: of PayD's the version in its release, whatever stamp its file has here. */
  readonly version: string | undefined
  readonly actor: string
  readonly details: Readonly<Record<string, unknown>>
}

/** Adds an entry and returns when it was written, by the clock of the database. */
export async function record(
  sql: Sql,
  entry: {
    readonly kind: JournalKind
    readonly version?: string
    readonly actor: string
    readonly details?: object
  },
): Promise<Date> {
  const [row] = await sql<{ at: Date }[]>`
    insert into supabase_migrations.payd_journal (kind, version, actor, details)
    values (${entry.kind}, ${entry.version ?? null}, ${entry.actor}, ${JSON.stringify(entry.details ?? {})}::text::jsonb)
    returning at`
  return row?.at ?? new Date(0)
}

/** All entries, oldest first; empty when the database has no journal. */
export async function readJournal(sql: Sql): Promise<JournalEntry[]> {
  const [table] = await sql<{ exists: boolean }[]>`
    select to_regclass('supabase_migrations.payd_journal') is not null as exists`
  if (!table?.exists) return []
  const rows = await sql<(Omit<JournalEntry, 'version'> & { version: string | null })[]>`
    select id::text, at, kind, version, actor, details from supabase_migrations.payd_journal as entry order by entry.id`
  return rows.map((row) => ({ ...row, version: row.version ?? undefined }))
}

/** The newest entry of a kind, for one version when it is named. */
export const newest = (
  journal: readonly JournalEntry[],
  kind: JournalKind,
  version?: string,
): JournalEntry | undefined =>
  journal.findLast((entry) => entry.kind === kind && (version === undefined || entry.version === version))
