import { PaydError } from './errors.ts'

/** One record of a CSV file. */
export interface CsvRecord {
  /** The line it starts on, as an editor counts: from 1, blank lines and line breaks inside quotes included. */
  readonly line: number
  readonly fields: readonly string[]
}

/** What `readCsv` accepts of a file. */
export interface CsvLimits {
  /** Largest file, in bytes (of text: in UTF-16 units). */
  readonly maxBytes: number
  /** Most records, the header included. */
  readonly maxRecords: number
}

/**
 * The records of a comma-separated file (RFC 4180): quoted fields with doubled quotes, commas and line breaks; lines that
 * end in LF, CRLF or CR; a byte order mark is dropped, and so are records without any text.
 *
 * Written here and not taken from a package, because the line of every record must be the one a person sees in the file
 * (packages count the record's end, and miscount line breaks inside quotes), and because it must run without Node's Buffer.
 *
 * Errors: `csv_too_large`, `csv_too_many_rows`, `csv_not_utf8`, `csv_malformed` with the line.
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
  const text = decode(file)
  const records: CsvRecord[] = []
  for (const record of scan(text)) {
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

/** A problem with the file as a whole: nothing of it was used. */
export function csvError(code: string, message: string, hint: string): PaydError {
  return new PaydError(message, { kind: 'validation_failed', code, hint })
}

function decode(file: string | Uint8Array): string {
  let text: string
  try {
    text = typeof file === 'string' ? file : new TextDecoder('utf-8', { fatal: true }).decode(file)
  } catch {
    text = '\uFFFD'
  }
  // A replacement character is a letter somebody lost on the way here: a name would be stored wrong for good.
  if (text.includes('\uFFFD')) {
    throw csvError('csv_not_utf8', 'The file is not UTF-8 text.', 'Save it as "CSV UTF-8", so that accents survive.')
  }
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

const END_OF_PLAIN_FIELD = /[,"\r\n]/g
const LINE_BREAK = /\r\n|\r|\n/g

/** Reads field by field. A field ends at a comma, a line break or the end; quotes count only around a whole field. */
function* scan(text: string): Generator<CsvRecord, void, undefined> {
  let position = 0
  let line = 1
  while (position < text.length) {
    const record = { line, fields: [] as string[] }
    let more = true
    while (more) {
      const field = readField(text, position, line)
      record.fields.push(field.value.trim())
      line += field.lineBreaks
      more = text[field.end] === ','
      position = field.end + 1
      if (!more && text[field.end] === '\r' && text[position] === '\n') position += 1
    }
    yield record
    line += 1
  }
}

interface Field {
  readonly value: string
  /** Index of the comma or line break after the field, or the length of the text. */
  readonly end: number
  readonly lineBreaks: number
}

function readField(text: string, start: number, line: number): Field {
  const end = search(END_OF_PLAIN_FIELD, text, start)
  const value = text.slice(start, end)
  if (text[end] !== '"') return { value, end, lineBreaks: 0 }
  if (value.trim() !== '') {
    throw malformed(
      line,
      'a quote stands inside a field that does not begin with one',
      'Put the whole field in quotes and double the quotes inside it.',
    )
  }
  return readQuotedField(text, end + 1, line)
}

function readQuotedField(text: string, start: number, line: number): Field {
  let close = text.indexOf('"', start)
  while (close !== -1 && text[close + 1] === '"') close = text.indexOf('"', close + 2)
  if (close === -1)
    throw malformed(line, 'a quote is opened and never closed', 'Close it, or double it if it belongs to the text.')

  const end = search(END_OF_PLAIN_FIELD, text, close + 1)
  if (text[end] === '"' || text.slice(close + 1, end).trim() !== '') {
    throw malformed(
      line,
      'text follows a closing quote',
      'Double the quotes inside a quoted field, and separate fields by commas.',
    )
  }
  const value = text.slice(start, close)
  return { value: value.replaceAll('""', '"'), end, lineBreaks: value.match(LINE_BREAK)?.length ?? 0 }
}

function search(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.exec(text)?.index ?? text.length
}

function malformed(line: number, problem: string, hint: string): PaydError {
  return csvError('csv_malformed', `In the record that starts on line ${line}, ${problem}.`, hint)
}
