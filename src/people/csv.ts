import { type CsvEncoding, csvError, decodeCsv } from './csv-text.ts'

/** One record of a CSV file. */
export interface CsvRecord {
  /** The line it starts on, as an editor counts: from 1, blank lines and line breaks inside quotes included. */
  readonly line: number
  readonly fields: readonly string[]
}

/** What separates the fields of a file. */
export type CsvDelimiter = ',' | ';' | '\t' | '|'

/** What `readCsv` accepts of a file. */
export interface CsvLimits {
  /** Largest file, in bytes (of text: in UTF-16 units). */
  readonly maxBytes: number
  /** Most records, the header included. */
  readonly maxRecords: number
  /** Default: whatever makes most columns known, else whatever separates most fields in the first lines. */
  readonly delimiter?: CsvDelimiter | undefined
  /** How many columns of a record are known, if it is the header. */
  readonly knownColumns?: ((record: CsvRecord) => number) | undefined
  /** Default: UTF-16 with a byte order mark, UTF-8 without. */
  readonly encoding?: CsvEncoding | undefined
}

/** 100,000 employees with every column filled take about 25 MB. */
export const EMPLOYEE_FILE_LIMITS: CsvLimits = { maxBytes: 32 * 1024 * 1024, maxRecords: 100_001 }

/**
 * The records of a file whose fields are separated by commas, semicolons, tabs or bars (RFC 4180): quoted fields with doubled quotes, commas and line breaks; lines that
 * end in LF, CRLF or CR; records without any text are dropped, and so is
 * the line `sep=;` that Excel understands.
 *
 * Written here and not taken from a package, because the line of every record must be the one a person sees in the file
 * (packages count the record's end, and miscount line breaks inside quotes), and because it must run without Node's Buffer.
 *
 * Errors: `csv_too_large`, `csv_too_many_rows`, `csv_not_utf8`, `csv_not_text`, `csv_malformed` with the line.
 */
export function readCsv(file: string | Uint8Array, limits: CsvLimits): CsvRecord[] {
  const size = typeof file === 'string' ? file.length : file.byteLength
  if (size > limits.maxBytes) {
    throw csvError(
      'csv_too_large',
      `The file has ${size} bytes.`,
      `Split it into files of at most ${limits.maxBytes} bytes.`,
    )
  }
  const text = decodeCsv(file, limits.encoding)
  const named = /^sep=([,;\t|])[\r\n]/i.exec(text)
  const delimiter =
    limits.delimiter ?? (named?.[1] as CsvDelimiter | undefined) ?? likelyDelimiter(text, limits.knownColumns)
  const records: CsvRecord[] = []
  for (const record of scan(text, delimiter)) {
    if (named !== null && record.line === 1) continue
    if (record.fields.every((field) => field === '')) continue
    if (records.length === limits.maxRecords) {
      const rows = limits.maxRecords - 1
      throw csvError(
        'csv_too_many_rows',
        `The file has more than ${rows} rows.`,
        `Split it into files of at most ${rows} rows.`,
      )
    }
    records.push(record)
  }
  return records
}

const DELIMITERS: readonly CsvDelimiter[] = [',', ';', '\t', '|']
/** Enough for the titles above a table and its header. */
const SAMPLE_LENGTH = 4_000

function likelyDelimiter(text: string, knownColumns: CsvLimits['knownColumns']): CsvDelimiter {
  const sample = text.slice(0, SAMPLE_LENGTH)
  const lines = sample.replace(/"(?:[^"]|"")*"/g, '""').split(LINE_BREAK)
  const scores = DELIMITERS.map((delimiter) => ({
    delimiter,
    known: knownColumns === undefined ? 0 : mostKnown(sample, delimiter, knownColumns),
    fields: Math.max(...lines.map((line) => line.split(delimiter).length)),
  }))
  // A title with commas, or a text with many, says less than the names of columns.
  return scores.reduce((best, one) =>
    one.known > best.known || (one.known === best.known && one.fields > best.fields) ? one : best,
  ).delimiter
}

function mostKnown(sample: string, delimiter: CsvDelimiter, knownColumns: (record: CsvRecord) => number): number {
  let most = 0
  try {
    for (const record of scan(sample, delimiter)) most = Math.max(most, knownColumns(record))
  } catch {
    // The sample may end inside a quoted field, and what is malformed is refused when it is read.
  }
  return most
}

const LINE_BREAK = /\r\n|\r|\n/g

/** Reads field by field. A field ends at a delimiter, a line break or the end; quotes count only around a whole field. */
function* scan(text: string, delimiter: CsvDelimiter): Generator<CsvRecord, void, undefined> {
  const endOfPlainField = new RegExp(`[${delimiter}"\\r\\n]`, 'g')
  let position = 0
  let line = 1
  while (position < text.length) {
    const record = { line, fields: [] as string[] }
    let more = true
    while (more) {
      const field = readField(text, position, line, endOfPlainField)
      record.fields.push(field.value.trim())
      line += field.lineBreaks
      more = text[field.end] === delimiter
      position = field.end + 1
      if (!more && text[field.end] === '\r' && text[position] === '\n') position += 1
    }
    yield record
    line += 1
  }
}

interface Field {
  readonly value: string
  /** Index of the delimiter or line break after the field, or the length of the text. */
  readonly end: number
  readonly lineBreaks: number
}

function readField(text: string, start: number, line: number, endOfField: RegExp): Field {
  const end = search(endOfField, text, start)
  const value = text.slice(start, end)
  if (text[end] !== '"') return { value, end, lineBreaks: 0 }
  if (value.trim() !== '') {
    throw malformed(
      line,
      'a quote stands inside a field that does not begin with one',
      'Put the whole field in quotes and double the quotes inside it.',
    )
  }
  return readQuotedField(text, end + 1, line, endOfField)
}

function readQuotedField(text: string, start: number, line: number, endOfField: RegExp): Field {
  let close = text.indexOf('"', start)
  while (close !== -1 && text[close + 1] === '"') close = text.indexOf('"', close + 2)
  if (close === -1)
    throw malformed(line, 'a quote is opened and never closed', 'Close it, or double it if it belongs to the text.')

  const end = search(endOfField, text, close + 1)
  if (text[end] === '"' || text.slice(close + 1, end).trim() !== '') {
    throw malformed(line, 'text follows a closing quote', 'Double the quotes inside a quoted field.')
  }
  const value = text.slice(start, close)
  return { value: value.replaceAll('""', '"'), end, lineBreaks: value.match(LINE_BREAK)?.length ?? 0 }
}

function search(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.exec(text)?.index ?? text.length
}

function malformed(line: number, problem: string, hint: string): Error {
  return csvError('csv_malformed', `In the record that starts on line ${line}, ${problem}.`, hint)
}
