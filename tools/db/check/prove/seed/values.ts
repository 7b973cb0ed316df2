import { quoteText } from '../../../lib/database.ts'
import type { SeedCheck, SeedColumn, SeedTable } from './tables.ts'

/** What a made-up row may hold in a column: SQL expressions in the order in which they are tried. */
export type Candidates = readonly string[]

/**
 * Expressions for one column of one row, the likeliest first: what the project says, what a check lists, then by type and
 * name. They depend on the number of the row only, so that a proof gives the same rows every time.
 */
export function candidatesFor(
  table: SeedTable,
  column: SeedColumn,
  row: number,
  values: Readonly<Record<string, string>>,
): Candidates {
  const told = values[`${table.name}.${column.name}`] ?? values[`*.${column.name}`] ?? values[column.type]
  if (told !== undefined) return [told.replaceAll('$n', String(row))]
  if (column.labels) return rotate(column.labels.map(quoteText), row)
  const listed = table.checks.flatMap((check) => listedValues(check, column.name))
  const general = byType(column, row)
  return listed.length > 0 ? [...rotate(listed, row), ...general] : general
}

/** The values that a check such as `status in ('draft', 'pending')` allows for this column alone. */
function listedValues(check: SeedCheck, column: string): string[] {
  if (check.columns.length !== 1 || check.columns[0] !== column) return []
  const list = /ANY \(\(?ARRAY\[(.*?)\]/s.exec(check.definition)?.[1]
  return list === undefined ? [] : [...list.matchAll(/'((?:[^']|'')*)'/g)].map((match) => `'${match[1]}'`)
}

function rotate(values: readonly string[], row: number): string[] {
  const start = values.length === 0 ? 0 : (row - 1) % values.length
  return [...values.slice(start), ...values.slice(0, start)]
}

const NOON = "timestamptz '2026-01-01 12:00:00+00'"

function byType(column: SeedColumn, row: number): string[] {
  const { baseType } = column
  if (baseType.endsWith('[]')) return [`'{}'::${baseType}`, `array['a${row}']::${baseType}`]
  if (/^(text|character varying|character|citext|name)/.test(baseType)) return texts(column.name, row)
  if (/^(smallint|integer|bigint)/.test(baseType)) return [String(row), String(row + 100), '1', '0', '400', '3600']
  if (/^(numeric|real|double)/.test(baseType)) return [`${row}.5`, '0', '1', '100']
  if (baseType === 'boolean') return row % 2 === 0 ? ['true', 'false'] : ['false', 'true']
  if (baseType === 'uuid') return [`md5(${quoteText(`${column.name} ${row}`)})::uuid`]
  if (/^timestamp/.test(baseType))
    return [`${NOON} + interval '${row} hours'`, 'now()', `${NOON} + interval '400 days'`]
  if (baseType === 'date') return [`date '2026-01-01' + ${row}`, `date '2026-03-01' + ${row}`]
  if (/^time/.test(baseType)) return [`time '12:00' + interval '${row} minutes'`]
  if (baseType === 'interval') return [`interval '${row} hours'`]
  if (/^jsonb?$/.test(baseType)) return [`'{}'::${baseType}`, `'[]'::${baseType}`, `'{"row": ${row}}'::${baseType}`]
  if (baseType === 'bytea') return [`decode(md5('${row}') || md5('${row} more'), 'hex')`]
  if (baseType === 'inet') return [`inet '192.0.2.${row}'`]
  if (baseType === 'tsvector') return [`to_tsvector('simple', 'row ${row}')`]
  return [`${quoteText(String(row))}::${baseType}`]
}

// Texts of many shapes: a check on a text is usually about one of these.
function texts(name: string, row: number): string[] {
  const word = `${name} ${row}`
  const shapes = [
    word,
    `${name}_${row}`.toLowerCase(),
    `person${row}@example.org`,
    `https://example.org/${row}`,
    `${name[0]?.toUpperCase()}${name.slice(1)} ${row}.`,
    row % 2 === 0 ? 'USDC' : 'XLM',
    String(row),
    'Europe/Zurich',
    `${word} and more than that`,
    '',
  ]
  return [
    ...shapes.map(quoteText),
    `md5(${quoteText(word)}) || md5(${quoteText(`${word} more`)})`,
    `md5(${quoteText(word)})`,
  ]
}
