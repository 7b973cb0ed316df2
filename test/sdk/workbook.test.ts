import { describe, expect, it } from 'vitest'
import { readTable, type TableFile, WorkbookError } from '../../console/src/files/read-table.ts'
import { readEmployeeCsv, readEmployeeCsvColumns } from '../../src/index.ts'
import { type RawCell, workbookOf } from '../console/support/workbook.ts'

const workbook = (...sheets: Parameters<typeof workbookOf>): File =>
  new File([new Uint8Array(workbookOf(...sheets))], 'team.xlsx')
const raw = (text: string): RawCell => ({ raw: text })
const HEADER = ['First name', 'Surname', 'E-Mail', 'Salary', 'Memo']

const open = async (file: File): Promise<TableFile> =>
  await readTable(file, (content) => readEmployeeCsvColumns(content).filter(({ column }) => column).length)

async function read(row: readonly (string | number | RawCell)[], decimalSign?: '.' | ',') {
  const table = await open(workbook([HEADER, ['Ada', 'B', 'a@example.com', ...row]]))
  const { rows, unusable } = readEmployeeCsv(table.content(decimalSign), { decimalSign })
  return rows[0] === undefined ? unusable[0]?.code : [rows[0].salary, rows[0].memo]
}

describe('a cell of a workbook', () => {
  it.each([
    ['a number', 1234.5600000000002, undefined, '1234.56'],
    ['a number, when the texts have decimal commas', 1234.5, ',', '1234.5'],
    ['a number with three decimals, when a person says that they are decimals', 60.125, '.', '60.1250'],
    ['what a formula gave', raw('><f>D1*2</f><v>900</v>'), undefined, '900'],
    ['a text that a formula gave', raw(' t="str"><f>D1</f><v>900.50</v>'), undefined, '900.50'],
    ['a text with a decimal comma, when a person says so', '1.234,50', ',', '1234.50'],
  ] as const)('is read: %s', async (_, cell, decimalSign, salary) => {
    expect(await read([cell, 'Z-1'], decimalSign)).toEqual([salary, 'Z-1'])
  })

  it.each([
    ['60.000 as a text', '60.000', undefined, 'csv_ambiguous_amounts'],
    ['three decimals of a number', 60.125, undefined, 'csv_ambiguous_amounts'],
    ['a text with a point beside decimal commas', '12.34', ',', 'csv_ambiguous_amounts'],
    ['a formula that failed', raw(' t="e"><f>1/0</f><v>#DIV/0!</v>'), undefined, 'csv_cell_failed'],
    ['a look-up that found nothing', raw(' t="e"><f>VLOOKUP(A2,B:C,2,0)</f><v>#N/A</v>'), undefined, 'csv_cell_failed'],
    ['a formula that nobody reckoned', raw('><f>D1*2</f>'), undefined, 'csv_cell_failed'],
    ['a formula whose value is empty', raw('><f>D1*2</f><v></v>'), undefined, 'csv_cell_failed'],
    ['a formula for a text that nobody reckoned', raw(' t="str"><f>A1</f>'), undefined, 'csv_cell_failed'],
  ] as const)('is neither guessed nor taken for empty: %s', async (_, cell, decimalSign, code) => {
    expect(await read([cell, 'Z-1'], decimalSign)).toBe(code)
  })

  it('with more digits than Excel keeps is no memo', async () => {
    expect(await read([900, raw('><v>1.2345678901234568E+17</v>')])).toBe('csv_cell_failed')
    expect(await read([900, 123456789012345])).toEqual(['900', '123456789012345'])
  })

  it('that is empty, or whose formula gives an empty text, is empty', async () => {
    expect(await read(['', raw(' t="str"><f>""</f><v></v>')])).toEqual(['', ''])
  })
})

describe('a workbook', () => {
  it('of several sheets gives the one whose columns are known, and says which', async () => {
    const book = workbook(
      [HEADER, ['Ada', 'B', 'a@example.com']],
      [['How to use this file'], ['1. Fill in the sheet Team']],
    )
    const { name, content } = await open(book)
    expect(name).toBe('team.xlsx · Team')
    expect(readEmployeeCsv(content()).rows).toMatchObject([{ line: 2, first_name: 'Ada' }])
  })

  it('that is damaged, old or locked is refused as one', async () => {
    const old = new File([new Uint8Array([0xd0, 0xcf, 0x11, 0xe0])], 'team.xls')
    await expect(open(old)).rejects.toThrow(WorkbookError)
    const cut = workbook([HEADER]).slice(0, 300)
    await expect(open(new File([cut], 'team.xlsx'))).rejects.toThrow(WorkbookError)
  })
})
