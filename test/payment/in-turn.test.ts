import { expect, test } from 'vitest'
import { inTurn } from '../../supabase/functions/payroll-disburse/in-turn.ts'

test('work under one name is done one after the other, and under another name at the same time', async () => {
  const turn = inTurn()
  const steps: string[] = []
  let release = () => {}
  const blocked = new Promise<void>((resolve) => {
    release = resolve
  })
  const work = (name: string, wait: Promise<void>) => async () => {
    steps.push(`${name} begins`)
    await wait
    steps.push(`${name} ends`)
    return name
  }
  const first = turn('treasury', work('first', blocked))
  const second = turn('treasury', work('second', Promise.resolve()))
  expect(await turn('other', work('other', Promise.resolve()))).toBe('other')
  expect(steps).toEqual(['first begins', 'other begins', 'other ends'])
  release()
  expect(await Promise.all([first, second])).toEqual(['first', 'second'])
  expect(steps.slice(3)).toEqual(['first ends', 'second begins', 'second ends'])
})

test('work that fails says so to its caller, and the work behind it has its turn', async () => {
  const turn = inTurn()
  const failing = turn('treasury', () => Promise.reject(new Error('no answer')))
  const next = turn('treasury', () => Promise.resolve('done'))
  await expect(failing).rejects.toThrow('no answer')
  expect(await next).toBe('done')
})
