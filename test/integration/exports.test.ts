import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stack, startStack } from '../../tools/stack/stack.ts'

/** Ada of Harbor Coffee, as seed.sql makes her. */
const ADA = '5eed0000-0000-4000-8000-000000000001'

let stack: Stack

beforeAll(async () => {
  stack = await startStack({ seed: true, functions: false, sandbox: false, scheduler: false })
})

afterAll(() => stack?.stop())

describe('the demo company of seed.sql', () => {
  test('can be signed in to', async () => {
    const response = await fetch(`${stack.url}/auth/v1/token?grant_type=password`, {
      method: 'POST',
      headers: { apikey: stack.keys.publishable, 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@harbor.example', password: 'payd-demo' }),
    })
    expect(response.status).toBe(200)
  })

  test('its statement is a CSV file with exact amounts and only its own rows', async () => {
    const rows = await csv('organization_statements?order=ledger,operation_index')
    // People are numbered as they stand in the file that brought them, and paid in that order; the last one of the first run had no account.
    expect(rows.map((row) => `${row.employee} ${row.amount}`)).toEqual([
      'Ines Márquez 1850.5000000',
      "Tomás O'Neill 2400.0000001",
      'Yuki Tanaka 0.1000000',
      'Amara Okafor 3100.0000000',
      'Ines Márquez 1850.5000000',
      "Tomás O'Neill 2400.0000001",
      'Yuki Tanaka 0.1000000',
    ])
  })

  test('its payslips are a CSV file for a spreadsheet, filtered by run', async () => {
    const rows = await csv('payslips?payroll_run_id=eq.2&order=employee_id')
    expect(rows.map((row) => [row.total_amount, row.status, row.failure_code])).toEqual([
      ['1850.5000000', 'completed', ''],
      ['2400.0000001', 'completed', ''],
      ['0.1000000', 'completed', ''],
      ['3100.0000000', 'failed', 'op_no_destination'],
    ])
  })

  test('a run of another company is not there', async () => {
    expect(await csv('payroll_run_summaries?payroll_run_id=eq.5')).toEqual([])
  })
})

async function csv(path: string): Promise<Record<string, string>[]> {
  const response = await fetch(`${stack.url}/rest/v1/${path}`, {
    headers: {
      apikey: stack.keys.publishable,
      authorization: `Bearer ${await stack.signJwt({ sub: ADA, role: 'authenticated' })}`,
      accept: 'text/csv',
    },
  })
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8'])
  return parse(await response.text(), { columns: true })
}
