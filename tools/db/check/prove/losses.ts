import type { AnalysedFile, AnalysedMigration } from '../../lib/analysis.ts'
import { applyFile, RefusedFileError } from '../../lib/apply.ts'
import type { Sql } from '../../lib/database.ts'
import type { Finding } from '../../lib/finding.ts'
import { isArchive } from '../../lib/rollback-header.ts'
import { columnsOf, type DatabaseData, readData } from '../../lib/table-data.ts'
import { checkWritesOfRollback } from './checks.ts'
import { changedData, losses, pairFinding, printLoss, rollbackOf } from './compare.ts'
import { exerciseNewValues } from './exercise.ts'
import { type Limits, readLimits } from './limits.ts'
import type { LossEntry, PairInput } from './proof.ts'
import { seedColumns } from './seed/seed.ts'

/**
 * Writes rows as people would after the migration, takes it back, applies it again, and compares: what is gone must be
 * what the rollback's header names, and nothing when it says lossless or archived. The second time the rows hold what the
 * migration newly allows.
 */
export async function proveLosses(
  input: PairInput,
  rowsBefore: DatabaseData,
  limitsBefore: Limits,
): Promise<{ losses: LossEntry[]; findings: Finding[] }> {
  const { one, stage, settings } = input
  const loss = one.rollbackHeader?.header?.loss
  if (!one.down || !loss || loss.kind === 'impossible') return { losses: [], findings: [] }
  const newColumns = addedColumns(rowsBefore, await readData(stage.sql))
  await writeRows(input, newColumns)
  const touched = new Set<string>()
  const unexercised = (): Finding[] => checkWritesOfRollback(one, [...touched], settings.referenceTables)
  const first = await thereAndBack(input, one.down, newColumns, touched)
  if (first.findings.length > 0) return first
  const exercised = await exerciseNewValues(stage.superuser, limitsBefore, await readLimits(stage.sql), settings)
  if (exercised.held.length === 0) return { ...first, findings: unexercised() }
  const second = await thereAndBack(input, one.down, newColumns, touched).catch((error: unknown) => {
    if (!(error instanceof RefusedFileError) || !error.finding.check.startsWith('prove/rollback')) throw error
    return { losses: [], findings: [refusesNewValues(error.finding, exercised.held)] }
  })
  return {
    losses: first.losses.length > 0 ? first.losses : second.losses,
    findings: [...second.findings, ...unexercised()],
  }
}

async function thereAndBack(
  { one, stage }: PairInput,
  down: AnalysedFile,
  newColumns: ReadonlyMap<string, readonly string[]>,
  touched: Set<string>,
): Promise<{ losses: LossEntry[]; findings: Finding[] }> {
  const written = await readData(stage.sql)
  // A rollback that raises instead of throwing rows away has lost nothing, and its text says what to do.
  if (!(await runsOrRefuses(stage.sql, down))) return { losses: [], findings: [] }
  for (const table of changedData(written, await readData(stage.sql, columnsOf(written))).tables) touched.add(table)
  await applyFile(stage.sql, one.up.file, 'prove/forward-not-repeatable')
  // The archive of a migration is its own business: it comes and goes with it.
  const lost = losses(written, await readData(stage.sql), newColumns).filter((entry) => !isArchive(entry.table))
  return { losses: lost, findings: undeclared(one, lost) }
}

function undeclared(one: AnalysedMigration, lost: readonly LossEntry[]): Finding[] {
  const loss = one.rollbackHeader?.header?.loss
  // People write more than names here, such as "columns a and b of public.notes".
  const named = loss?.kind === 'lossy' ? loss.what.flatMap((what) => what.match(/\w+\.\w+/g) ?? []) : []
  const why = 'Before a rollback a person decides by what it says about lost rows.'
  return lost
    .filter(({ table }) => !named.includes(table))
    .map((entry) => {
      const isLie = loss?.kind !== 'lossy'
      const what = isLie
        ? `The header says "${loss?.kind}", but ${printLoss(entry)} are lost.`
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
    })
}

// In the emergency people have used what the migration brought.
function refusesNewValues(finding: Finding, held: readonly string[]): Finding {
  return {
    ...finding,
    check: 'prove/rollback-refuses-new-values',
    what: `The rollback fails as soon as rows hold what the migration allows (${held.slice(0, 3).join('; ')}): ${finding.what}`,
    why: 'Nobody can take a migration back in an emergency when its rollback works only while nobody uses it.',
    fix: 'Let the rollback begin with a DO block that counts these rows and raises a sentence that says what to do with them (new --down auto writes it); or change the rows first and say "lossy …" in the header.',
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
