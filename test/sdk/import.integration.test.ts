import { Keypair } from '@stellar/stellar-sdk/base'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { formatAmount, type NumberedEmployeeRow, parseAmount, readEmployeeCsv } from '../../src/index.ts'
import { acmeCsv } from '../../tools/demo/acme.ts'
import { type Stack, startStack } from '../../tools/stack/stack.ts'
import { anOrganization, type Person, startProject } from './project.ts'

let stack: Stack
let person: Person

beforeAll(async () => {
  stack = await startProject()
}, 60_000)

beforeEach(async () => {
  person = await anOrganization(stack)
})

afterAll(() => stack?.stop())

const row = (line: number, email: string, rest: Partial<NumberedEmployeeRow> = {}): NumberedEmployeeRow => ({
  line,
  first_name: 'Ada',
  last_name: 'Lovelace',
  email,
  ...rest,
})

describe('importing examples/acme.csv', () => {
  it('takes everyone but the mistyped address, says its line, and changes nothing the second time', async () => {
    const dry = await person.payd.employees.importCsv(acmeCsv(), { dryRun: true })
    expect(dry).toMatchObject({ dryRun: true, imported: 249, refused: 1 })
    expect((await person.payd.employees.list()).items).toEqual([])

    const report = await person.payd.employees.importCsv(new TextEncoder().encode(acmeCsv()))
    expect(report).toMatchObject({ dryRun: false, imported: 249, updated: 0, unchanged: 0, refused: 1 })
    const [refused] = report.rows.filter(({ outcome }) => outcome === 'refused')
    expect(refused).toMatchObject({ line: 227, code: 'invalid_wallet_address', hint: expect.any(String) })

    expect(await person.payd.employees.importCsv(new Blob([acmeCsv()]))).toMatchObject({
      imported: 0,
      unchanged: 249,
      refused: 1,
    })
  })

  it('stores what the file says, letter by letter and stroop by stroop', async () => {
    await person.payd.employees.importCsv(acmeCsv())
    const stored = new Map<string, unknown>()
    for await (const { email, first_name, last_name, salary } of person.payd.employees.iterate({}, { limit: 100 })) {
      stored.set(email, { first_name, last_name, salary })
    }
    expect(stored.size).toBe(249)
    for (const { email, first_name, last_name, salary = '' } of readEmployeeCsv(acmeCsv()).rows) {
      if (!stored.has(email ?? '')) continue
      expect(stored.get(email ?? '')).toEqual({ first_name, last_name, salary: formatAmount(parseAmount(salary)) })
    }
  })
})

describe('importing more than fits into one call', () => {
  it('reports every row by its line, and refuses an address that an earlier call had', async () => {
    const rows = Array.from({ length: 1_100 }, (_, place) => row(place + 2, `p${place}@example.com`))
    rows[700] = row(702, 'P3@Example.com ')
    rows[1_050] = row(1_052, 'p1000@example.com')
    const report = await person.payd.employees.importRows(rows)
    expect(report).toMatchObject({ imported: 1_098, refused: 2 })
    expect(report.rows.map(({ line }) => line)).toEqual(rows.map(({ line }) => line))
    for (const line of [702, 1_052]) {
      expect(report.rows.find((result) => result.line === line)).toMatchObject({ code: 'duplicate_email_in_import' })
    }
    const { items } = await person.payd.employees.list({}, { limit: 1 })
    expect(items).toHaveLength(1)
  })

  it('says how far it came when a later call fails', async () => {
    const rows = Array.from({ length: 501 }, (_, place) => row(place + 2, `p${place}@example.com`))
    let calls = 0
    const breaking: typeof fetch = async (input, init) => {
      if (init?.method === 'POST' && ++calls > 1) throw new TypeError('fetch failed')
      return await fetch(input, init)
    }
    const broken = person.withFetch(breaking).employees.importRows(rows, { wait: async () => undefined })
    await expect(broken).rejects.toMatchObject({
      kind: 'network',
      message: expect.stringContaining('after line 501'),
      hint: expect.stringContaining('again'),
    })
    expect(await person.payd.employees.importRows(rows)).toMatchObject({ imported: 1, unchanged: 500 })
  })
})

describe('an import whose answer was lost', () => {
  it('is repeated with its key: the first answer again, and nothing is written over what was changed since', async () => {
    const rows = [row(2, 'ada@example.com', { position: 'Lead' }), row(3, 'no-address')]
    const first = await person.payd.employees.importRows(rows, { idempotencyKey: 'monday' })
    const later = await person.payd.employees.importRows([row(2, 'ada@example.com', { position: 'Head' })])
    expect([first.imported, first.refused, later.updated]).toEqual([1, 1, 1])

    expect(await person.payd.employees.importRows(rows, { idempotencyKey: 'monday' })).toEqual(first)
    const { items } = await person.payd.employees.list()
    expect(items.map(({ position }) => position)).toEqual(['Head'])
  })

  it('sends one key for each call of a long file, the same in every attempt', async () => {
    const keys: unknown[] = []
    const losing: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init)
      if (init?.method !== 'POST') return answer
      keys.push(JSON.parse(String(init.body)).idempotency_key)
      if (keys.length === 1) throw new TypeError('fetch failed')
      return answer
    }
    const rows = Array.from({ length: 501 }, (_, place) => row(place + 2, `p${place}@example.com`))
    const report = await person.withFetch(losing).employees.importRows(rows, { wait: async () => undefined })
    expect(report).toMatchObject({ imported: 501, unchanged: 0 })
    expect(keys[0]).toBe(keys[1])
    expect(new Set(keys).size).toBe(2)
  })
})

describe('rows that cannot be stored', () => {
  it('are refused one by one, and the others are written', async () => {
    const secret = Keypair.random().secret()
    const report = await person.payd.employees.importRows([
      row(2, 'nul@example.com', { first_name: 'A\0da' }),
      row(3, 'half@example.com', { last_name: 'Love\uD800lace' }),
      row(4, 'fine@example.com', { last_name: '👩‍💻' }),
      row(5, 'no-address'),
      row(6, 'secret@example.com', { wallet_address: secret }),
      row(7, 'rounded@example.com', { salary: '0.00000001' }),
    ])
    expect(report.rows.map(({ code }) => code)).toEqual([
      'invalid_characters',
      'invalid_characters',
      null,
      'invalid_email',
      'secret_key_refused',
      'too_many_decimals',
    ])
    expect(JSON.stringify(report)).not.toContain(secret)
    const { items } = await person.payd.employees.list()
    expect(items.map(({ email }) => email)).toEqual(['fine@example.com'])
  })

  it('include rows of the file with a comma too many', async () => {
    const csv = 'first_name,last_name,email\nAda,Lovelace,ada@example.com\nSammy,Davis, Jr.,sammy@example.com\n'
    const report = await person.payd.employees.importCsv(csv)
    expect(report).toMatchObject({ imported: 1, refused: 1 })
    expect(report.rows[1]).toMatchObject({
      line: 3,
      code: 'wrong_number_of_fields',
      message: expect.stringContaining('4 cells'),
    })
  })
})

describe('a data API that answers at most 100 rows', () => {
  it('imports, reports and iterates everybody all the same', async () => {
    const small = await startStack({
      ...{ functions: false, scheduler: false, sandbox: false, realtime: false },
      postgrest: { PGRST_DB_MAX_ROWS: '100' },
    })
    try {
      const person = await anOrganization(small)
      const rows = Array.from({ length: 250 }, (_, index) => ({
        ...{ line: index + 1, first_name: 'A', last_name: 'B', email: `p${index}@example.com` },
      }))
      const report = await person.payd.employees.importRows(rows)
      expect(report).toMatchObject({ imported: 250, refused: 0 })
      expect(report.rows.map(({ line }) => line)).toEqual(rows.map(({ line }) => line))
      const seen = new Set<number>()
      for await (const { id } of person.payd.employees.iterate()) seen.add(id)
      expect(seen.size).toBe(250)
      const page = await person.payd.employees.list({}, { limit: 200 })
      expect(page.nextCursor).not.toBeNull()
    } finally {
      await small.stop()
    }
  })
})
