import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatCursor, parseCursor } from '../../src/core/cursor.ts'

const LIST = '[null,"employees",["-created_at","-id"],[]]'
const value = fc.oneof(
  fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
)

const refused = expect.objectContaining({ code: 'invalid_cursor', kind: 'validation_failed', hint: expect.any(String) })

describe('a cursor', () => {
  it('brings back the values of the last row, whatever letters they have', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), (values) => {
        const cursor = formatCursor(LIST, values)
        expect(cursor).toMatch(/^[\w-]+$/)
        expect(parseCursor(LIST, values.length, cursor)).toEqual(values)
      }),
    )
  })

  it('belongs to one list, one filter, one order and one organization', () => {
    const cursor = formatCursor(LIST, [1, 1])
    for (const other of [
      '[null,"payroll_runs",["-created_at","-id"],[]]',
      '[null,"employees",["-created_at","-id"],[["eq","status","active"]]]',
      '[null,"employees",["+last_name","+id"],[]]',
      '[2,"employees",["-created_at","-id"],[]]',
    ]) {
      expect(() => parseCursor(other, 2, cursor)).toThrow(refused)
    }
    expect(() => parseCursor(LIST, 3, cursor)).toThrow(refused)
  })

  it('is refused when it is none', () => {
    for (const cursor of ['', 'x', '%', btoa('7'), btoa('["x",1,1]'), 7, null, {}]) {
      expect(() => parseCursor(LIST, 2, cursor)).toThrow(refused)
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => parseCursor(LIST, 2, text)).toThrow(refused)
      }),
    )
  })
})
