import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { formatAmount, parseAmount } from '../../../src/index.ts'
import { signTestWebhook } from '../../../src/webhooks/index.ts'
import { readArguments, UsageError } from '../../../tools/demo/arguments.ts'
import { type Receiver, startReceiver } from '../../../tools/demo/receiver.ts'
import { formatRanges, formatStroops, formatTable, wrap } from '../../../tools/demo/table.ts'
import { inParallel, until } from '../../../tools/demo/wait.ts'

describe('the command line of the demo', () => {
  it('pays the people of the file when nothing is said, and made-up ones when their number is', () => {
    expect(readArguments([])).toEqual({ help: false, json: false, employees: undefined, seed: 'acme', data: '.payd' })
    const words = ['--json', '--employees', '50', '--seed', 'spring']
    expect(readArguments(words)).toEqual({ help: false, json: true, employees: 50, seed: 'spring', data: '.payd' })
    expect(readArguments(['--help', '--json'])).toEqual({ help: true })
  })

  it.each([
    [['--employees', 'many']],
    [['--employees', '0']],
    [['--employees', '1.5']],
    [['--employees', '1e3']],
    [['--employees', '-5']],
    [['--employees']],
    [['--employees', '100001']],
    [['--seed', 'spring']],
    [['--data', '.payd-2', '--json']],
    [['--employees', '5', '--seed', ' ']],
    [['--network', 'mainnet']],
    [['acme.csv']],
  ])('refuses %o and says what to type', (words) => {
    expect(() => readArguments(words)).toThrow(UsageError)
  })
})

describe('the receiver', () => {
  let receiver: Receiver | undefined
  afterEach(() => receiver?.close())
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const post = async (url: string, delivery: { headers: Record<string, string>; body: string }): Promise<number> =>
    (await fetch(url, { method: 'POST', ...delivery })).status

  it('counts a genuine delivery as verified, and once however often it comes', async () => {
    receiver = await startReceiver()
    const delivery = await signTestWebhook({ secret, type: 'test.ping', data: {} })
    expect(await post(receiver.url, delivery)).toBe(503)
    receiver.trust(secret)
    expect([await post(receiver.url, delivery), await post(receiver.url, delivery)]).toEqual([204, 204])
    expect([receiver.delivered.size, receiver.verified.size, receiver.complaints.length]).toEqual([1, 1, 0])
  })

  it('complains about a delivery that somebody else signed or changed', async () => {
    receiver = await startReceiver()
    receiver.trust(secret)
    const genuine = await signTestWebhook({ secret, type: 'payroll.completed', data: {} })
    const foreign = await signTestWebhook({
      secret: `whsec_${btoa('x'.repeat(32))}`,
      type: 'payroll.completed',
      data: {},
    })
    expect(await post(receiver.url, { ...genuine, body: `${genuine.body} ` })).toBe(400)
    expect(await post(receiver.url, foreign)).toBe(400)
    expect([receiver.delivered.size, receiver.verified.size, receiver.complaints.length]).toEqual([2, 0, 2])
  })
})

describe('tables for people', () => {
  it('align their columns and cut trailing blanks', () => {
    const columns = [
      { title: 'Asset', align: 'left' },
      { title: 'Amount', align: 'right' },
    ] as const
    expect(
      formatTable(columns, [
        ['USDC', '1,000.5'],
        ['XLM', '2'],
      ]),
    ).toEqual(['Asset    Amount', '───────────────', 'USDC    1,000.5', 'XLM           2'])
  })

  it('write every amount with all its stroops', () => {
    expect(formatStroops(0n)).toBe('0.0000000')
    expect(formatStroops(8_152_312_500_001n)).toBe('815,231.2500001')
    const stroops = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })
    fc.assert(fc.property(stroops, (value) => formatStroops(value).replaceAll(',', '') === formatAmount(value)))
    fc.assert(fc.property(stroops, (value) => parseAmount(formatStroops(value).replaceAll(',', '')) === value))
  })

  it('write ledgers as ranges, and break text between words', () => {
    expect(formatRanges([14, 12, 13, 17, 12])).toBe('12–14, 17')
    expect(formatRanges([])).toBe('')
    expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
    expect(wrap('unbreakable word', 4)).toEqual(['unbreakable', 'word'])
  })
})

describe('waiting', () => {
  it('returns what it found, and otherwise says what did not happen and how far it came', async () => {
    let looks = 0
    expect(await until('it', () => (++looks === 3 ? looks : undefined), { deadlineMs: 60_000, intervalMs: 0 })).toBe(3)
    const never = until(
      'the delivery',
      () => undefined,
      { deadlineMs: 0 },
      () => '3 of 4 are missing.',
    )
    await expect(never).rejects.toThrow('After 0 s the delivery has not happened. 3 of 4 are missing.')
  })

  it('works on at most so many items at a time and keeps their order', async () => {
    let running = 0
    let most = 0
    const results = await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      most = Math.max(most, ++running)
      await new Promise(setImmediate)
      running -= 1
      return item * 2
    })
    expect(results).toEqual([2, 4, 6, 8, 10, 12, 14])
    expect(most).toBe(3)
    await expect(inParallel([1, 2], 1, async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  })
})
