import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PaydError } from '../../src/core/error.ts'
import { readCsv } from '../../src/people/csv.ts'
import { readEmployeeCsv } from '../../src/people/employee-csv.ts'
import { readEmployeeCsvColumns } from '../../src/people/employee-csv-columns.ts'

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
      unusable: [],
      warnings: [],
    })
  })

  it.each([
    ['an empty file', '', 'csv_empty', 'empty'],
    ['a missing column', 'first_name,email\n', 'csv_columns_missing', '"last_name"'],
    ['an unknown column', 'first_name,last_name,email,shoe size\n', 'csv_columns_unknown', '"shoe size"'],
    ['a repeated column', 'first_name,last_name,email,Email\n', 'csv_columns_repeated', '"Email"'],
    [
      'a header that lacks a column under any name',
      'Vorname,Family name,Contact\nA,B,c@example.com',
      'csv_columns_missing',
      '"Contact"',
    ],
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
    expect(file.unusable).toMatchObject([
      {
        line: 2,
        code: 'wrong_number_of_fields',
        hint: expect.stringContaining('Cells are missing, probably at the end'),
      },
      { line: 4, code: 'wrong_number_of_fields', hint: expect.stringContaining('Put quotes around') },
    ])
  })

  it.each([
    ['semicolons', '"first_name";"last_name";"email"\n"Ada";"Love, lace";a@example.com'],
    ['tabs', 'first_name\tlast_name\temail\nAda\tLove, lace\ta@example.com'],
    ['the separator that Excel names', 'sep=;\nfirst_name;last_name;email\nAda;Love, lace;a@example.com'],
    ['the separator that Excel for Mac names', 'sep=;\rfirst_name;last_name;email\rAda;Love, lace;a@example.com'],
    ['bars', 'first_name|last_name|email\nAda|Love, lace|a@example.com'],
    [
      'semicolons below a title full of commas',
      'Acme, Berlin, Germany, 2026\nfirst_name;last_name;email\nAda;Love, lace;a@example.com',
    ],
    [
      'semicolons and texts full of commas',
      'first_name;last_name;email;position\nAda;Love, lace;a@example.com;a, b, c, d, e',
    ],
  ])('reads %s between the fields', (_, text) => {
    expect(readEmployeeCsv(text).rows).toMatchObject([
      { first_name: 'Ada', last_name: 'Love, lace', email: 'a@example.com' },
    ])
  })

  it.each([
    ['UTF-16, little end first', (text: string) => new Uint8Array(Buffer.from(`\uFEFF${text}`, 'utf16le'))],
    ['UTF-16, big end first', (text: string) => new Uint8Array(Buffer.from(`\uFEFF${text}`, 'utf16le').swap16())],
    ['UTF-8 with a mark', (text: string) => new TextEncoder().encode(`\uFEFF${text}`)],
  ])('reads %s', (_, encode) => {
    const { rows } = readEmployeeCsv(encode('first_name,last_name,email\nZoé,Núñez,z@example.com'))
    expect(rows).toMatchObject([{ first_name: 'Zoé', last_name: 'Núñez' }])
  })

  it('composes letters, so that a name typed on a Mac is the same name', () => {
    const { rows } = readEmployeeCsv('first_name,last_name,email\nZoe\u0308,N,z@example.com')
    expect(rows[0]?.first_name).toBe('Zoë')
  })

  it('says of a workbook what to do with it', () => {
    const error = refusalOf(() => readEmployeeCsv(new Uint8Array([0x50, 0x4b, 3, 4])))
    expect(error).toMatchObject({ code: 'csv_not_text', hint: expect.stringContaining('CSV UTF-8') })
  })

  it('ignores columns without a name as long as they hold nothing', () => {
    const file = readEmployeeCsv(
      'first_name,last_name,email,,,\nA,B,a@example.com,,,\nC,D,c@example.com\nE,F,e@example.com,,x,',
    )
    expect(file.rows.map(({ line }) => line)).toEqual([2, 3])
    expect(file.unusable).toMatchObject([{ line: 4, code: 'csv_values_without_column' }])
  })

  it('passes the titles above the header', () => {
    const { rows } = readEmployeeCsv(
      'Staff of Acme\n\nExported,2026-11-30\nFirst name,Surname,E-Mail Address\nA,B,a@example.com',
    )
    expect(rows).toEqual([{ line: 5, first_name: 'A', last_name: 'B', email: 'a@example.com' }])
  })

  it('reads the memo that an exchange asks for', () => {
    const { rows } = readEmployeeCsv('first_name,last_name,email,Wallet,Memo,Memo type\nA,B,a@example.com,G,12345,id')
    expect(rows).toEqual([
      {
        line: 2,
        first_name: 'A',
        last_name: 'B',
        email: 'a@example.com',
        wallet_address: 'G',
        memo: '12345',
        memo_type: 'id',
      },
    ])
  })

  it.each([
    'Vorname;Nachname;E-Mail;Gehalt',
    'Prénom;Nom de famille;Courriel;Salaire',
    'Nombre;Apellidos;Correo;Salario',
    'Primer nombre;Primer apellido;Correo electrónico;Sueldo',
    'Primeiro nome;Último nome;E-mail;Salário',
    'Nome;Cognome;Indirizzo e-mail;Stipendio',
    'First name *;LAST-NAME;e_mail;Base pay',
    'First\u00A0Name;Sur\u200Bname;E\u2060-Mail;Salary:',
  ])('knows the columns of %s', (header) => {
    expect(readEmployeeCsv(`${header}\nA;B;a@example.com;5`).rows).toEqual([
      { line: 2, first_name: 'A', last_name: 'B', email: 'a@example.com', salary: '5' },
    ])
  })

  it.each(['Name;Vorname;Mail', 'Nom;Prénom;Courriel'])('knows the family name of %s', (header) => {
    expect(readEmployeeCsv(`${header}\nLovelace;Ada;a@example.com`).rows).toMatchObject([
      { first_name: 'Ada', last_name: 'Lovelace' },
    ])
  })

  it.each(['Name;E-Mail', 'Nom;Courriel', 'Name;First name;E-Mail'])('does not guess which name %s means', (header) => {
    expect(refusalOf(() => readEmployeeCsv(`${header}\nA;B;a@example.com`)).code).toBe('csv_columns_missing')
  })

  it.each(['Salary €', 'Salary 2019', 'Salary (monthly)', 'Pay/hour', 'Gehalt %', 'Email 2', 'Wallet 1'])(
    'does not take the column %s for what a part of its name means',
    (column) => {
      const error = refusalOf(() => readEmployeeCsv(`first_name;last_name;email;${column}\nA;B;a@example.com;1`))
      expect(error).toMatchObject({ code: 'csv_columns_unknown', message: expect.stringContaining(column) })
    },
  )

  it('takes a cell that is not there for no empty one, which would take a wallet away', () => {
    const file = readEmployeeCsv(
      'first_name,last_name,email,,wallet_address\nA,B,a@example.com,\nC,D,c@example.com,,\n',
    )
    expect(file.unusable).toMatchObject([{ line: 2, code: 'wrong_number_of_fields' }])
    expect(file.rows).toMatchObject([{ line: 3, wallet_address: '' }])
  })

  it.each([
    '#N/A',
    '#NV',
    '#REF!',
    '#BEZUG!',
    '#DIV/0!',
    '#NAME?',
    '#ÜBERLAUF!',
    '########',
    '1.23457E+17',
    '1,23457E+17',
  ])('refuses a row in which a spreadsheet wrote %s in place of a value', (value) => {
    for (const column of ['salary', 'wallet_address', 'memo', 'first_name']) {
      const cells = { first_name: 'A', last_name: 'B', email: 'a@example.com', [column]: value }
      const [header, row] = [Object.keys(cells).join(';'), Object.values(cells).join(';')]
      expect(readEmployeeCsv(`${header}\n${row}`).unusable, column).toMatchObject([
        { line: 2, code: 'csv_cell_failed', message: expect.stringContaining(column) },
      ])
    }
  })

  it('takes off the mark that keeps a text from being run as a formula, and no other apostrophe', () => {
    const { rows } = readEmployeeCsv("first_name,last_name,email,memo,position\n'=A,'t Hooft,a@example.com,'-1,'\t@x")
    expect(rows).toMatchObject([{ first_name: '=A', last_name: "'t Hooft", memo: '-1', position: '\t@x' }])
  })

  it.each([
    ['utf-16le', (text: string) => Buffer.from(text, 'utf16le')],
    ['utf-16be', (text: string) => Buffer.from(text, 'utf16le').swap16()],
  ] as const)('says that a file without a mark is %s, and reads it when a person says so', (encoding, encode) => {
    const file = new Uint8Array(encode('first_name,last_name,email\nZoé,B,a@example.com'))
    expect(refusalOf(() => readEmployeeCsv(file))).toMatchObject({
      code: 'csv_not_utf8',
      hint: expect.stringContaining(encoding),
    })
    expect(readEmployeeCsv(file, { encoding }).rows[0]?.first_name).toBe('Zoé')
  })

  it('believes the mark of a file before the encoding that a person chose for another one', () => {
    const file = new TextEncoder().encode('\uFEFFfirst_name,last_name,email\nZoé,B,a@example.com')
    expect(readEmployeeCsv(file, { encoding: 'windows-1252' }).rows[0]?.first_name).toBe('Zoé')
  })

  it.each([
    ['windows-1250', [0xa3, 0xb3], 'Łł'],
    ['windows-1251', [0xc8, 0xe2], 'Ив'],
    ['windows-1254', [0xdd, 0xfe], 'İş'],
    ['shift_jis', [0x8e, 0x52, 0x93, 0x63], '山田'],
    ['gb18030', [0xd0, 0xa1, 0xc3, 0xf7], '小明'],
    ['euc-kr', [0xb1, 0xe8], '김'],
  ] as const)('reads %s when a person says so', (encoding, letters, name) => {
    const plain = (text: string) => [...text].map(ord)
    const file = new Uint8Array([...plain('first_name,last_name,email\n'), ...letters, ...plain(',B,a@example.com')])
    expect(readEmployeeCsv(file, { encoding }).rows[0]?.first_name).toBe(name)
  })

  it.each([
    ['windows-1252', [0xdf, 0xe9]],
    ['macintosh', [0xa7, 0x8e]],
    ['utf-16be', [0x00, 0xdf, 0x00, 0xe9]],
  ] as const)('reads %s when a person says so, and refuses it otherwise', (encoding, letters) => {
    const bytes = (text: string) =>
      [...text].flatMap((letter) => (encoding === 'utf-16be' ? [0, ord(letter)] : [ord(letter)]))
    const file = new Uint8Array([...bytes('first_name,last_name,email\n'), ...letters, ...bytes(',B,a@example.com')])
    expect(readEmployeeCsv(file, { encoding }).rows[0]?.first_name).toBe('ßé')
    if (encoding !== 'utf-16be') expect(refusalOf(() => readEmployeeCsv(file)).hint).toContain('encoding')
  })

  it('takes a mapping for columns it does not know, and leaves columns out', () => {
    const text = 'Given,Family,Contact,Shoe size\nA,B,a@example.com,43'
    const columns = { given: 'first_name', Family: 'last_name', Contact: 'email', 'Shoe size': null } as const
    expect(readEmployeeCsv(text, { columns }).rows).toEqual([
      { line: 2, first_name: 'A', last_name: 'B', email: 'a@example.com' },
    ])
    const hint = refusalOf(() => readEmployeeCsv(text)).hint
    expect(hint).toContain('columns')
    const wrong = { Family: 'surname' } as unknown as typeof columns
    expect(refusalOf(() => readEmployeeCsv(text, { columns: wrong })).code).toBe('invalid_argument')
  })

  it.each([
    ['60.000', undefined, 'ambiguous'],
    ['1.234,56', undefined, 'ambiguous'],
    ['60,5', undefined, 'ambiguous'],
    ['1,234', undefined, 'ambiguous'],
    ['60000', undefined, '60000'],
    ['60.00', undefined, '60.00'],
    ['0.125', undefined, '0.125'],
    ['4200.0000001', undefined, '4200.0000001'],
    ['60.000', ',', '60000'],
    ['60.000', '.', '60.0000'],
    ['1.234.567,5', ',', '1234567.5'],
    ["1'234.50", '.', '1234.50'],
    ['1 234,50', ',', '1234.50'],
    ['12.34', ',', 'ambiguous'],
    ['12,34', '.', 'ambiguous'],
    ['1,00,000', '.', 'ambiguous'],
    ['1’234.50', '.', '1234.50'],
    ['1\u2009234\u2009567,5', ',', '1234567.5'],
    ["1.234'567", ',', "1.234'567"],
    ['1\u00A0234', undefined, 'ambiguous'],
    ['6E+04', undefined, '6E+04 failed'],
    ['60.000 €', ',', '60.000 €'],
    ['about 5', ',', 'about 5'],
  ] as const)('reads the salary %s with the decimal sign %s as %s', (salary, decimalSign, read) => {
    const text = `first_name;last_name;email;salary\nA;B;a@example.com;${salary}`
    const file = readEmployeeCsv(text, { decimalSign })
    if (read.endsWith('failed')) {
      expect(file.unusable).toMatchObject([{ line: 2, code: 'csv_cell_failed' }])
    } else if (read === 'ambiguous') {
      expect(file.rows).toEqual([])
      expect(file.unusable).toMatchObject([
        { line: 2, code: 'csv_ambiguous_amounts', message: expect.stringContaining(salary) },
      ])
    } else {
      expect(file.rows[0]?.salary).toBe(read)
    }
  })

  it('warns of letters that were decoded wrongly, and of no others', () => {
    const wrong = [
      'JosÃ©',
      'MÃ¼ller',
      'Ã\u0089ric',
      'Å\u0082ukasz',
      'Ð\u0098Ð²Ð°Ð½',
      'Î‘Î½Î½Î±',
      'Ù…Ø\u00AD',
      'å±±ç”°',
      'ð\u009F\u0098\u0080',
    ]
    const right = [
      'José',
      'Ângela',
      'Ðorđe',
      'Žižka',
      'Ñandú',
      '山田',
      'TÍŠEK',
      'RÁŽOVÁ',
      'Łukasz',
      'Иван',
      'D’Angelo',
      'Noë’s',
    ]
    const people = [...wrong, ...right]
    const text = `first_name,last_name,email\n${people.map((name, index) => `${name},X,p${index}@example.com`).join('\n')}`
    expect(readEmployeeCsv(text).warnings.map(({ line }) => people[line - 2])).toEqual(wrong)
  })
})

function ord(letter: string): number {
  return letter.charCodeAt(0)
}

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

describe('the columns of a file, for a person who says what they are', () => {
  const file =
    'Staff of Acme\n\nVorname;Nachname;Kontakt;Entgelt 2026\nAda;Lovelace;ada@example.com;4.200,50\nGrace;Hopper;;60.000'

  it('are named as in the file, with what is recognised and the first values', () => {
    expect(readEmployeeCsvColumns(file)).toEqual([
      { name: 'Vorname', column: 'first_name', samples: ['Ada', 'Grace'] },
      { name: 'Nachname', column: 'last_name', samples: ['Lovelace', 'Hopper'] },
      { name: 'Kontakt', column: undefined, samples: ['ada@example.com'] },
      { name: 'Entgelt 2026', column: undefined, samples: ['4.200,50', '60.000'] },
    ])
  })

  it('answered by a person, they are what readEmployeeCsv takes', () => {
    const columns = { Kontakt: 'email', 'Entgelt 2026': 'salary' } as const
    expect(readEmployeeCsvColumns(file, { columns }).map(({ column }) => column)).toEqual([
      'first_name',
      'last_name',
      'email',
      'salary',
    ])
    expect(readEmployeeCsv(file, { columns, decimalSign: ',' }).rows[0]).toMatchObject({ line: 4, salary: '4200.50' })
  })

  it('an empty file has none', () => {
    expect(readEmployeeCsvColumns('')).toEqual([])
  })
})
