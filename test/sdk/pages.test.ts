import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatCursor, iteratePages, parseCursor } from '../../src/pages.ts'

const timestamp = fc
  .date({ min: new Date('1970-01-01'), max: new Date('9999-01-01'), noInvalidDate: true })
  .chain((date) =>
    fc
      .integer({ min: 0, max: 999_999 })
      .map((micros) => date.toISOString().replace(/\.\d+Z$/, `.${String(micros).padStart(6, '0')}+00:00`)),
  )
const id = fc.oneof(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), fc.uuid())

describe('a cursor', () => {
  it('brings back its position, to the microsecond', () => {
    fc.assert(
      fc.property(fc.oneof(timestamp, id), id, (value, rowId) => {
        const cursor = formatCursor('employees', { value, id: rowId })
        expect(cursor).toMatch(/^[\w-]+$/)
        expect(parseCursor('employees', cursor)).toEqual({ value, id: rowId })
      }),
    )
  })

  it('belongs to one list', () => {
    const cursor = formatCursor('employees', { value: 1, id: 1 })
    expect(() => parseCursor('payroll_runs', cursor)).toThrow(expect.objectContaining({ code: 'invalid_cursor' }))
  })

  it('is refused when it is none, or would add a filter of its own', () => {
    const forged = (value: unknown, rowId: unknown): string =>
      btoa(JSON.stringify(['employees', value, rowId]))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
    const filter = '2026-01-01T00:00:00+00:00",id.gt.0),or(id.gt.0'
    for (const cursor of [
      '',
      'x',
      '%',
      forged(filter, 1),
      forged('2026-01-01T00:00:00+00:00', '1)'),
      forged(1.5, 1),
      forged(null, 1),
      btoa('7'),
    ]) {
      expect(() => parseCursor('employees', cursor)).toThrow(expect.objectContaining({ code: 'invalid_cursor' }))
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => parseCursor('employees', text)).toThrow(expect.objectContaining({ code: 'invalid_cursor' }))
      }),
    )
  })
})

describe('iterating a list', () => {
  const pageOf = async (after: string | null) => {
    const start = Number(after ?? 0)
    return { items: [start, start + 1], nextCursor: start < 4 ? String(start + 2) : null }
  }

  it('gives every item once and ends', async () => {
    const items: number[] = []
    for await (const item of iteratePages(pageOf)) items.push(item)
    expect(items).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('reads no page that was not asked for', async () => {
    const asked: (string | null)[] = []
    const items = iteratePages((after) => {
      asked.push(after)
      return pageOf(after)
    })
    for await (const item of items) if (item === 1) break
    expect(asked).toEqual([null])
  })
})
