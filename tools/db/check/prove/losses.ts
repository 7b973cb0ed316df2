import type { AnalysedFile } from '../../lib/analysis.ts'
import { applyFile, RefusedFileError } from '../../lib/apply.ts'
import type { Sql } from '../../lib/database.ts'
import type { Finding } from '../../lib/finding.ts'
import { isArchive } from '../../lib/rollback-header.ts'
import { columnsOf, type DatabaseData, readData } from '../../lib/table-data.ts'
import { losses, pairFinding, printLoss, rollbackOf } from './compare.ts'
import type { PairInput } from './pair.ts'
import type { LossEntry } from './proof.ts'
import { seedColumns } from './seed/seed.ts'

/**
 * Writes rows as people would after the migration, takes it back, applies it again, and compares: what is gone must be
 * what the rollback's header names, and nothing when it says lossless or archived.
 */
export async function proveLosses(
  input: PairInput,
  rowsBefore: DatabaseData,
): Promise<{ losses: LossEntry[]; findings: Finding[] }> {
  const { one, stage } = input
  const { sql } = stage
  const loss = one.rollbackHeader?.header?.loss
  if (!one.down || !loss || loss.kind === 'impossible') return { losses: [], findings: [] }
  const newColumns = addedColumns(rowsBefore, await readData(sql))
  await writeRows(input, newColumns)
  const written = await readData(sql)
  // A rollback that raises instead of throwing rows away has lost nothing, and its text says what to do.
  if (!(await runsOrRefuses(sql, one.down))) return { losses: [], findings: [] }
  await applyFile(sql, one.up.file, 'prove/forward-not-repeatable')
  // The archive of a migration is its own business: it comes and goes with it.
  const lost = losses(written, await readData(sql), newColumns).filter((entry) => !isArchive(entry.table))
  // People write more than names here, such as "columns a and b of public.notes".
  const named = loss.kind === 'lossy' ? loss.what.flatMap((what) => what.match(/\w+\.\w+/g) ?? []) : []
  const isNamed = ({ table }: LossEntry): boolean => named.includes(table)
  const unnamed = lost.filter((entry) => !isNamed(entry))
  const why = 'Before a rollback a person decides by what it says about lost rows.'
  return {
    losses: lost,
    findings: unnamed.map((entry) => {
      const isLie = loss.kind !== 'lossy'
      const what = isLie
        ? `The header says "${loss.kind}", but ${printLoss(entry)} are lost.`
        : `${printLoss(entry)} are lost, which the header does not name.`
      const fix = `Write "-- rollback: lossy … ${entry.columns[0] ? `column ${entry.table}.${entry.columns[0]}` : `table ${entry.table}`}", or archive the rows in a table private.archive_<version>_….`
      return pairFinding(
        rollbackOf(one),
        isLie ? 'lossy-declared-lossless' : 'undeclared-loss',
        entry.table,
        what,
        why,
        fix,
      )
    }),
  }
}

const RAISED = 'P0001'

async function runsOrRefuses(sql: Sql, down: AnalysedFile): Promise<boolean> {
  try {
    await applyFile(sql, down.file, 'prove/rollback-fails-with-rows')
    return true
  } catch (error) {
    if (error instanceof RefusedFileError && error.sqlState === RAISED) return false
    throw error
  }
}

async function writeRows(
  { stage, settings }: PairInput,
  newColumns: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  await stage.seed()
  const columns = [...newColumns].flatMap(([table, names]) => names.map((column) => ({ table, column })))
  await seedColumns(
    stage.superuser,
    columns.filter(({ table }) => !settings.referenceTables.includes(table)),
    settings,
  )
}

/** Columns that tables which existed before have now on top. */
function addedColumns(before: DatabaseData, after: DatabaseData): Map<string, readonly string[]> {
  const known = columnsOf(before)
  return new Map(
    [...after.tables].flatMap(([table, { columns }]) => {
      const old = known.get(table)
      const added = old ? columns.filter((column) => !old.includes(column)) : []
      return added.length > 0 ? [[table, added] as const] : []
    }),
  )
}
