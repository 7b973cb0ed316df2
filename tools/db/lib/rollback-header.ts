import { commentBlock, type HeaderProblem, listOf, readFields, wrapped } from './header.ts'

/** What a rollback loses of the rows that were written since its migration. */
export type Loss =
  | { readonly kind: 'lossless' }
  /** `what` names the things, such as `table public.notes` or `column public.payroll_items.memo`. */
  | { readonly kind: 'lossy'; readonly what: readonly string[] }
  /** The forward file kept what it took away in a table of `isArchive`, and the rollback brings it back. */
  | { readonly kind: 'archived' }
  | { readonly kind: 'impossible'; readonly why: string }

/** Whether a table keeps what a migration overwrites or drops: all of schema `mig_archive`, and `private.archive_<version>…`. */
export const isArchive = (table: string): boolean => /^(mig_archive\.|private\.archive_\d{14})/.test(table)

/** The header of a rollback file. */
export type RollbackHeader = {
  /** `<version>_<name>` of its partner. */
  readonly rollbackOf: string
  readonly loss: Loss
  /** Lines of prose between the fields. */
  readonly prose: readonly string[]
}

export type RollbackHeaderOutcome = {
  readonly header: RollbackHeader | undefined
  readonly problems: readonly HeaderProblem[]
  readonly lines: Readonly<Record<string, number>>
}

/** A rollback file's header in one look. */
export const ROLLBACK_HEADER_EXAMPLE = `-- rollback-of: 20261120093000_add_memo
-- rollback: lossy column public.payroll_items.memo`

/** Reads the header of a rollback file: which file it undoes, and what that loses. */
export function readRollbackHeader(text: string): RollbackHeaderOutcome {
  const { fields, prose, lines, duplicates } = readFields(commentBlock(text), ['rollback-of', 'rollback'])
  const problems: HeaderProblem[] = [...duplicates]
  const rollbackOf = fields['rollback-of']
  if (!rollbackOf)
    problems.push({
      line: 1,
      what: 'The rollback does not say which file it undoes.',
      fix: 'Write "-- rollback-of: <version>_<name>".',
    })
  const loss = readLoss(fields.rollback ?? '')
  if (!loss)
    problems.push({ line: lines.rollback ?? 1, what: 'The rollback does not say what it loses.', fix: LOSS_FIX })
  if (!rollbackOf || !loss || problems.length > 0) return { header: undefined, problems, lines }
  return { header: { rollbackOf, loss, prose }, problems, lines }
}

/** Writes the header of a rollback file. */
export function writeRollbackHeader(header: RollbackHeader): string {
  return [
    `-- rollback-of: ${header.rollbackOf}`,
    ...wrapped(`-- rollback: ${writeLoss(header.loss)}`),
    ...header.prose.map((line) => `-- ${line}`),
  ].join('\n')
}

/** A loss as it stands in a header, such as `lossy table public.notes`. */
export function writeLoss(loss: Loss): string {
  if (loss.kind === 'lossy') return `lossy ${loss.what.join(', ')}`
  return loss.kind === 'impossible' ? `impossible ${loss.why}` : loss.kind
}

const LOSS_FIX =
  'Write "-- rollback: lossless", "lossy table schema.name, column schema.table.name", "archived", or "impossible <why>".'

function readLoss(value: string): Loss | undefined {
  const [, kind, rest = ''] = /^(lossless|lossy|archived|impossible)\b\s*(.*)$/.exec(value) ?? []
  if (kind === 'lossless' || kind === 'archived') return rest ? undefined : { kind }
  if (kind === 'lossy') return rest ? { kind, what: listOf(rest) } : undefined
  return kind === 'impossible' && rest ? { kind, why: rest } : undefined
}
