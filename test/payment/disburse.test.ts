import { describe, expect, test } from 'vitest'
import { DISBURSE_LIMITS, disburse } from '../../supabase/functions/payroll-disburse/disburse.ts'
import { createKeyring } from '../../supabase/functions/payroll-disburse/sign.ts'
import { aPayroll, interceptedDatabase } from '../support/payroll.ts'
import { keypair } from '../support/plans.ts'

describe('paying a run', () => {
  test('pays every employee once, to the stroop, and ends the run', async () => {
    await using payroll = await aPayroll({ employees: 3, memo: 'PAY-2026-11', amount: '12.0000001' })
    expect(await payroll.ring()).toMatchObject({ claimed: 1, applied: 1 })
    expect(payroll.memory.run.status).toBe('completed')
    expect(payroll.timesPaid()).toEqual([1, 1, 1])
    const amounts = payroll.sandbox.dump({ account: payroll.treasury.publicKey() }).operations
    expect(amounts.filter(({ type }) => type === 'payment').map(({ amount }) => amount)).toEqual(
      Array(3).fill('12.0000001'),
    )
  })

  test('pays two hundred and fifty employees in three transactions of one invocation', async () => {
    await using payroll = await aPayroll({ employees: 250, amount: '1' })
    expect(await payroll.ring()).toMatchObject({ claimed: 3, applied: 3 })
    expect(payroll.memory.transactions.map(({ operations }) => operations.length)).toEqual([100, 100, 50])
    expect(payroll.timesPaid().every((times) => times === 1)).toBe(true)
    expect(payroll.memory.run.status).toBe('completed')
  })

  test('one employee of a hundred without account is named, and the other ninety-nine are paid', async () => {
    await using payroll = await aPayroll({ employees: 100, missing: [41], amount: '1' })
    expect(await payroll.ring()).toMatchObject({ claimed: 2, applied_failed: 1, applied: 1 })
    expect(payroll.memory.employees.filter(({ state }) => state === 'failed')).toMatchObject([
      { id: 42, code: 'op_no_destination' },
    ])
    expect(payroll.timesPaid()).toEqual(Array.from({ length: 100 }, (_, index) => (index === 41 ? 0 : 1)))
    expect(payroll.memory.run).toMatchObject({ status: 'failed', code: 'items_not_paid' })
  })

  test('with nothing due ends at once', async () => {
    await using payroll = await aPayroll({ employees: 0 })
    expect(await payroll.ring()).toMatchObject({ claimed: 1, nothing_left: 1 })
    expect(await payroll.ring()).toMatchObject({ claimed: 0 })
  })

  test('a number that the ledger showed to be used is not used again, although an instance still shows the old state', async () => {
    await using payroll = await aPayroll({ employees: 150, amount: '1' })
    const { fetch } = payroll.ports()
    let old: { readonly body: string; readonly headers: Headers } | null = null
    const lagging: typeof fetch = async (url, init) => {
      const answer = await fetch(url, init)
      if (!new URL(url).pathname.startsWith('/accounts/')) return answer
      old ??= { body: await answer.text(), headers: answer.headers }
      return new Response(old.body, { headers: old.headers })
    }
    expect(await payroll.ring({ fetch: lagging })).toMatchObject({ applied: 2, never_applied: 0, waiting: 0 })
    const [first, second] = payroll.memory.transactions
    expect(BigInt(second?.sequence_number ?? 0)).toBe(BigInt(first?.sequence_number ?? 0) + 1n)
  })

  test('two workers at the same time pay once', async () => {
    await using payroll = await aPayroll({ employees: 120, amount: '1' })
    await Promise.all([payroll.ring(), payroll.ring(), payroll.ring()])
    await payroll.finish()
    expect(payroll.timesPaid().every((times) => times === 1)).toBe(true)
  })

  test('stops claiming when its budget is used', async () => {
    await using payroll = await aPayroll({ employees: 250, amount: '1' })
    expect(await disburse(payroll.ports(), { ...DISBURSE_LIMITS, maxSteps: 2 })).toMatchObject({
      claimed: 2,
      applied: 2,
    })
    expect(await disburse(payroll.ports(), { ...DISBURSE_LIMITS, budgetMs: 0 })).toMatchObject({ claimed: 0 })
    await payroll.finish()
    expect(payroll.memory.run.status).toBe('completed')
  })
})

describe('what must not be signed is not signed', () => {
  test('a provider of another network stops the run before anything is prepared', async () => {
    await using payroll = await aPayroll()
    await using other = await aPayroll({}, { seed: 'another network' })
    const elsewhere = interceptedDatabase(payroll.memory.database, () => undefined)
    const claimDisbursement = async (lease: { readonly lease_seconds: number }) => {
      const claim = await payroll.memory.database.claimDisbursement(lease)
      return claim && { ...claim, horizon_url: other.sandbox.url }
    }
    expect(await payroll.ring({ database: { ...elsewhere, claimDisbursement } })).toMatchObject({ stopped: 1 })
    expect(payroll.memory.run).toMatchObject({ status: 'failed', code: 'network_mismatch' })
    expect(payroll.memory.transactions).toEqual([])
    expect(other.timesPaid()).toEqual([0, 0, 0])
  })

  test('a provider of another network is not believed about a transaction on its way', async () => {
    await using payroll = await aPayroll()
    // The same account with a lower sequence number, and ledgers far ahead: on this network it looks never applied.
    await using other = await aPayroll({}, { seed: 'another network' })
    other.closeLedger(200)
    payroll.sandbox.failSubmissions({ count: 1, stage: 'after', how: 504 })
    await payroll.ring()
    payroll.closeLedger()
    const claimDisbursement = async (lease: { readonly lease_seconds: number }) => {
      const claim = await payroll.memory.database.claimDisbursement(lease)
      return claim && { ...claim, horizon_url: other.sandbox.url }
    }
    expect(await payroll.ring({ database: { ...payroll.memory.database, claimDisbursement } })).toMatchObject({
      network_mismatch: 1,
    })
    payroll.clock.advance(60_000)
    expect(await payroll.ring()).toMatchObject({ applied: 1 })
    expect(payroll.timesPaid()).toEqual([1, 1, 1])
  })

  test('without the key of the account the run stops with the reason', async () => {
    await using payroll = await aPayroll()
    expect(await payroll.ring({ keyring: createKeyring([keypair(5).secret()]) })).toMatchObject({ stopped: 1 })
    expect(payroll.memory.run).toMatchObject({ status: 'failed', code: 'signing_key_missing' })
    expect(payroll.memory.run.reason).toContain(payroll.treasury.publicKey())
  })

  test('without the key a finished run still ends well', async () => {
    await using payroll = await aPayroll({ employees: 0 })
    expect(await payroll.ring({ keyring: createKeyring([]) })).toMatchObject({ nothing_left: 1 })
    expect(payroll.memory.run.status).toBe('completed')
  })

  test('a stored envelope that is another transaction is neither signed nor sent', async () => {
    await using payroll = await aPayroll()
    const killed = interceptedDatabase(payroll.memory.database, (name) => {
      if (name === 'beginSubmission') throw new Error('killed')
    })
    expect(await payroll.ring({ database: killed })).toMatchObject({ failed: 1 })
    const [transaction] = payroll.memory.transactions
    if (transaction === undefined) throw new Error('Nothing was persisted.')
    await using other = await aPayroll({ amount: '9999' }, { seed: 'local' })
    await other.ring({
      database: interceptedDatabase(other.memory.database, (name) => {
        if (name === 'beginSubmission') throw new Error('killed')
      }),
    })
    const [foreign] = other.memory.transactions
    transaction.envelope_xdr = foreign?.envelope_xdr ?? ''
    // The attacker keeps the hash honest to the envelope; only the list of payments beside it is what was approved.
    transaction.tx_hash = foreign?.tx_hash ?? ''
    payroll.clock.advance(31_000)
    expect(await payroll.ring()).toMatchObject({ held: 1 })
    expect(transaction).toMatchObject({ attempts: 0, submission_state: 'held', lastCode: 'envelope_differs_from_plan' })
  })

  test('a stored signed envelope that is another transaction is not sent', async () => {
    await using payroll = await aPayroll()
    payroll.sandbox.failSubmissions({ count: 1, stage: 'before', how: 504 })
    await payroll.ring()
    await using other = await aPayroll({ amount: '9999' })
    other.sandbox.failSubmissions({ count: 1, stage: 'before', how: 504 })
    await other.ring()
    const [transaction] = payroll.memory.transactions
    if (transaction === undefined) throw new Error('Nothing was persisted.')
    transaction.signed_envelope_xdr = other.memory.transactions[0]?.signed_envelope_xdr ?? ''
    payroll.clock.advance(5_000)
    expect(await payroll.ring()).toMatchObject({ envelope_mismatch: 1 })
    expect(transaction.attempts).toBe(1)
    expect(payroll.timesPaid()).toEqual([0, 0, 0])
  })

  test('a plan that cannot be paid stops the run without being sent', async () => {
    await using payroll = await aPayroll({ memo: 'a memo that is longer than 28 bytes' })
    expect(await payroll.ring()).toMatchObject({ stopped: 1 })
    expect(payroll.memory.run).toMatchObject({ status: 'failed', code: 'operations_not_payable' })
  })
})

describe('a worker that was overtaken', () => {
  test.each(['planOperations', 'persistTransaction', 'beginSubmission'] as const)(
    'at %s sends nothing',
    async (point) => {
      await using payroll = await aPayroll()
      let isOvertaken = false
      const database = interceptedDatabase(payroll.memory.database, (name) => {
        if (name !== point || isOvertaken) return
        isOvertaken = true
        payroll.memory.lease.token = 'another worker'
        payroll.memory.lease.untilMs = payroll.clock.now() + 10_000
      })
      expect(await payroll.ring({ database })).toMatchObject({ claimed: 1, lease_lost: 1 })
      expect(payroll.memory.lease.token).toBe('another worker')
      expect(payroll.timesPaid()).toEqual([0, 0, 0])
      payroll.clock.advance(11_000)
      await payroll.finish()
      expect(payroll.timesPaid()).toEqual([1, 1, 1])
    },
  )
})
