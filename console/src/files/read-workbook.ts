import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import readSheets from 'read-excel-file/universal'
import type { DecimalSign, KnownColumns } from './read-table.ts'

/** A sheet of a workbook as the text of a CSV file. */
export interface WorkbookTable {
  readonly content: (decimalSign?: DecimalSign) => string
  /** The name of the sheet, where there are several with something in them. */
  readonly sheet: string | undefined
}

type Cell = string | boolean | Date | NumberCell | null

/** A number, which is shown with whatever sign a person says. */
interface NumberCell {
  readonly shown: string
}

/**
 * The sheet of which most columns are known, else the first. A cell whose formula failed, or was never reckoned, holds an error and is not empty: an empty
 * cell takes a value away.
 */
export async function readWorkbook(bytes: Uint8Array, knownColumns: KnownColumns): Promise<WorkbookTable> {
  const options = { parseNumber: (text: string): NumberCell => ({ shown: shownNumber(text) }) }
  const sheets = await readSheets(withErrors(bytes).slice().buffer as ArrayBuffer, options as never)
  const tables = sheets
    .map(({ sheet, data }) => ({ sheet, rows: (data ?? []) as unknown as Cell[][] }))
    .filter(({ rows }) => rows.length > 0)
    .map(({ sheet, rows }) => ({ sheet, content: (sign: DecimalSign = '.') => csvOf(rows, sign) }))
  const known = tables.map(({ content }) => knownColumns(content()))
  const { content = () => '', sheet } = tables[known.indexOf(Math.max(...known))] ?? {}
  return { content, sheet: tables.length > 1 ? sheet : undefined }
}

const CELL = /<((?:\w+:)?)c\b([^>]*[^/>]|)>(.*?)<\/\1c>/gs

/** The same workbook with failed cells as texts, because the library that reads it takes them for empty ones. */
function withErrors(bytes: Uint8Array): Uint8Array {
  const files = unzipSync(bytes, { filter: ({ name }) => /^xl\/(?!media|theme|drawings)/.test(name) })
  for (const [name, content] of Object.entries(files)) {
    if (/^xl\/worksheets\/[^/]+\.xml$/.test(name)) files[name] = strToU8(strFromU8(content).replace(CELL, markedCell))
  }
  return zipSync(files, { level: 0 })
}

function markedCell(cell: string, prefix: string, attributes: string, inside: string): string {
  const kind = /\st="(\w+)"/.exec(attributes)?.[1]
  const value = /<(?:\w+:)?v\b[^>]*>([^<]*)<\//.exec(inside)?.[1]
  const isUnreckoned = /<(?:\w+:)?f\b/.test(inside) && (value === undefined || (value === '' && kind !== 'str'))
  if (kind !== 'e' && !isUnreckoned) return cell
  const others = attributes.replace(/\st="\w+"/, '')
  return `<${prefix}c${others} t="str"><${prefix}v>${value || '#N/A'}</${prefix}v></${prefix}c>`
}

/** Excel keeps fifteen digits of a number: the others of a long one, such as a memo, are lost. */
const LONGEST = 1e15

/** A number as Excel shows it: of the seventeen digits that a file holds, it knows fifteen. */
function shownNumber(text: string): string {
  const number = Number(text)
  if (Math.abs(number) >= LONGEST) return '#NUM!'
  return Number.isFinite(number) ? String(Number(number.toPrecision(15))) : text
}

const csvOf = (rows: readonly (readonly Cell[])[], sign: DecimalSign): string =>
  rows.map((row) => row.map((cell) => quoted(cell, sign)).join(',')).join('\r\n')

function quoted(cell: Cell, sign: DecimalSign): string {
  if (cell === null || cell === undefined) return ''
  return `"${textOf(cell, sign).replaceAll('"', '""')}"`
}

function textOf(cell: NonNullable<Cell>, sign: DecimalSign): string {
  if (cell instanceof Date) return cell.toISOString().slice(0, 10)
  return typeof cell === 'object' ? cell.shown.replace('.', sign) : String(cell)
}
