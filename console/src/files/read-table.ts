/** A file of people as the text of a CSV file, or its bytes where it is one already. */
export interface TableFile {
  readonly name: string
  readonly content: string | Uint8Array
  /** Whether its numbers come from cells, which know no decimal comma. */
  readonly isWorkbook: boolean
}

/** Thrown for a workbook that cannot be read. */
export class WorkbookError extends Error {}

/** Reads a CSV file as it is, and the first sheet of an Excel file. */
export async function readTable(file: File): Promise<TableFile> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  // Every .xlsx file is a ZIP archive, whatever its name says.
  const isWorkbook = bytes[0] === 0x50 && bytes[1] === 0x4b
  if (!isWorkbook && !/\.xlsx?$/i.test(file.name)) return { name: file.name, content: bytes, isWorkbook: false }
  try {
    return { name: file.name, content: await readWorkbook(bytes), isWorkbook: true }
  } catch (cause) {
    throw new WorkbookError('The workbook could not be read.', { cause })
  }
}

async function readWorkbook(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // Few pages read Excel files, so the others do not load how.
  const { readSheet } = await import('read-excel-file/universal')
  const rows: unknown[][] = await readSheet(bytes.buffer, { parseNumber: shownNumber } as never)
  return rows.map((row) => row.map(quoted).join(',')).join('\r\n')
}

/** A number as Excel shows it: of the seventeen digits that a file holds, it knows fifteen. */
function shownNumber(text: string): string {
  const number = Number(text)
  return Number.isFinite(number) ? String(Number(number.toPrecision(15))) : text
}

function quoted(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = value instanceof Date ? value.toISOString().slice(0, 10) : String(value)
  return `"${text.replaceAll('"', '""')}"`
}
