/** The sign before the decimals of a number. */
export type DecimalSign = '.' | ','

/** A file of people. */
export interface TableFile {
  /** Its name, and the sheet that is read where there are several. */
  readonly name: string
  /** The text of a CSV file, or its bytes where it is one already. The numbers of a workbook have no sign of their own: they get the given one. */
  readonly content: (decimalSign?: DecimalSign) => string | Uint8Array
}

/** Thrown for a workbook that cannot be read. */
export class WorkbookError extends Error {}

/** How many columns of a CSV file are known. */
export type KnownColumns = (content: string) => number

/** Reads a CSV file as it is, and the sheet of an Excel file of which most columns are known. */
export async function readTable(file: File, knownColumns: KnownColumns): Promise<TableFile> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  // Every .xlsx file is a ZIP archive, whatever its name says.
  const isWorkbook = bytes[0] === 0x50 && bytes[1] === 0x4b
  if (!isWorkbook && !/\.xlsx?$/i.test(file.name)) return { name: file.name, content: () => bytes }
  try {
    // Few pages read Excel files, so the others do not load how.
    const { readWorkbook } = await import('./read-workbook.ts')
    const { content, sheet } = await readWorkbook(bytes, knownColumns)
    return { name: sheet === undefined ? file.name : `${file.name} · ${sheet}`, content }
  } catch (cause) {
    throw new WorkbookError('The workbook could not be read.', { cause })
  }
}
