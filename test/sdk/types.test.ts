import { createClient } from '@supabase/supabase-js'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { Database } from '../../src/database.types.ts'
import {
  type Amount,
  createPayd,
  type Employee,
  type PaydClient,
  type PayrollRun,
  parseEmployeeId,
} from '../../src/index.ts'

interface AppDatabase {
  public: {
    Tables: {
      notes: { Row: { id: number }; Insert: { id?: number }; Update: { id?: number }; Relationships: [] }
    }
    Views: Record<never, never>
    Functions: Record<never, never>
  }
}

const url = 'http://127.0.0.1:1'

describe('createPayd', () => {
  it('takes every supabase-js client, whatever types the app gave it', () => {
    const plain = createClient(url, 'key')
    const ofApp = createClient<AppDatabase>(url, 'key')
    const ofPayd = createClient<Database>(url, 'key')
    for (const client of [plain, ofApp, ofPayd]) expectTypeOf(client).toExtend<PaydClient>()
    expect(createPayd(ofApp).client).toBe(ofApp)
  })

  it('types money as text and tells ids apart', () => {
    const payd = createPayd(createClient(url, 'key'))
    expectTypeOf(payd.payrollRuns.get).returns.resolves.toEqualTypeOf<PayrollRun>()
    expectTypeOf<PayrollRun['total_amount']>().toEqualTypeOf<Amount>()
    expectTypeOf<Employee['salary']>().toEqualTypeOf<string | null>()
    expectTypeOf<Employee['id']>().not.toExtend<PayrollRun['id']>()
    const id = parseEmployeeId(7)
    // @ts-expect-error An employee's id is no run's id.
    const call = () => payd.payrollRuns.get(id)
    expect(call).toBeTypeOf('function')
  })
})
