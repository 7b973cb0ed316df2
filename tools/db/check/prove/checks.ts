import type { AnalysedFile, AnalysedMigration } from '../../lib/analysis.ts'
import { attributes, type Catalog, catalogDifferences, printDifference } from '../../lib/catalog.ts'
import { UNCOMPARED } from '../../lib/catalog-query.ts'
import type { Finding } from '../../lib/finding.ts'
import { isArchive } from '../../lib/rollback-header.ts'
import type { DatabaseData } from '../../lib/table-data.ts'
import { catalogFinding, changedData, pairFinding, rollbackOf } from './compare.ts'
import type { PairInput } from './proof.ts'

/** What a forward file must not do on the way: leave an INVALID index, or change rows without a statement that says so. */
export function checkForward(
  one: AnalysedMigration,
  before: Catalog,
  after: Catalog,
  changedTables: readonly string[],
): Finding[] {
  const invalidIn = (catalog: Catalog): string[] =>
    [...catalog].flatMap(([key, entry]) => (key.startsWith('index ') && !attributes(entry).valid ? [key] : []))
  const known = new Set(invalidIn(before))
  const invalid = invalidIn(after).filter((key) => !known.has(key))
  const findings = invalid.map((key) =>
    pairFinding(
      one.up,
      'invalid-index',
      key,
      `It leaves an invalid ${key}.`,
      'An INVALID index slows every write and serves no query.',
      'Drop it concurrently and build it again; for a unique index remove the duplicates first.',
    ),
  )
  const isSaid = one.classes.some((reason) => reason.changeClass === 'data-migration')
  if (changedTables.length === 0 || isSaid) return findings
  return [
    ...findings,
    pairFinding(
      one.up,
      'forward-changes-rows',
      changedTables[0] ?? '',
      `Rows of ${changedTables.join(', ')} change, though no statement is a data migration.`,
      'A trigger, a default or a cast rewrites what people stored.',
      'Find what writes there; if it is meant, write it as a statement of its own.',
    ),
  ]
}

/** A forward file that leaves another catalogue when it runs again after its rollback. */
export function checkRepeated(one: AnalysedMigration, first: Catalog, second: Catalog): Finding[] {
  const differences = catalogDifferences(first, second)
  if (differences.length === 0) return []
  const what = `The second forward run gives another catalogue: ${differences.slice(0, 8).map(printDifference).join('; ')}.`
  const why = 'A database that was rolled back and migrated again would differ from all others.'
  const fix = 'Find what the forward file takes from the state of the database, such as a DO block that looks first.'
  return [pairFinding(one.up, 'catalog-differs-second-time', differences[0]?.subject ?? '', what, why, fix)]
}

/** A forward file after which the catalogue is what it was. */
export function checkNothing(one: AnalysedMigration, before: Catalog, after: Catalog): Finding[] {
  if (catalogDifferences(before, after).length > 0) return []
  const why = 'The history would claim a change that never was.'
  const fix = 'Delete the pair, or write what it was meant to do.'
  return [pairFinding(one.up, 'changes-nothing', '', 'The forward file changes nothing.', why, fix)]
}

/** Updates and deletions of a forward file that met no made-up row, so that nothing is known about them. */
export function checkFixes(
  one: AnalysedMigration,
  changedTables: readonly string[],
  referenceTables: readonly string[],
): Finding[] {
  return writesOf(one.up, referenceTables)
    .filter(({ table }) => !changedTables.includes(table))
    .map(({ table, position }) => ({
      ...pairFinding(
        one.up,
        'fix-not-exercised',
        table,
        `It changes rows of ${table}, and no made-up row is one that it looks for.`,
        'A fix that was proven on rows that it does not touch was not proven, and neither was its rollback.',
        'Name values that its WHERE finds under "values" in supabase/proof.json, as "schema.table.column": "expression".',
      ),
      ...position,
    }))
}

/** A rollback that says it loses nothing, and whose updates and deletions met no row while it was proven. */
export function checkWritesOfRollback(
  one: AnalysedMigration,
  changedTables: readonly string[],
  referenceTables: readonly string[],
): Finding[] {
  if (!one.down || one.rollbackHeader?.header?.loss.kind !== 'lossless') return []
  return writesOf(one.down, referenceTables)
    .filter(({ table }) => !changedTables.includes(table))
    .map(({ table, position }) => ({
      ...pairFinding(
        rollbackOf(one),
        'rollback-not-exercised',
        table,
        `The header says "lossless", and the rollback changes rows of ${table}; no made-up row is one that it looks for.`,
        'A statement that changes rows loses nothing only when that was shown on such rows.',
        'Declare what it may lose ("lossy table …"), or keep the former values in a table private.archive_<version>_….',
      ),
      ...position,
    }))
}

// Rows of a table that the same file makes, and of an archive, are its own.
function writesOf(
  { effects }: AnalysedFile,
  referenceTables: readonly string[],
): { table: string; position: { line: number; column: number } }[] {
  const made = effects
    .filter((effect) => effect.verb === 'create' && effect.kind === 'table')
    .map((effect) => effect.name)
  return effects.flatMap(({ verb, table, takesAway, statement }) => {
    const isChange = verb === 'write' && takesAway && /^(Update|Delete)Stmt$/.test(statement.kind)
    const isOwn = !table || referenceTables.includes(table) || made.includes(table) || isArchive(table)
    return isChange && !isOwn ? [{ table, position: statement.position }] : []
  })
}

/** Objects of a kind of which the catalogue only says that they are there. */
export function checkUnmodeled(one: AnalysedMigration, before: Catalog, after: Catalog): Finding[] {
  return [...after.keys()]
    .filter((key) => !before.has(key) && UNCOMPARED.some((kind) => key.startsWith(`${kind} `)))
    .map((key) =>
      pairFinding(
        one.up,
        'unmodeled-kind',
        key,
        `It creates ${key}, which the proof cannot compare.`,
        'Nobody would notice when the rollback leaves another one behind.',
        'Do without it, or let tools/db/lib/catalog-query.ts say what it is like.',
      ),
    )
}

/** What a rollback leaves behind, takes too much of, or changes. */
export async function checkRestored(
  { one, before, mend }: PairInput,
  restored: Catalog,
  rows: DatabaseData,
  found: DatabaseData,
): Promise<Finding[]> {
  const file = rollbackOf(one)
  const why =
    'After a rollback the database must be what it was, or the next migration starts from a schema that nobody has tested.'
  const findings = await catalogFinding(
    file,
    'catalog-not-restored',
    'The rollback does not restore the catalogue',
    before,
    restored,
    why,
    mend,
  )
  const changed = changedData(rows, found)
  for (const table of changed.tables) {
    findings.push(
      pairFinding(
        file,
        'rows-not-restored',
        table,
        `Rows of ${table} are not what they were before the migration.`,
        'These rows were there before the migration; taking it back must not touch them.',
        'Archive what the forward file overwrites in a table private.archive_<version>_… and restore it from there; guard triggers such as updated_at.',
      ),
    )
  }
  for (const name of changed.sequences) {
    const [now, then] = [found.sequences.get(name)?.value ?? 'nothing', rows.sequences.get(name)?.value]
    findings.push(
      pairFinding(
        file,
        'sequence-not-restored',
        name,
        `The sequence ${name} stands at ${now} instead of ${then}.`,
        'The next number could be one that is taken, or leave a gap that an auditor asks about.',
        `Use setval('${name}', …) in the rollback.`,
      ),
    )
  }
  return findings
}
