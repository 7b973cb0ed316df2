import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DATABASE_ERROR_CODES } from '../../supabase/functions/_shared/contract/error-codes.ts'
import { errorShapeOf } from '../../supabase/functions/_shared/contract/errors.ts'
import { EVENT_TYPES } from '../../supabase/functions/_shared/contract/events.ts'
import { declaredErrorCodes } from '../support/error-codes.ts'
import { migrationsText } from '../support/migrations.ts'

describe('the contract with the database', () => {
  test('knows exactly the error codes that the migrations declare', () => {
    const declared = declaredErrorCodes()
    expect(declared.length).toBeGreaterThan(50)
    expect([...DATABASE_ERROR_CODES], 'run: node test/support/error-codes.ts').toEqual(declared)
  })

  test('promises only types of event that the migrations write', () => {
    const text = migrationsText()
    // The end of a transaction is written with its status, and a ping only by who tests an endpoint.
    const composed = ['transaction.completed', 'transaction.failed', 'test.ping']
    expect(EVENT_TYPES.filter((type) => !composed.includes(type) && !text.includes(`'${type}'`))).toEqual([])
    expect(text).toContain(`'transaction.' || v_transaction.status`)
    expect(new Set(EVENT_TYPES).size).toBe(EVENT_TYPES.length)
  })

  test('a refusal of PayD keeps its code, sentence and hint', () => {
    const body = {
      code: 'PT409',
      message: 'Payroll run 7 is processing.',
      details: 'payroll_run_not_draft',
      hint: 'Wait.',
    }
    expect(errorShapeOf(body, 409)).toEqual({
      code: 'payroll_run_not_draft',
      message: 'Payroll run 7 is processing.',
      hint: 'Wait.',
      status: 409,
    })
  })

  test('what PostgreSQL quotes in details is left out', () => {
    const body = { code: '23505', message: 'duplicate key value', details: 'Key (email)=(ann@example.org) exists.' }
    const shape = errorShapeOf(body, 409)
    expect(shape.code).toBe('database_refused')
    expect(JSON.stringify(shape)).not.toContain('example.org')
  })

  test('no answer has its own code', () => {
    expect(errorShapeOf({ message: 'fetch failed' }, 0).code).toBe('database_unreachable')
  })

  test('has one deno.json for each function, all the same, with the versions of package.json', () => {
    const root = join(import.meta.dirname, '../..')
    const functions = readdirSync(join(root, 'supabase/functions')).filter((name) => !name.startsWith('_'))
    expect(functions.toSorted()).toEqual(['horizon-sync', 'payroll-disburse', 'webhook-dispatch'])
    for (const name of functions) {
      const { imports } = JSON.parse(readFileSync(join(root, 'supabase/functions', name, 'deno.json'), 'utf8'))
      for (const [bare, specifier] of Object.entries<string>(imports)) {
        const [, packageName = '', version = '', subpath = ''] = /^npm:(@?[^@]+)@([^/]+)(.*)$/.exec(specifier) ?? []
        expect(bare).toBe(packageName + subpath)
        const installed = JSON.parse(readFileSync(join(root, 'node_modules', packageName, 'package.json'), 'utf8'))
        expect(version, `${name} and node_modules use the same ${packageName}`).toBe(installed.version)
      }
    }
  })
})
