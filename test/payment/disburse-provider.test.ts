import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import type { LogLine } from '../../supabase/functions/_shared/worker/ports.ts'
import { disburse } from '../../supabase/functions/payroll-disburse/disburse.ts'
import { createKeyring } from '../../supabase/functions/payroll-disburse/sign.ts'
import { testClock } from '../support/clock.ts'
import { sendJson, startServer, type TestServer } from '../support/http-server.ts'
import { memoryDatabase } from '../support/memory-database.ts'
import { address, keypair, PASSPHRASE } from '../support/plans.ts'

type Answer = { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }

const ROOT: Answer = {
  status: 200,
  body: {
    network_passphrase: PASSPHRASE,
    history_latest_ledger: 1_000,
    history_latest_ledger_closed_at: '2026-11-20T12:00:00Z',
  },
}
const ACCOUNT: Answer = {
  status: 200,
  body: { account_id: address(0), sequence: '4294967296001', balances: [] },
  headers: { 'latest-ledger': '1000' },
}
const MISSING: Answer = { status: 404, body: { type: 'https://stellar.org/horizon-errors/not_found' } }
const BUSY: Answer = { status: 503, body: { type: 'https://stellar.org/horizon-errors/server_over_capacity' } }

let server: TestServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

describe('what a provider says decides what is prepared', () => {
  test.each([
    ['the usual fee', '100', 1_000n],
    ['a busy network', '5000', 10_000n],
    ['more than the operator allows', '90000', 100_000n],
    ['an absurd fee', '9223372036854775807', 100_000n],
  ])('with %s it offers what that network takes, within the limit', async (_name, p95, perOperation) => {
    const { memory } = await ringWith({ '/fee_stats': { status: 200, body: { fee_charged: { p95 } } } })
    expect(memory.transactions[0]?.fee_bid_stroops).toBe(String(perOperation * 2n))
  })

  test('without fee statistics it offers the least', async () => {
    const { memory } = await ringWith({ '/fee_stats': BUSY })
    expect(memory.transactions[0]?.fee_bid_stroops).toBe('2000')
  })

  test('the last ledger counts from the newest that anybody saw, and the latest time from the later clock', async () => {
    const { memory } = await ringWith({})
    expect(memory.transactions[0]).toMatchObject({
      max_ledger: 1_020,
      max_time: '2026-11-20T12:05:00.000Z',
    })
    const ahead = await ringWith({ account: { ...ACCOUNT, headers: { 'latest-ledger': '1007' } } })
    expect(ahead.memory.transactions[0]).toMatchObject({ max_ledger: 1_027 })
    const slowWorker = await ringWith({}, Date.UTC(2026, 10, 19, 12))
    expect(slowWorker.memory.transactions[0]).toMatchObject({ max_time: '2026-11-20T12:05:00.000Z' })
    const oldLedger = await ringWith({}, Date.UTC(2026, 10, 20, 18))
    expect(oldLedger.memory.transactions[0]).toMatchObject({ max_time: '2026-11-20T18:05:00.000Z' })
  })

  test('an account that an up-to-date instance does not know stops the run', async () => {
    const { memory, counts } = await ringWith({ account: { ...MISSING, headers: { 'latest-ledger': '1000' } } })
    expect(counts).toMatchObject({ stopped: 1 })
    expect(memory.run).toMatchObject({ status: 'failed', code: 'source_account_not_found' })
  })

  test.each([
    [
      'the account is unknown to an instance that lags',
      { account: { ...MISSING, headers: { 'latest-ledger': '999' } } },
    ],
    ['the account is unknown to an instance that names no ledger', { account: MISSING }],
    ['the account comes without its ledger', { account: { ...ACCOUNT, headers: {} } }],
    [
      'the answer is about another account',
      { account: { ...ACCOUNT, body: { account_id: address(3), sequence: '1', balances: [] } } },
    ],
    ['the account cannot be read', { account: BUSY }],
    ['the root cannot be read', { '/': BUSY }],
    ['the root is no root', { '/': { status: 200, body: {} } }],
  ] as const)('when %s it waits and prepares nothing', async (_name, answers) => {
    const { memory, counts, clock } = await ringWith(answers)
    expect(counts).toMatchObject({ claimed: 1, provider_unavailable: 1 })
    expect(memory.transactions).toEqual([])
    expect(memory.run.status).toBe('processing')
    expect(memory.lease.nextCheckAtMs - clock.now()).toBe(5_000)
  })

  test('it stays away as long as the provider asks', async () => {
    const { memory, clock } = await ringWith({ '/': { ...BUSY, status: 429, headers: { 'retry-after': '40' } } })
    expect(memory.lease.nextCheckAtMs - clock.now()).toBe(40_000)
  })
})

async function ringWith(answers: Readonly<Record<string, Answer>>, nowMs?: number) {
  const pages: Readonly<Record<string, Answer>> = {
    '/': ROOT,
    account: ACCOUNT,
    '/fee_stats': { status: 200, body: { fee_charged: { p95: '100' } } },
    ...answers,
  }
  await server?.close()
  server = await startServer(({ path }, response) => {
    const answer = pages[path.startsWith('/accounts/') ? 'account' : path] ?? BUSY
    send(response, answer)
  })
  const clock = testClock(nowMs)
  const memory = memoryDatabase({
    clock,
    source_account: address(0),
    networkPassphrase: PASSPHRASE,
    horizon_url: server.url,
    payments: [
      { destination: address(1), amount: '1.0000000' },
      { destination: address(2), amount: '2.0000000' },
    ],
  })
  const lines: LogLine[] = []
  const counts = await disburse({
    clock,
    fetch: systemFetch,
    random: () => 0,
    log: (line) => lines.push(line),
    database: memory.database,
    keyring: createKeyring([keypair(0).secret()]),
  })
  return { clock, memory, lines, counts }
}

function send(response: ServerResponse, answer: Answer): void {
  sendJson(response, answer.status, answer.body, answer.headers)
}
