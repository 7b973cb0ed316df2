import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from '../../tools/lib/sql.ts'
import { type Stack, startStack } from '../../tools/stack/stack.ts'

/** Ada of Harbor Coffee, as seed.sql makes her. */
const ADA = '5eed0000-0000-4000-8000-000000000001'

const ISSUER = 'GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN'

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

  test('its books are CSV files with exact amounts: each day of the ledger, and what no payroll planned', async () => {
    await moneyMoves()
    const days = await csv('ledger_statements?order=day,asset_code')
    expect(days.map((row) => [row.day, row.asset_code, row.received, row.paid_otherwise, row.fees])).toEqual([
      ['2026-11-25', 'XLM', '922337203685.4775807', '0.0000000', '0.0000100'],
      ['2026-11-26', 'USDC', '0.0000000', '0.0000001', '0.0000000'],
    ])
    // What an account held is not said before it was seen.
    expect(days.map((row) => row.opening_balance)).toEqual(['', ''])
    const differences = await csv('ledger_differences')
    expect(differences.map((row) => [row.kind, row.amount, row.asset_code, row.state])).toEqual([
      ['payment_without_plan', '0.0000001', 'USDC', 'open'],
    ])
  })

  test('a run of another company is not there', async () => {
    expect(await csv('payroll_run_summaries?payroll_run_id=eq.5')).toEqual([])
  })
})

/** What a walk would have recorded: the largest amount that comes in, and the smallest that leaves without a plan. */
async function moneyMoves(): Promise<void> {
  const sql = connect(stack.databaseUrl)
  try {
    await sql`
      insert into public.ledger_transactions (organization_id, account_id, ledger, application_order, tx_hash, origin,
        source_account, sequence_number, fee_account, fee_charged_stroops, is_successful, result_code, operation_count,
        is_signed_by_source, closed_at)
      select history.organization_id, history.account_id, 500 + day, 1, repeat(day::text, 64), 'foreign',
        history.account_id, day::text, history.account_id, 100, true, 'tx_success', 1, true,
        '2026-11-25T23:59:59Z'::timestamptz + make_interval(days => day)
      from public.account_histories as history, generate_series(0, 1) as day`
    await sql`
      insert into public.ledger_movements (organization_id, account_id, ledger, application_order, place,
        operation_index, kind, direction, asset_code, asset_issuer, amount, tx_hash, closed_at)
      select seen.organization_id, seen.account_id, seen.ledger, 1, moved.place, moved.operation_index, moved.kind,
        moved.direction, moved.asset_code, moved.asset_issuer, moved.amount, seen.tx_hash, seen.closed_at
      from public.ledger_transactions as seen
      join (values
        (500, 0, 0, 'payment', 'in', 'XLM', '', 922337203685.4775807),
        (500, 1, null, 'fee', 'out', 'XLM', '', 0.0000100),
        (501, 0, 0, 'payment', 'out', 'USDC', ${ISSUER}, 0.0000001)
      ) as moved (ledger, place, operation_index, kind, direction, asset_code, asset_issuer, amount)
        on moved.ledger = seen.ledger`
  } finally {
    await sql.end()
  }
}

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
