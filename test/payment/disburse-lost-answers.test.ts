import { FeeBumpTransaction, Operation, TransactionBuilder } from '@stellar/stellar-sdk/base'
import { describe, expect, test } from 'vitest'
import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import { nothing, sequenceOf, submitOutside } from '../support/outsider.ts'
import { aPayroll, type Payroll, untilPending } from '../support/payroll.ts'
import { keypair } from '../support/plans.ts'

describe('an answer that never came', () => {
  test('504 after the network took it: found by its hash, sent once', async () => {
    await using payroll = await aPayroll()
    payroll.sandbox.failSubmissions({ count: 1, stage: 'after', how: 504 })
    expect(await payroll.ring()).toMatchObject({ claimed: 1, waiting: 1 })
    payroll.closeLedger()
    expect(await payroll.ring()).toMatchObject({ claimed: 1, applied: 1 })
    expect(payroll.memory.transactions).toMatchObject([{ attempts: 1, state: 'applied' }])
    expect(payroll.timesPaid()).toEqual([1, 1, 1])
  })

  test.each([504, 503, 429, 500, 'reset'] as const)(
    '%s before the network took it: the same envelope is sent again',
    async (how) => {
      await using payroll = await aPayroll()
      payroll.sandbox.failSubmissions({ count: 1, stage: 'before', how })
      expect(await payroll.ring()).toMatchObject({ claimed: 1, waiting: 1 })
      payroll.closeLedger()
      expect(await payroll.ring()).toMatchObject({ claimed: 1, applied: 1 })
      expect(payroll.memory.transactions).toMatchObject([{ attempts: 2, state: 'applied' }])
      expect(payroll.timesPaid()).toEqual([1, 1, 1])
    },
  )

  test('never taken until its last ledger has passed: proven unused, built anew, paid once', async () => {
    await using payroll = await aPayroll()
    payroll.sandbox.failSubmissions({ count: 1, stage: 'before', how: 504 })
    await payroll.ring()
    payroll.closeLedger(20)
    expect(await payroll.ring()).toMatchObject({ claimed: 2, never_applied: 1, applied: 1 })
    const [first, second] = payroll.memory.transactions
    expect([first?.state, second?.state]).toEqual(['never_applied', 'applied'])
    expect(second?.sequence_number).toBe(first?.sequence_number)
    expect(second?.tx_hash).not.toBe(first?.tx_hash)
    expect(payroll.timesPaid()).toEqual([1, 1, 1])
  })

  test('one ledger before its bound nothing is concluded', async () => {
    await using payroll = await aPayroll()
    payroll.sandbox.failSubmissions({ count: 9, stage: 'before', how: 504 })
    await payroll.ring()
    const bound = payroll.memory.transactions[0]?.max_ledger ?? 0
    payroll.closeLedger(bound - Number(payroll.sandbox.status().ledger) - 1)
    expect(await payroll.ring()).toMatchObject({ waiting: 1, never_applied: 0 })
    payroll.closeLedger(10)
    payroll.sandbox.clearFaults()
    expect(await payroll.ring()).toMatchObject({ never_applied: 1, applied: 1 })
    expect(payroll.timesPaid()).toEqual([1, 1, 1])
  })

  test('the answer of the last valid ledger is lost: found by its hash, never built anew', async () => {
    await using payroll = await aPayroll()
    payroll.sandbox.failSubmissions({ count: 1, stage: 'before', how: 504 })
    await payroll.ring()
    const [{ max_ledger: bound } = { max_ledger: 0 }] = payroll.memory.transactions
    payroll.closeLedger(bound - Number(payroll.sandbox.status().ledger) - 2)
    payroll.sandbox.failSubmissions({ count: 1, stage: 'after', how: 504 })
    expect(await payroll.ring({ fetch: systemFetch })).toMatchObject({ waiting: 1 })
    payroll.closeLedger()
    expect(payroll.sandbox.status().ledger).toBe(bound - 1)
    expect(payroll.timesPaid()).toEqual([1, 1, 1])
    payroll.closeLedger(30)
    expect(await payroll.ring()).toMatchObject({ applied: 1, never_applied: 0 })
    expect(payroll.memory.transactions).toHaveLength(1)
    expect(payroll.timesPaid()).toEqual([1, 1, 1])
  })

  test('tx_bad_seq because of its own success, seen by instances that lag: paid once', async () => {
    await using payroll = await aPayroll()
    payroll.sandbox.failSubmissions({ count: 1, stage: 'after', how: 'reset' })
    await payroll.ring()
    // In the ledger now, and so long that the node has forgotten that it knew the envelope; the provider lags behind all of it.
    payroll.closeLedger(13)
    payroll.sandbox.setLag({ ledgers: 14 })
    expect(await payroll.ring()).toMatchObject({ waiting: 1 })
    expect(payroll.memory.transactions).toMatchObject([{ attempts: 2, lastCode: 'tx_bad_seq', state: 'live' }])
    payroll.sandbox.clearFaults()
    payroll.closeLedger(2)
    expect(await payroll.ring()).toMatchObject({ applied: 1 })
    expect(payroll.timesPaid()).toEqual([1, 1, 1])
  })

  test('with one of two instances lagging, everybody is paid once', async () => {
    await using payroll = await aPayroll({ employees: 150, amount: '1' })
    payroll.sandbox.failSubmissions({ count: 2, stage: 'after', how: 504 })
    payroll.sandbox.setLag({ ledgers: 4, everySecondRead: true })
    await payroll.finish()
    expect(payroll.memory.run.status).toBe('completed')
    expect(payroll.timesPaid().every((times) => times === 1)).toBe(true)
  })

  test('a submission that hangs is cut by the deadline, and looked up later', async () => {
    await using payroll = await aPayroll()
    payroll.sandbox.failSubmissions({ count: 1, stage: 'after', how: 'hang' })
    const fetch: typeof systemFetch = async (url, init) => {
      const answer = systemFetch(url, init)
      if (init.method === 'POST') {
        await untilPending(payroll.sandbox)
        // As long as Horizon may take, and one more second.
        payroll.clock.advance(36_000)
      }
      return answer
    }
    expect(await payroll.ring({ fetch })).toMatchObject({ waiting: 1 })
    payroll.closeLedger()
    await payroll.finish()
    expect(payroll.timesPaid()).toEqual([1, 1, 1])
  })

  test('a provider that hangs costs the invocation its time once', async () => {
    await using payroll = await aPayroll()
    payroll.sandbox.failReads({ count: 100, how: 'hang' })
    const fetch: typeof systemFetch = (url, init) => {
      const answer = systemFetch(url, init)
      setImmediate(() => payroll.clock.advance(10_000))
      return answer
    }
    expect(await payroll.ring({ fetch })).toMatchObject({ provider_unavailable: 1 })
    expect(payroll.clock.openDeadlines()).toBe(0)
    expect(payroll.memory.transactions).toEqual([])
  })
})

describe('somebody else uses the account', () => {
  test('a foreign transaction took the sequence number: proven, built anew, paid once', async () => {
    await using payroll = await aPayroll()
    payroll.sandbox.failSubmissions({ count: 1, stage: 'before', how: 504 })
    await payroll.ring()
    await submitOutside(payroll.sandbox, payroll.treasury, [nothing()])
    payroll.clock.advance(5_000)
    expect(await payroll.ring()).toMatchObject({ claimed: 2, never_applied: 1, applied: 1 })
    const [first, second] = payroll.memory.transactions
    expect(BigInt(second?.sequence_number ?? 0)).toBe(BigInt(first?.sequence_number ?? 0) + 1n)
    expect(payroll.timesPaid()).toEqual([1, 1, 1])
  })

  test('a foreign transaction far back in the history is still found', async () => {
    await using payroll = await aPayroll()
    payroll.sandbox.failSubmissions({ count: 1, stage: 'before', how: 504 })
    await payroll.ring()
    for (let count = 0; count < 55; count++) await submitOutside(payroll.sandbox, payroll.treasury, [nothing()])
    payroll.clock.advance(5_000)
    expect(await payroll.ring()).toMatchObject({ never_applied: 1, applied: 1 })
    expect(payroll.timesPaid()).toEqual([1, 1, 1])
  })

  test('a jumped sequence number without a holder waits for a person and is never built anew', async () => {
    await using payroll = await aPayroll()
    payroll.sandbox.failSubmissions({ count: 1, stage: 'before', how: 504 })
    await payroll.ring()
    const outsider = keypair(1)
    const bumpTo = (BigInt(await sequenceOf(payroll.sandbox, payroll.treasury.publicKey())) + 1_000n).toString()
    const jump = Operation.bumpSequence({ bumpTo, source: payroll.treasury.publicKey() })
    await submitOutside(payroll.sandbox, outsider, [jump], [outsider, payroll.treasury])
    payroll.closeLedger(25)
    for (let count = 0; count < 3; count++) {
      expect(await payroll.ring()).toMatchObject({ waiting: 1, never_applied: 0 })
      payroll.clock.advance(60_000)
    }
    expect(payroll.memory.transactions).toHaveLength(1)
    expect(payroll.lines.some(({ code }) => code === 'sequence_holder_not_seen')).toBe(true)
  })

  test('a fee bump of the same transaction by somebody else counts as ours', async () => {
    await using payroll = await aPayroll()
    payroll.sandbox.failSubmissions({ count: 1, stage: 'before', how: 504 })
    await payroll.ring()
    await payroll.sandbox.fund([keypair(90).publicKey()])
    await bumpByOutsider(payroll)
    payroll.clock.advance(10_000)
    expect(await payroll.ring()).toMatchObject({ claimed: 1, applied: 1 })
    expect(payroll.timesPaid()).toEqual([1, 1, 1])
  })
})

async function bumpByOutsider(payroll: Payroll): Promise<void> {
  const signedXdr = payroll.memory.transactions[0]?.signed_envelope_xdr ?? ''
  const inner = TransactionBuilder.fromXdr(signedXdr, payroll.sandbox.networkPassphrase)
  if (inner instanceof FeeBumpTransaction) throw new Error('Not a plain transaction.')
  const bump = TransactionBuilder.buildFeeBumpTransaction(keypair(90), '5000', inner, payroll.sandbox.networkPassphrase)
  bump.sign(keypair(90))
  const response = await fetch(`${payroll.sandbox.url}/transactions_async`, {
    method: 'POST',
    body: new URLSearchParams({ tx: bump.toXdr() }),
  })
  expect(response.status).toBe(201)
  payroll.closeLedger()
}
