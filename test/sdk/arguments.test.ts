import { Account, MuxedAccount } from '@stellar/stellar-sdk'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attempt, createPayd, type PaydClient, PaydError, parseEmployeeId, parsePayrollRunId } from '../../src/index.ts'
import * as schemas from '../../src/schemas.ts'
import { keypair } from '../support/plans.ts'

/** A request that fails the test when it is sent: what is wrong is refused before. */
const request: object = new Proxy(
  {},
  {
    get: (_, name) => {
      if (name === 'then') throw new Error('It was asked.')
      return name === 'fetch' || name === 'retry' ? undefined : () => request
    },
  },
)
const client: PaydClient = { from: () => ({ select: () => request }), rpc: () => request }
const payd = createPayd(client)
const id = parsePayrollRunId(1)
const period = { period_start: '2026-01-01', period_end: '2026-01-31' }
const any = (value: unknown): never => value as never

describe('wrong arguments', () => {
  it.each([
    [
      'a Date, which is another day in another time zone',
      () => payd.payrollRuns.create({ ...period, period_start: any(new Date('2027-01-01T00:00+02:00')) }),
      'invalid_date',
      'period_start',
    ],
    [
      'a time instead of a day',
      () => payd.payrollRuns.create({ ...period, period_start: '2027-01-01T00:00:00Z' }),
      'invalid_date',
      'period_start',
    ],
    [
      'a day as people write it',
      () => payd.payrollRuns.create({ ...period, period_end: '31.12.2026' }),
      'invalid_date',
      'period_end',
    ],
    [
      'a day that does not exist',
      () => payd.payrollRuns.create({ ...period, period_end: '2026-02-29' }),
      'invalid_date',
      'period_end',
    ],
    [
      'a misspelt field',
      () => payd.payrollRuns.create(any({ ...period, period_strat: '2026-01-01' })),
      'unknown_argument',
      'period_strat',
    ],
    [
      'a field that every object has',
      () => payd.payrollRuns.list(any({ constructor: 1 })),
      'unknown_argument',
      'constructor',
    ],
    ['a page of 201', () => payd.payrollRuns.list({}, { limit: 201 }), 'invalid_limit', 'limit'],
    ['a page of none', () => payd.payrollRuns.list({}, { limit: 0 }), 'invalid_limit', 'limit'],
    [
      'a missing field',
      () => payd.payrollRuns.create(any({ period_start: '2026-01-01' })),
      'invalid_date',
      'period_end',
    ],
    ['null for the fields', () => payd.payrollRuns.create(any(null)), 'invalid_argument', undefined],
    ['null for the run', () => payd.payrollRuns.approve(any(null)), 'invalid_id', 'id'],
    ['an unknown status', () => payd.payrollRuns.list({ status: any('nope') }), 'invalid_choice', 'status'],
    ['no status at all', () => payd.payrollRuns.list({ status: [] }), 'invalid_choice', 'status'],
    ['a misspelt filter', () => payd.employees.list(any({ state: 'active' })), 'unknown_argument', 'state'],
    ['an id above 2^53', () => payd.payrollRuns.get(any(Number('9007199254740993'))), 'invalid_id', 'id'],
    ['an id as text', () => payd.payrollRuns.get(any('1')), 'invalid_id', 'id'],
    ['null for an id', () => payd.payrollRuns.disburse(any(null)), 'invalid_id', 'id'],
    [
      'a number as money',
      () => payd.payrollRuns.addBonus(id, { employee_id: parseEmployeeId(1), amount: any(5) }),
      'invalid_amount',
      'amount',
    ],
    [
      'an eighth decimal',
      () => payd.payrollRuns.addBonus(id, { employee_id: parseEmployeeId(1), amount: '0.00000001' }),
      'too_many_decimals',
      'amount',
    ],
    [
      'an amount below zero',
      () => payd.payrollRuns.addBonus(id, { employee_id: parseEmployeeId(1), amount: '-1' }),
      'amount_not_positive',
      'amount',
    ],
    [
      'a cursor of another run',
      async () => payd.payrollRuns.items(id, {}, { after: 'WyJ4IiwxLDFd' }),
      'invalid_cursor',
      'after',
    ],
    ['no reason', () => payd.payrollRuns.reject(id, ' '), 'invalid_argument', 'reason'],
    ['an address without @', () => payd.members.invite({ email: 'ada', role: 'viewer' }), 'invalid_email', 'email'],
    ['an unknown role', () => payd.members.invite({ email: 'a@b.c', role: any('boss') }), 'invalid_choice', 'role'],
    ['a wallet id that is a number', () => payd.wallets.get(any(1)), 'invalid_id', 'id'],
    [
      'a secret key as an address',
      () =>
        payd.employees.create({
          first_name: 'A',
          last_name: 'B',
          email: 'a@b.c',
          wallet_address: `S${'A'.repeat(55)}`,
        }),
      'secret_key_refused',
      'wallet_address',
    ],
    [
      'a time without its offset',
      () => payd.statements.list({ from: '2026-01-01T00:00:00' }),
      'invalid_timestamp',
      'from',
    ],
  ])('%s', async (_, call, code, field) => {
    const error = await call().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(PaydError)
    expect(error).toMatchObject({ kind: 'validation_failed', code, field, hint: expect.any(String), retryable: false })
    expect(JSON.stringify(error)).not.toMatch(/S[A-Z2-7]{55}/)
  })

  it('are refused in an iteration as well', async () => {
    const read = async () => {
      for await (const run of payd.payrollRuns.iterate({ status: any('nope') })) return run
    }
    await expect(read()).rejects.toMatchObject({ code: 'invalid_choice' })
  })

  const calls = Object.entries(payd).flatMap(([area, group]) =>
    area === 'client' ? [] : Object.entries(group).map(([name, call]) => [`${area}.${name}`, call] as const),
  )

  it.each(calls)('of %s, whatever they are, give a PaydError or are asked for', async (_, call) => {
    for (const value of [
      undefined,
      null,
      'x',
      7,
      Number.NaN,
      {},
      [],
      true,
      new Date(0),
      () => undefined,
      Object.create(null),
    ]) {
      for (const args of [[value], [value, value], [1, value, value], [1, 1, value], [{}, value], ['x', value]]) {
        const error = await outcomeOf(call as never, args)
        if ((error as Error | undefined)?.message?.includes('It was asked')) continue
        if (error !== undefined) expect(error, JSON.stringify(args)).toBeInstanceOf(PaydError)
      }
    }
  })

  it('of any kind give a PaydError', async () => {
    const calls = [payd.payrollRuns.create, payd.employees.create, payd.payrollRuns.list, payd.payrollRuns.get]
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...calls), fc.anything(), async (call, argument) => {
        const error = await (call as (value: unknown) => Promise<unknown>)(argument).catch((thrown: unknown) => thrown)
        // What is right is asked for, which this client does not bear.
        if ((error as Error).message.includes('It was asked')) return
        expect(error).toBeInstanceOf(PaydError)
      }),
    )
  })
})

/** What a call fails with, also one that gives its answer piece by piece. */
async function outcomeOf(call: (...args: unknown[]) => unknown, args: readonly unknown[]): Promise<unknown> {
  try {
    const answer = call(...args)
    if (typeof (answer as AsyncGenerator)?.next === 'function') await (answer as AsyncGenerator).next()
    else await answer
    return undefined
  } catch (error) {
    return error
  }
}

describe('a muxed address', () => {
  it('is never taken for a secret key, whatever letters it has', async () => {
    const publicKey = keypair(1).publicKey()
    await fc.assert(
      fc.asyncProperty(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), async (id) => {
        const wallet_address = new MuxedAccount(new Account(publicKey, '0'), id.toString()).accountId()
        const person = { first_name: 'A', last_name: 'B', email: 'a@b.c', wallet_address }
        await expect(payd.employees.create(person)).rejects.toMatchObject({
          cause: expect.objectContaining({ message: 'It was asked.' }),
        })
      }),
    )
  })
})

describe('createPayd', () => {
  it.each([
    ['no client', () => createPayd(any(undefined)), 'invalid_client', undefined],
    ['a URL and a key', () => createPayd(any('https://a.supabase.co'), any('key')), 'invalid_client', undefined],
    ['a misspelt option', () => createPayd(client, any({ organisationId: 1 })), 'unknown_argument', 'organisationId'],
    ['null as organization', () => createPayd(client, { organizationId: any(null) }), 'invalid_id', 'organizationId'],
    [
      'an organization id as text',
      () => createPayd(client, { organizationId: any('1') }),
      'invalid_id',
      'organizationId',
    ],
    ['null as options', () => createPayd(client, any(null)), 'invalid_argument', undefined],
  ])('refuses %s at once', (_what, work, code, field) => {
    const thrown = (() => {
      try {
        return work()
      } catch (error) {
        return error
      }
    })()
    expect(thrown).toBeInstanceOf(PaydError)
    expect(thrown).toMatchObject({ code, field })
  })

  it('is not asked by attempt() when it gets a function instead of a call', async () => {
    const { data, error } = await attempt(any(() => payd.employees.list()))
    expect(data).toBeNull()
    expect(error?.hint).toContain('attempt(payd.employees.list())')
  })

  it('lets no number of an import pass as text', async () => {
    const rows = [{ line: 2, email: 'ada@example.com', salary: any(4200.1) }]
    const report = await payd.employees.importRows(rows)
    expect(report.rows).toMatchObject([{ line: 2, outcome: 'refused', code: 'invalid_amount' }])
  })
})

describe('a client that is bound to an organization', () => {
  it('cannot be bound to another, nor close another', async () => {
    const bound = createPayd(client, { organizationId: any(1) })
    expect(() => createPayd(bound.client, { organizationId: any(2) })).toThrow(
      expect.objectContaining({ code: 'organization_mismatch' }),
    )
    await expect(bound.organizations.close(any(2), 'No.')).rejects.toMatchObject({ code: 'organization_mismatch' })
  })
})

describe('the schemas for forms', () => {
  it('accept exactly what the calls accept', async () => {
    const value = fc.oneof(fc.constantFrom('2026-01-01', '2026-02-30', '', 'XLM', null, undefined, 7), fc.anything())
    const fields = fc.record({ period_start: value, period_end: value, memo: value }, { requiredKeys: [] })
    await fc.assert(
      fc.asyncProperty(fields, async (input) => {
        const error = await payd.payrollRuns.create(any(input)).catch((thrown: unknown) => thrown)
        const isRefused = error instanceof PaydError && error.kind === 'validation_failed'
        expect(schemas.newPayrollRunSchema.safeParse(input).success).toBe(!isRefused)
      }),
    )
  })

  it('name the field and say how it must be', () => {
    const { error } = schemas.newBonusSchema.safeParse({ employee_id: 1, amount: 5 })
    expect(error?.issues).toMatchObject([
      { path: ['amount'], message: expect.stringContaining('an amount written as text') },
    ])
    expect(schemas.newBonusSchema.safeParse({ employee_id: 1, amount: '5', bonus: 1 }).success).toBe(false)
  })
})
