import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCsv } from '../../src/csv.ts'
import { readEmployeeCsv } from '../../src/employee-csv.ts'
import { PaydError } from '../../src/errors.ts'

const LIMITS = { maxBytes: 1_000_000, maxRecords: 1_000 }
const rows = (text: string): (readonly string[])[] => readCsv(text, LIMITS).map((record) => record.fields)
const lines = (text: string): number[] => readCsv(text, LIMITS).map((record) => record.line)

describe('reading CSV', () => {
  it('keeps accents, doubled quotes, commas and line breaks inside quotes', () => {
    expect(rows('Zoé,"O""Brien, Jr.","two\r\nlines"\n')).toEqual([['Zoé', 'O"Brien, Jr.', 'two\r\nlines']])
  })

  it.each([
    ['LF', 'a,b\nc,d\n'],
    ['CRLF', 'a,b\r\nc,d\r\n'],
    ['CR', 'a,b\rc,d\r'],
    ['no line break at the end', 'a,b\nc,d'],
  ])('reads lines that end in %s', (_, text) => {
    expect(rows(text)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
    expect(lines(text)).toEqual([1, 2])
  })

  it('drops a byte order mark, in text and in bytes', () => {
    expect(rows('\uFEFFa,b')).toEqual([['a', 'b']])
    expect(readCsv(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]), LIMITS)).toEqual([{ line: 1, fields: ['a'] }])
  })

  it('names the line on which a record starts, as an editor counts', () => {
    const text = 'header\r\n"one\r\nrecord\nof three lines"\r\n\r\n   \r\n,\r\nlast'
    expect(readCsv(text, LIMITS)).toEqual([
      { line: 1, fields: ['header'] },
      { line: 2, fields: ['one\r\nrecord\nof three lines'] },
      { line: 8, fields: ['last'] },
    ])
  })

  it('takes blanks around a value, quoted or not, for no part of it', () => {
    expect(rows(' a , "b" ,\u00A0c')).toEqual([['a', 'b', 'c']])
  })

  it('keeps empty fields, also the last one', () => {
    expect(rows('a,,\n,,c')).toEqual([
      ['a', '', ''],
      ['', '', 'c'],
    ])
  })

  it.each([
    ['a quote that is never closed', 'a,b\n"c,d\ne,f', 'csv_malformed', 'line 2'],
    ['a quote inside a plain field', 'a,b\nc"d,e', 'csv_malformed', 'line 2'],
    ['text after a closing quote', 'a\n\n"b"c', 'csv_malformed', 'line 3'],
    ['a quote after a closing quote and a blank', '"a" "b"', 'csv_malformed', 'line 1'],
    ['letters that were lost on the way', 'Zo\uFFFD', 'csv_not_utf8', 'UTF-8'],
  ])('refuses %s and says where', (_, text, code, words) => {
    const error = refusalOf(() => readCsv(text, LIMITS))
    expect(error.code).toBe(code)
    expect(error.message).toContain(words)
  })

  it('refuses bytes that are not UTF-8, because accents would be lost', () => {
    const latin1 = new Uint8Array([0x5a, 0x6f, 0xe9])
    expect(refusalOf(() => readCsv(latin1, LIMITS)).code).toBe('csv_not_utf8')
  })

  it('refuses a file above its limits before reading all of it', () => {
    expect(refusalOf(() => readCsv('aaaa', { ...LIMITS, maxBytes: 3 })).code).toBe('csv_too_large')
    expect(refusalOf(() => readCsv('a\nb\nc', { ...LIMITS, maxRecords: 2 })).code).toBe('csv_too_many_rows')
    expect(readCsv('a\nb\n\n', { ...LIMITS, maxRecords: 2 })).toHaveLength(2)
  })

  it('reads back whatever was written, with the fields an established parser reads', () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r', ' ', '\u{1F600}', '0') })
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1 }), (table) => {
        const text = table.map((record) => record.map(quoted).join(',')).join('\n')
        const written = table
          .map((record) => record.map((value) => value.trim()))
          .filter((record) => record.some(Boolean))
        expect(rows(text)).toEqual(written)
        const established: string[][] = parse(text, { relax_column_count: true, record_delimiter: '\n' })
        expect(
          established.map((record) => record.map((value) => value.trim())).filter((record) => record.some(Boolean)),
        ).toEqual(written)
      }),
    )
  })

  it('counts as many lines as the text before a record has line breaks', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\r\n', '\n', '\r') })
    fc.assert(
      fc.property(fc.array(field, { maxLength: 20 }), fc.constantFrom('\n', '\r\n'), (values, lineBreak) => {
        const before = values.map((value) => quoted(value) + lineBreak).join('')
        const last = readCsv(`${before}the last`, LIMITS).at(-1)
        expect(last).toEqual({ line: before.split(/\r\n|\r|\n/).length, fields: ['the last'] })
      }),
    )
  })

  it('answers text of any shape with records or a PaydError', () => {
    const soup = fc.string({
      unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', '\0', '\uFFFD', '\uFEFF', '\u2028'),
    })
    fc.assert(
      fc.property(soup, (text) => {
        try {
          readCsv(text, LIMITS)
        } catch (error) {
          expect(error).toBeInstanceOf(PaydError)
        }
      }),
    )
  })
})

describe('reading a file of employees', () => {
  it('takes columns in any order and spelling, and gives each row its line', () => {
    const file = readEmployeeCsv('Email,First Name,LAST_NAME\nada@example.com,Ada,Lovelace\n')
    expect(file).toEqual({
      rows: [{ line: 2, email: 'ada@example.com', first_name: 'Ada', last_name: 'Lovelace' }],
      uneven: [],
    })
  })

  it.each([
    ['an empty file', '', 'csv_empty', 'empty'],
    ['a missing column', 'first_name,email\n', 'csv_columns_missing', '"last_name"'],
    ['an unknown column', 'first_name,last_name,email,shoe size\n', 'csv_columns_unknown', '"shoe_size"'],
    ['a repeated column', 'first_name,last_name,email,Email\n', 'csv_columns_repeated', '"email"'],
    ['semicolons instead of commas', 'first_name;last_name;email\n', 'csv_not_comma_separated', 'commas'],
  ])('refuses %s and names it', (_, text, code, words) => {
    const error = refusalOf(() => readEmployeeCsv(text))
    expect(error).toMatchObject({ kind: 'validation_failed', code })
    expect(error.message).toContain(words)
    expect(error.hint).toBeTruthy()
  })

  it('sets aside a row with too many or too few fields, and reads the others', () => {
    const file = readEmployeeCsv(
      'first_name,last_name,email\nAda,Lovelace\nA,B,c@example.com\nX,Y, Jr.,x@example.com\n',
    )
    expect(file.rows.map((row) => row.line)).toEqual([3])
    expect(file.uneven).toEqual([
      { line: 2, fieldCount: 2, columnCount: 3 },
      { line: 4, fieldCount: 4, columnCount: 3 },
    ])
  })
})

function quoted(value: string): string {
  return `"${value.replaceAll('"', '""')}"`
}

function refusalOf(work: () => unknown): PaydError {
  try {
    work()
  } catch (error) {
    if (error instanceof PaydError) return error
    throw error
  }
  throw new Error('It was not refused.')
}
