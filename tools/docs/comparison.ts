import type { Difference } from './difference.ts'
import type { Shape, ShapeCheck, ShapeColumn, ShapeIndex } from './shape.ts'
import { EXPLANATIONS, UNDRAWN, WHOLE_SCHEMA } from './source-explanations.ts'

/** The table "asked for / here / why". Throws if a difference has no reason or a reason no difference, so that neither goes unnoticed. */
export function renderComparison(asked: readonly Shape[], here: readonly Shape[]): string {
  const differences = [...compareSchemas(asked, here), ...UNDRAWN]
  const explained = new Set<string>()
  const missing: string[] = []
  const rows = differences.map((difference) => {
    const key = `${difference.table}.${difference.name}`
    const reason = EXPLANATIONS[key]
    explained.add(key)
    if (reason === undefined) missing.push(`${key}: asked for ${difference.asked}, here ${difference.here}`)
    return `| \`${difference.table}\` | ${difference.name} | ${cell(difference.asked)} | ${cell(difference.here)} | ${reason} |`
  })
  const idle = Object.keys(EXPLANATIONS).filter((key) => !explained.has(key))
  if (missing.length > 0 || idle.length > 0) {
    throw new Error(
      `Correct source-explanations.ts. Differences without a reason:\n${missing.join('\n')}\nReasons without a difference:\n${idle.join('\n')}`,
    )
  }
  return `${WHOLE_SCHEMA.map((sentence) => `- ${sentence}`).join('\n')}

| table | what | asked for | here | why |
|---|---|---|---|---|
${rows.join('\n')}`
}

/** Where the schema differs from the one that was asked for, but for the rules of the whole schema, which are checked on the way. */
export function compareSchemas(asked: readonly Shape[], here: readonly Shape[]): Difference[] {
  return asked.flatMap((source) => {
    const table = here.find(({ name }) => name === source.name)
    if (table === undefined) return [{ table: source.name, name: 'the table', asked: 'a table', here: 'not there' }]
    return [
      ...source.columns.flatMap((column) => compareColumn(column, source, table)),
      ...source.checks.flatMap((check) => compareCheck(check, table)),
      ...source.references.flatMap(({ columns, parent }) => compareReference(columns, parent, table)),
      ...source.indexes.flatMap((index) => (index.isUnique ? compareUnique(index, table) : compareIndex(index, table))),
    ].map((difference) => ({ table: source.name, ...difference }))
  })
}

type Found = Omit<Difference, 'table'>

function compareColumn(asked: ShapeColumn, source: Shape, table: Shape): Found[] {
  const column = table.columns.find(({ name }) => name === asked.name)
  if (column === undefined) return [{ name: `\`${asked.name}\``, asked: asked.type, here: 'not there' }]
  const found: Found[] = []
  if (!isSameType(asked, column, table)) {
    found.push({ name: `type of \`${asked.name}\``, asked: asked.type, here: describeType(column, table) })
  }
  // What has a default or listed values is never null here: null would be one more value.
  const isListed = checksOf(asked.name, source).some(({ definition }) => valuesIn(definition).length > 0)
  if (asked.isNullable !== column.isNullable && !((asked.hasDefault || isListed) && !column.isNullable)) {
    const words = (isNullable: boolean): string => (isNullable ? 'may be null' : 'not null')
    found.push({ name: `\`${asked.name}\` null`, asked: words(asked.isNullable), here: words(column.isNullable) })
  }
  const hasValue = (one: ShapeColumn): boolean => one.hasDefault || one.isIdentity
  if (hasValue(asked) && !hasValue(column)) {
    found.push({ name: `default of \`${asked.name}\``, asked: 'a default', here: 'none' })
  }
  return found
}

/** The same type, or the one that stands for it in the whole schema. */
function isSameType(asked: ShapeColumn, column: ShapeColumn, table: Shape): boolean {
  if (asked.isGenerated !== column.isGenerated) return false
  if (asked.type === column.type) return true
  if (asked.type === 'integer' && column.type === 'bigint') return isKey(column, table)
  if (asked.type === 'numeric(20,7)') return column.type === 'amount'
  if (asked.type === 'timestamp without time zone') return column.type === 'timestamp with time zone'
  const limit = /^character varying\((\d+)\)$/.exec(asked.type)?.[1]
  return limit !== undefined && column.type === 'text' && isLimitedTo(Number(limit), column.name, table)
}

function isKey(column: ShapeColumn, table: Shape): boolean {
  return column.isIdentity || table.references.some(({ columns }) => columns.includes(column.name))
}

/** Whether a check keeps the text within the limit: exactly that length, or a list or form of which every value is shorter. */
function isLimitedTo(limit: number, column: string, table: Shape): boolean {
  const own = checksOf(column, table)
  const lengths = own.flatMap(({ definition }) => lengthsIn(definition))
  if (lengths.length > 0) return Math.min(...lengths) === limit
  // A list, an address or a hash: its values are shorter than the limit, which no other check need repeat.
  return table.checks.some(
    ({ columns, definition }) =>
      columns.includes(column) &&
      /ANY \(ARRAY\[|~ '\^|is_account_id|is_strkey|asset_problem|is_destination/.test(definition),
  )
}

function checksOf(column: string, table: Shape): ShapeCheck[] {
  return table.checks.filter(({ columns }) => columns.length === 1 && columns[0] === column)
}

function lengthsIn(definition: string): number[] {
  return definition.includes('length(') ? [...definition.matchAll(/<= (\d+)/g)].map(([, digits]) => Number(digits)) : []
}

function describeType(column: ShapeColumn, table: Shape): string {
  const limits = checksOf(column.name, table).flatMap(({ definition }) => lengthsIn(definition))
  const generated = column.isGenerated ? 'generated ' : ''
  return limits.length === 0
    ? `${generated}${column.type}`
    : `${column.type}, at most ${Math.min(...limits)} characters`
}

function compareCheck(asked: ShapeCheck, table: Shape): Found[] {
  const [column = ''] = asked.columns
  const wanted = valuesIn(asked.definition)
  // An amount is never negative; the domain says so once.
  if (wanted.length === 0 && table.columns.some(({ name, type }) => name === column && type === 'amount')) return []
  const found = checksOf(column, table)
    .map(({ definition }) => valuesIn(definition))
    .find((values) => values.length > 0)
  if (found?.join() === wanted.join()) return []
  return [{ name: `values of \`${column}\``, asked: wanted.join(', '), here: found?.join(', ') ?? 'not checked' }]
}

function valuesIn(definition: string): string[] {
  if (!definition.includes('ANY (')) return []
  return [...definition.matchAll(/'([^']*)'/g)].map(([, value]) => value ?? '').sort()
}

function compareReference(asked: readonly string[], parent: string, table: Shape): Found[] {
  const [column = ''] = asked
  const isThere = table.references.some((one) => one.parent === parent && one.columns.includes(column))
  return isThere ? [] : [{ name: `\`${column}\` → \`${parent}\``, asked: 'a relationship', here: 'not there' }]
}

function compareUnique(asked: ShapeIndex, table: Shape): Found[] {
  const isSame = (one: ShapeIndex): boolean =>
    one.isUnique && one.condition === '' && one.columns.toSorted().join() === asked.columns.toSorted().join()
  if (table.indexes.some(isSame)) return []
  const [nearest] = table.indexes
    .filter((one) => one.isUnique && one.columns.some((column) => asked.columns.includes(column)))
    .toSorted((one, other) => shared(other, asked) - shared(one, asked))
  return [
    {
      name: `unique (${asked.columns.join(', ')})`,
      asked: 'everywhere',
      here: nearest ? `unique ${describe(nearest)}` : 'not there',
    },
  ]
}

function shared(index: ShapeIndex, asked: ShapeIndex): number {
  return index.columns.filter((column) => asked.columns.includes(column)).length
}

function compareIndex(asked: ShapeIndex, table: Shape): Found[] {
  const index = table.indexes.find(({ name }) => name === asked.name)
  if (index === undefined) return [{ name: `\`${asked.name}\``, asked: describe(asked), here: 'not there' }]
  const isSame = [asked.columns, ['organization_id', ...asked.columns]].some(
    (columns) => columns.join() === index.columns.join(),
  )
  const isOtherwiseSame = asked.method === index.method && asked.condition === index.condition
  return isSame && isOtherwiseSame ? [] : [{ name: `\`${asked.name}\``, asked: describe(asked), here: describe(index) }]
}

function describe({ method, columns, condition }: ShapeIndex): string {
  const using = method === 'btree' ? '' : `${method} `
  return `${using}(${columns.join(', ')})${condition === '' ? '' : ` where ${condition}`}`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
