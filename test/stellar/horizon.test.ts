import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { createHorizon, type Horizon } from '../../supabase/functions/_shared/stellar/horizon.ts'
import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import { horizonOpener } from '../../supabase/functions/_shared/worker/provider.ts'
import { testClock } from '../support/clock.ts'
import { gate } from '../support/gate.ts'
import { type ReceivedRequest, sendJson, startServer, type TestServer } from '../support/http-server.ts'
import { address } from '../support/plans.ts'

const HASH = '8ef0c6d60357bf91b0b0d7800b747ff02bf73117d3e017690cbff641ca67f124'
const RECORD = {
  hash: HASH,
  id: HASH,
  paging_token: '599470060347392',
  successful: true,
  ledger: 139_575,
  created_at: '2021-03-25T21:14:11Z',
  source_account: address(0),
  source_account_sequence: '599336916353025',
  fee_account: address(0),
  fee_charged: '100',
  max_fee: '100',
  operation_count: 1,
  envelope_xdr: 'AAAA',
  result_xdr: 'AAAAAAAAAGQAAAAAAAAAAQAAAAAAAAABAAAAAAAAAAA=',
}
const ACCOUNT = {
  id: address(0),
  account_id: address(0),
  sequence: '9223372036854775807',
  subentry_count: 5,
  num_sponsoring: 1,
  num_sponsored: 2,
  thresholds: { low_threshold: 0, med_threshold: 2, high_threshold: 3 },
  signers: [
    { key: address(0), weight: 1, type: 'ed25519_public_key' },
    { key: address(8), weight: 2, type: 'ed25519_public_key' },
  ],
  data: { 'config.memo_required': 'MQ==' },
  balances: [
    {
      balance: '3.0000000',
      limit: '922337203685.4775807',
      buying_liabilities: '0.0000000',
      selling_liabilities: '1.0000000',
      is_authorized: false,
      asset_type: 'credit_alphanum4',
      asset_code: 'EURT',
      asset_issuer: address(9),
    },
    { balance: '7.0000000', limit: '9', liquidity_pool_id: 'ab', asset_type: 'liquidity_pool_shares' },
    { balance: '72.8563792', buying_liabilities: '0.0000000', selling_liabilities: '0.0000000', asset_type: 'native' },
  ],
}

let server: TestServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

describe('Horizon', () => {
  test('an account is read with the ledger of the same answer, pool shares left out', async () => {
    const horizon = await horizonThat((_, response) =>
      sendJson(response, 200, ACCOUNT, { 'latest-ledger': '28105812' }),
    )
    expect(await horizon.account(address(0))).toEqual({
      kind: 'answered',
      value: {
        account_id: address(0),
        sequence: '9223372036854775807',
        ledger: 28_105_812,
        balances: [
          {
            asset_code: 'EURT',
            asset_issuer: address(9),
            balance: '3.0000000',
            limit: '922337203685.4775807',
            buying_liabilities: '0.0000000',
            selling_liabilities: '1.0000000',
            is_authorized: false,
          },
          {
            asset_code: 'XLM',
            asset_issuer: '',
            balance: '72.8563792',
            limit: null,
            buying_liabilities: '0.0000000',
            selling_liabilities: '0.0000000',
            is_authorized: true,
          },
        ],
        memo_required: true,
        keeping: {
          subentry_count: 5,
          num_sponsoring: 1,
          num_sponsored: 2,
          threshold: 2,
          weight: 1,
          signer_count: 1,
        },
        signers: ACCOUNT.signers.map(({ key, weight }) => ({ key, weight })),
      },
    })
  })

  test.each(['', '0', '-1', '1e3', '99999999999', 'abc'])(
    'the header Latest-Ledger "%s" is no ledger',
    async (header) => {
      const horizon = await horizonThat((_, response) => sendJson(response, 200, ACCOUNT, { 'latest-ledger': header }))
      expect(await horizon.account(address(0))).toMatchObject({ kind: 'answered', value: { ledger: null } })
    },
  )

  test('an id that arrives as a JSON number is refused, because its digits are already lost', async () => {
    const sequence = 9_007_199_254_740_992
    const horizon = await horizonThat((request, response) =>
      sendJson(
        response,
        200,
        request.path.startsWith('/accounts')
          ? { ...ACCOUNT, sequence }
          : { ...RECORD, source_account_sequence: sequence },
      ),
    )
    expect(await horizon.account(address(0))).toEqual({ kind: 'silent', reason: 'malformed' })
    expect(await horizon.transaction(HASH)).toEqual({ kind: 'silent', reason: 'malformed' })
  })

  test.each([
    ['hash', { hash: 'XYZ' }],
    ['ledger as text', { ledger: '139575' }],
    ['ledger above 2^32', { ledger: 4_294_967_296 }],
    ['successful as text', { successful: 'true' }],
    ['close time', { created_at: '+292277026596-12-04T15:30:07Z' }],
    ['close time that is no time', { created_at: '2021-13-45T99:99:99Z' }],
    ['fee as number', { fee_charged: 100 }],
    ['missing envelope', { envelope_xdr: undefined }],
    ['inner transaction', { inner_transaction: 'x' }],
  ])('a record with a wrong %s is malformed', async (_name, changes) => {
    const horizon = await horizonThat((_, response) => sendJson(response, 200, { ...RECORD, ...changes }))
    expect(await horizon.transaction(HASH)).toEqual({ kind: 'silent', reason: 'malformed' })
  })

  test.each(['', 'null', '[]', '{', '"text"', '<html>'])('the body %s is malformed, not a failure', async (body) => {
    const horizon = await horizonThat((_, response) => response.end(body))
    expect(await horizon.root()).toEqual({ kind: 'silent', reason: 'malformed' })
    expect(await horizon.feeStats()).toEqual({ kind: 'silent', reason: 'malformed' })
  })

  test('one unreadable record makes a page of transactions worthless', async () => {
    const horizon = await horizonThat((_, response) =>
      sendJson(response, 200, { _embedded: { records: [RECORD, { ...RECORD, ledger: null }] } }),
    )
    expect(await horizon.transactions(address(0), { order: 'desc', cursor: null, limit: 50 })).toEqual({
      kind: 'silent',
      reason: 'malformed',
    })
  })

  test('a page asks for failed transactions too, in the order that is wanted, after the cursor', async () => {
    const horizon = await horizonThat((_, response) => sendJson(response, 200, { _embedded: { records: [RECORD] } }))
    const page = { order: 'asc', cursor: '599470060347392', limit: 200 } as const
    expect(await horizon.transactions(address(0), page)).toMatchObject({ kind: 'answered' })
    expect(server?.requests[0]?.path).toBe(
      `/accounts/${address(0)}/transactions?order=asc&include_failed=true&limit=200&cursor=599470060347392`,
    )
  })

  test('404, 429 and 503 are told apart, with problem and Retry-After', async () => {
    const type = (name: string) => ({ type: `https://stellar.org/horizon-errors/${name}`, status: 0 })
    const answers: Record<string, (response: ServerResponse) => void> = {
      '/': (response) => sendJson(response, 429, type('rate_limit_exceeded'), { 'retry-after': '7' }),
      '/fee_stats': (response) => sendJson(response, 503, type('stale_history')),
    }
    const horizon = await horizonThat(({ path }, response) =>
      (answers[path] ?? ((missing) => sendJson(missing, 404, type('not_found'), { 'latest-ledger': '12' })))(response),
    )
    expect(await horizon.root()).toEqual({
      kind: 'refused',
      status: 429,
      problem: 'rate_limit_exceeded',
      retryAfterSeconds: 7,
    })
    expect(await horizon.feeStats()).toMatchObject({ status: 503, problem: 'stale_history', retryAfterSeconds: null })
    expect(await horizon.account(address(0))).toEqual({ kind: 'not_found', latestLedger: 12 })
  })

  test('a redirect is not followed', async () => {
    const horizon = await horizonThat((_, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/' })
      response.end()
    })
    expect(await horizon.root()).toMatchObject({ kind: 'refused', status: 302 })
    expect(server?.requests).toHaveLength(1)
  })

  test('a server that is gone is silent', async () => {
    const horizon = await horizonThat((_, response) => response.end())
    await server?.close()
    expect(await horizon.root()).toEqual({ kind: 'silent', reason: 'no_answer' })
    server = undefined
  })

  test('more than the limit is not read', async () => {
    const horizon = await horizonThat((_, response) => {
      response.write(' '.repeat(3_000_000))
      response.end(JSON.stringify(ACCOUNT))
    })
    expect(await horizon.account(address(0))).toEqual({ kind: 'silent', reason: 'too_large' })
  })

  test.each(['before the headers', 'in the middle of the body'])(
    'an answer that hangs %s is cut by the deadline',
    async (where) => {
      const clock = testClock()
      const received = gate()
      server = await startServer((_, response) => {
        if (where !== 'before the headers') response.write('{"network_passphrase":')
        received.open()
      })
      const horizon = horizonOpener({ fetch: systemFetch, clock }, { untilMs: clock.now() + 60_000 })(server.url)
      const answer = horizon.root()
      await received.opened
      clock.advance(10_000)
      expect(await answer).toEqual({ kind: 'silent', reason: 'no_answer' })
      expect(clock.openDeadlines()).toBe(0)
    },
  )

  test('no request outlasts the deadline of the invocation', async () => {
    const clock = testClock()
    const received = gate()
    server = await startServer(() => received.open())
    const horizon = horizonOpener({ fetch: systemFetch, clock }, { untilMs: clock.now() + 3_000 })(server.url)
    const answer = horizon.submit('AAAA')
    await received.opened
    clock.advance(3_000)
    expect(await answer).toMatchObject({ kind: 'unproven', http_status: 0 })
  })

  test('a submission is a form with the envelope, and a record answers it', async () => {
    const horizon = await horizonThat((_, response) => sendJson(response, 200, RECORD))
    expect(await horizon.submit('AB+/=')).toMatchObject({
      kind: 'recorded',
      record: { hash: HASH, successful: true },
    })
    expect(server?.requests[0]).toMatchObject({ method: 'POST', path: '/transactions', body: 'tx=AB%2B%2F%3D' })
    expect(server?.requests[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded')
  })

  test.each([
    [400, { extras: { result_codes: { transaction: 'tx_bad_seq' } } }, 'tx_bad_seq', null],
    [
      400,
      { extras: { result_codes: { transaction: 'tx_failed', operations: ['op_success', 'op_no_trust'] } } },
      'tx_failed',
      ['op_success', 'op_no_trust'],
    ],
    [
      400,
      {
        extras: {
          result_codes: {
            transaction: 'tx_fee_bump_inner_failed',
            inner_transaction: 'tx_failed',
            operations: ['op_no_trust'],
          },
        },
      },
      'tx_failed',
      ['op_no_trust'],
    ],
    [
      504,
      { type: 'https://stellar.org/horizon-errors/transaction_submission_timeout' },
      'transaction_submission_timeout',
      null,
    ],
    [503, 'no JSON object', null, null],
    [200, { ...RECORD, ledger: 'x' }, null, null],
    [
      400,
      { type: '../<script>', extras: { result_codes: { transaction: 'x'.repeat(500), operations: [1] } } },
      null,
      null,
    ],
  ])(
    'a submission answered with %i proves nothing and keeps the codes',
    async (status, body, transaction_code, operation_codes) => {
      const horizon = await horizonThat((_, response) => sendJson(response, status, body))
      expect(await horizon.submit('AAAA')).toEqual({
        kind: 'unproven',
        http_status: status,
        transaction_code,
        operation_codes,
        retry_after_seconds: null,
        required_fee_stroops: null,
      })
    },
  )

  test.each(['', 'horizon', 'ftp://horizon.example.org', 'file:///etc/passwd', 'javascript:1'])(
    'the address "%s" is refused',
    (baseUrl) => {
      expect(() => createHorizon({ baseUrl, exchange: () => Promise.reject(new Error('unused')) })).toThrow(TypeError)
    },
  )

  test('an address with a path and a final slash works', async () => {
    server = await startServer((_, response) => sendJson(response, 404, {}))
    const clock = testClock()
    const open = horizonOpener({ fetch: systemFetch, clock }, { untilMs: clock.now() + 60_000 })
    await open(`${server.url}/key/abc/`).transaction(HASH)
    expect(server.requests[0]?.path).toBe(`/key/abc/transactions/${HASH}`)
    expect(clock.openDeadlines()).toBe(0)
  })
})

async function horizonThat(answer: (request: ReceivedRequest, response: ServerResponse) => void): Promise<Horizon> {
  server = await startServer(answer)
  const clock = testClock()
  return horizonOpener({ fetch: systemFetch, clock }, { untilMs: clock.now() + 60_000 })(server.url)
}
