import type { Table } from './catalogue.ts'
import { EXPLANATIONS, WHOLE_SCHEMA } from './seed-explanations.ts'
import { SEED_SCHEMA, type SeedTable } from './seed-schema.ts'

interface Difference {
  readonly table: string
  readonly name: string
  readonly seed: string
  readonly payd: string
}

/** The table "asked for / here / why". Throws if a difference has no reason, so that none can appear unnoticed. */
export function renderComparison(tables: readonly Table[]): string {
  const differences = SEED_SCHEMA.flatMap((seed) =>
    compareTable(
      seed,
      tables.find((table) => table.name === seed.name),
    ),
  )
  const rows = differences.map((difference) => {
    const reason = EXPLANATIONS[`${difference.table}.${difference.name}`] ?? EXPLANATIONS[`*.${difference.name}`]
    if (reason === undefined)
      throw new Error(
        `${difference.table}.${difference.name} differs from the source document, and no reason is written in seed-explanations.ts.`,
      )
    return `| \`${difference.table}\` | \`${difference.name}\` | ${difference.seed} | ${difference.payd} | ${reason} |`
  })
  return `${WHOLE_SCHEMA.map((sentence) => `- ${sentence}`).join('\n')}

| table | name | asked for | here | why |
|---|---|---|---|---|
${rows.join('\n')}`
}

function compareTable(seed: SeedTable, table: Table | undefined): Difference[] {
  if (table === undefined) return [{ table: seed.name, name: '(table)', seed: 'a table', payd: 'not there' }]

  const columns = Object.entries(seed.columns).flatMap(([name, asked]) => {
    const column = table.columns.find((candidate) => candidate.name === name)
    if (column === undefined) return [{ table: seed.name, name, seed: asked, payd: 'not there' }]
    // A trailing ! means not null. Wider types and stricter nullability are named once for the whole schema.
    const mustNotBeNull = asked.endsWith('!')
    return mustNotBeNull && column.isNullable ? [{ table: seed.name, name, seed: 'not null', payd: 'nullable' }] : []
  })
  const indexes = seed.indexes
    .filter((name) => !table.indexNames.includes(name))
    .map((name) => ({ table: seed.name, name, seed: 'an index', payd: 'not there' }))
  return [...columns, ...indexes]
}
