import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { DatabaseError } from '../../supabase/functions/_shared/worker/database-error.ts'
import type { Rpc } from '../../supabase/functions/_shared/worker/rpc.ts'
import { syncDatabase } from '../../supabase/functions/horizon-sync/database.ts'
import { disburseDatabase, type PreparedTransaction } from '../../supabase/functions/payroll-disburse/database.ts'
import { webhookDatabase } from '../../supabase/functions/webhook-dispatch/database.ts'
import { testClock } from '../support/clock.ts'
import { gate } from '../support/gate.ts'
import { type ReceivedRequest, sendJson, startServer, type TestServer } from '../support/http-server.ts'
import { migrationsText } from '../support/migrations.ts'
import { address } from '../support/plans.ts'
import { rpcAt } from '../support/rpc.ts'

const HASH = 'ab'.repeat(32)
const TOKEN = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff'
const RUN = { payroll_run_id: 1, lease_token: TOKEN }
const TRANSACTION = { transaction_id: 9, lease_token: TOKEN }
const BATCH = { batch_size: 20, lease_seconds: 60 }
const PREPARED: PreparedTransaction = {
  tx_hash: HASH,
  envelope_xdr: 'AAAA',
  sequence_number: '9223372036854775807',
  fee_bid_stroops: '4294967295',
  max_ledger: 1_020,
  max_time: '2026-11-20T12:05:00.000Z',
}
const OPERATION = {
  operation_index: 0,
  employee_id: 7,
  operation_type: 'payment',
  destination: address(1),
  asset_code: 'XLM',
  asset_issuer: '',
  amount: '4200.0000000',
  memo_type: null,
  memo: null,
  reclaim_after_days: null,
}
const { memo_type: _type, memo: _memo, reclaim_after_days: _days, ...PAYMENT } = OPERATION
const STORED = { ...PAYMENT, claimable_balance_id: null, reclaimable_at_seconds: null }
const CLAIM = {
  payroll_run_id: 1,
  organization_id: 2,
  source_account: address(0),
  channel_account: null,
  lease_token: TOKEN,
  asset_code: 'XLM',
  asset_issuer: '',
  memo: null,
  network_passphrase: 'PayD Tests ; 2026',
  horizon_url: 'http://127.0.0.1:1',
  rpc_url: null,
  second_horizon_url: null,
  max_fee_stroops: 100_000,
  used_sequence_number: '9223372036854775806',
  used_in_ledger: 900,
  open_sequence_number: null,
  signing_seconds: null,
  signers: [address(0)],
  transaction: {
    id: 9,
    tx_hash: HASH,
    envelope_xdr: 'AAAA',
    signed_envelope_xdr: null,
    sequence_number: '9223372036854775807',
    max_ledger: 1_020,
    max_time: '2026-11-20T12:05:00+00:00',
    fee_bid_stroops: '4294967295',
    memo_type: null,
    required_fee_stroops: null,
    memo: null,
    operations: [STORED],
    attempts: 2,
    last_code: 'tx_too_late',
    submission_state: 'submitting',
  },
  refund: null,
}
const CLAIM_OF_WEBHOOKS = {
  head: { lease_id: 5, lease_ms: 45_000, timestamp: 1_795_176_000, after: 2, is_more: false, untrusted: [] },
  endpoints: [{ id: 2, url: 'https://hooks.example.org/', timeout_ms: 15_000, headers: {}, v1a: [] }],
  events: [[9, 'evt_1', 1, '{}']],
  deliveries: [[3, 2, 9, 1, 'v1,abc', 12]],
}
const WEBHOOK_BATCH = { batch_size: 10, lease_seconds: 45, after: 0, busy: [], trusted_only: false }

let server: TestServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

describe('the database adapter', () => {
  test('calls every function of the workers with exactly the parameters it has in the migrations', async () => {
    const rpc = await rpcAnswering(answerAll)
    const disbursing = disburseDatabase(rpc)
    const syncing = syncDatabase(rpc)
    const dispatching = webhookDatabase(rpc)
    await disbursing.claimDisbursement({ lease_seconds: 60 })
    await disbursing.accountsToCheck(RUN)
    await disbursing.applyWalletStates({ states: [] })
    const report = { payroll_preflight_id: 4, lease_token: TOKEN }
    await disbursing.claimPreflight({ lease_seconds: 20 })
    await disbursing.continuePreflight({ ...report, next_look_seconds: 0 })
    await disbursing.finishPreflight({ ...report, treasury: null })
    await disbursing.planOperations({ ...RUN, max_operations: 100 })
    await disbursing.persistTransaction({ ...RUN, ...PREPARED, operations: [] })
    const refund = { claimable_balance_id: 3, lease_token: TOKEN }
    await disbursing.persistRefund({ ...refund, ...PREPARED })
    await disbursing.stopRefund({ ...refund, code: 'signing_key_missing', detail: 'There is no key.' })
    await disbursing.beginSubmission({ ...TRANSACTION, signed_envelope_xdr: 'AAAA' })
    const submitted = {
      http_status: 504,
      transaction_code: null,
      operation_codes: null,
      retry_after_seconds: null,
      required_fee_stroops: null,
    }
    await disbursing.planFeeBump(TRANSACTION)
    await disbursing.recordSubmission({ ...TRANSACTION, ...submitted })
    const taken = { proof: 'sequence_used_by_other', other_envelope_xdr: 'AAAA', other_ledger: 5 } as const
    await disbursing.recordOutcome({ outcome: { transaction_id: 9, ...taken }, lease_token: TOKEN })
    await disbursing.stopDisbursement({ ...RUN, code: 'signing_key_missing', detail: 'No key.' })
    const account = { source_account: address(0), lease_token: TOKEN, next_check_seconds: 5 }
    await disbursing.releaseDisbursement(account)
    const look = { ledger: 5, sequence: '1', balances: [] }
    await disbursing.compareSourceAccount({ source_account: address(0), lease_token: TOKEN, look })
    await disbursing.extendDisbursement({ source_account: address(0), lease_token: TOKEN, lease_seconds: 20 })
    await disbursing.recordChannelProblem({
      channel_account: address(0),
      lease_token: TOKEN,
      problem: 'short_of_fees',
    })
    const holder = { source_account: address(0), envelope_xdr: 'AAAA', ledger: 5 }
    await disbursing.holdTransaction({ ...TRANSACTION, reason: 'sequence_holder_not_seen' })
    await disbursing.recordSequenceHolder({ ...holder, lease_token: TOKEN })
    await syncing.claimWalletsForSync(BATCH)
    await syncing.applyWalletStates({ states: [] })
    await syncing.claimTransactionsToTrack(BATCH)
    await syncing.recordOutcome({ outcome: { transaction_id: 9, ...taken }, lease_token: TOKEN })
    await syncing.releaseDisbursement(account)
    await syncing.extendSyncLeases({ lease_token: TOKEN, lease_seconds: 20 })
    await syncing.extendDisbursement({ source_account: address(0), lease_token: TOKEN, lease_seconds: 20 })
    await dispatching.claimWebhookDeliveries(WEBHOOK_BATCH)
    await dispatching.completeWebhookDeliveries({
      lease_id: 5,
      delivery_ids: [3],
      statuses: [200],
      durations: [1],
      phases: [null, null, null, null, null],
      retry_after: [null],
      peers: [null],
      diallers: [null],
      error_classes: [null],
      error_messages: [null],
      bodies: [null],
      is_last: true,
    })
    await dispatching.extendWebhookDeliveries({ lease_ids: [5], lease_seconds: 20 })
    await dispatching.releaseWebhookDeliveries({ lease_ids: [5] })

    const called = server?.requests.map(({ path, body }) => ({
      name: path.slice('/rest/v1/rpc/'.length),
      parameters: Object.keys(JSON.parse(body)).toSorted(),
    }))
    expect(called).toHaveLength(32)
    for (const { name, parameters } of called ?? []) {
      expect(parameters, name).toEqual([...parametersOf(name)].toSorted())
    }
  })

  test('sends the secret key as apikey', async () => {
    const rpc = await rpcAnswering(answerAll)
    await disburseDatabase(rpc).claimDisbursement({ lease_seconds: 60 })
    expect(server?.requests[0]?.headers.apikey).toBe('sb_secret_test')
  })

  test('reads a claim with its live transaction, large numbers intact', async () => {
    const rpc = await rpcAnswering(answerAll)
    expect(await disburseDatabase(rpc).claimDisbursement({ lease_seconds: 60 })).toEqual({
      payroll_run_id: 1,
      organization_id: 2,
      source_account: address(0),
      channel_account: null,
      lease_token: TOKEN,
      network_passphrase: 'PayD Tests ; 2026',
      asset_code: 'XLM',
      asset_issuer: '',
      horizon_url: 'http://127.0.0.1:1',
      rpc_url: null,
      second_horizon_url: null,
      max_fee_stroops: 100_000,
      used_sequence_number: '9223372036854775806',
      used_in_ledger: 900,
      open_sequence_number: null,
      signing_seconds: null,
      signers: [address(0)],
      refund: null,
      transaction: {
        id: 9,
        tx_hash: HASH,
        envelope_xdr: 'AAAA',
        signed_envelope_xdr: null,
        sequence_number: '9223372036854775807',
        max_ledger: 1_020,
        max_time: '2026-11-20T12:05:00+00:00',
        fee_bid_stroops: '4294967295',
        memo_type: null,
        required_fee_stroops: null,
        memo: null,
        operations: [STORED],
        attempts: 2,
        submission_state: 'submitting',
      },
    })
  })

  test('no rows are no claim', async () => {
    const rpc = await rpcAnswering((_, response) => sendJson(response, 200, []))
    expect(await disburseDatabase(rpc).claimDisbursement({ lease_seconds: 60 })).toBeNull()
  })

  test('gives operations back exactly as they were planned', async () => {
    const rpc = await rpcAnswering(answerAll)
    const database = disburseDatabase(rpc)
    const operations = await database.planOperations({ ...RUN, max_operations: 100 })
    await database.persistTransaction({ ...RUN, ...PREPARED, operations })
    expect(JSON.parse(server?.requests[1]?.body ?? '')).toEqual({ ...RUN, ...PREPARED, operations: [OPERATION] })
  })

  test('a refusal keeps its stable code', async () => {
    const body = {
      code: 'PT409',
      details: 'lease_lost',
      message: 'The lease is held by another worker.',
      hint: 'Stop.',
    }
    const rpc = await rpcAnswering((_, response) => sendJson(response, 409, body))
    await expect(disburseDatabase(rpc).claimDisbursement({ lease_seconds: 60 })).rejects.toMatchObject({
      name: 'DatabaseError',
      code: 'lease_lost',
      status: 409,
      hint: 'Stop.',
    })
  })

  test('a database that is gone, or answers too late, is unreachable', async () => {
    const rpc = await rpcAnswering(answerAll)
    await server?.close()
    await expect(disburseDatabase(rpc).claimDisbursement({ lease_seconds: 60 })).rejects.toMatchObject({
      code: 'database_unreachable',
    })

    const clock = testClock()
    const received = gate()
    server = await startServer(() => received.open())
    const late = rpcAt(server.url, 'sb_secret_test', { clock, random: () => 0 })
    const claim = disburseDatabase(late).claimDisbursement({ lease_seconds: 60 })
    await received.opened
    clock.advance(15_000)
    await expect(claim).rejects.toMatchObject({ code: 'database_unreachable' })
    expect(clock.openDeadlines()).toBe(0)
  })

  test.each(['40001', '40P01', '55P03'])(
    'what the database rolled back (%s) is called again as it was',
    async (code) => {
      const rpc = await rpcAnswering((request, response) => {
        const isFirst = server?.requests.indexOf(request) === 0
        if (isFirst) sendJson(response, 500, { code, message: 'deadlock detected', details: null, hint: null })
        else answerAll(request, response)
      })
      expect(await disburseDatabase(rpc).claimDisbursement({ lease_seconds: 60 })).toMatchObject({ payroll_run_id: 1 })
      expect(server?.requests.map(({ body }) => body)).toEqual(['{"lease_seconds":60}', '{"lease_seconds":60}'])
    },
  )

  test('what the database rolled back is not called again after the deadline of the call', async () => {
    const clock = testClock()
    const answeredOnce = gate()
    server = await startServer((_, response) => {
      sendJson(response, 500, { code: '40P01', message: 'deadlock detected' })
      response.once('finish', () => answeredOnce.open())
    })
    const rpc = rpcAt(server.url, 'sb_secret_test', { clock, random: () => 0 })
    const claim = disburseDatabase(rpc).claimDisbursement({ lease_seconds: 60 })
    await answeredOnce.opened
    // The deadline of the call and the one of its pause are open at the same time only while it pauses.
    while (clock.openDeadlines() < 2) await new Promise((resolve) => setImmediate(resolve))
    clock.advance(15_000)
    await expect(claim).rejects.toMatchObject({ code: 'database_refused' })
    expect(server.requests).toHaveLength(1)
    expect(clock.openDeadlines()).toBe(0)
  })

  test('a call is repeated five times at most, and nothing else is called again', async () => {
    const rpc = await rpcAnswering((_, response) =>
      sendJson(response, 500, { code: '40P01', message: 'deadlock detected' }),
    )
    await expect(disburseDatabase(rpc).claimDisbursement({ lease_seconds: 60 })).rejects.toMatchObject({
      code: 'database_refused',
      message: expect.stringContaining('(40P01)'),
    })
    expect(server?.requests).toHaveLength(5)

    await server?.close()
    const other = await rpcAnswering((_, response) => sendJson(response, 500, { code: '57014', message: 'canceled' }))
    await expect(disburseDatabase(other).claimDisbursement({ lease_seconds: 60 })).rejects.toMatchObject({
      code: 'database_refused',
    })
    expect(server?.requests).toHaveLength(1)
  })

  test.each([
    ['a claim without account', 'claim_disbursement', [{ ...CLAIM, source_account: null }]],
    [
      'a sequence number that lost its digits',
      'claim_disbursement',
      [{ ...CLAIM, transaction: { ...CLAIM.transaction, sequence_number: 9_223_372_036_854_776_000 } }],
    ],
    ['an id above 2^53', 'claim_disbursement', [{ ...CLAIM, payroll_run_id: 9_007_199_254_740_992 }]],
    ['a hash that is none', 'claim_disbursement', [{ ...CLAIM, transaction: { ...CLAIM.transaction, tx_hash: 'x' } }]],
    ['an amount as number', 'plan_operations', [{ ...OPERATION, amount: 4200 }]],
    ['an unknown operation', 'plan_operations', [{ ...OPERATION, operation_type: 'account_merge' }]],
    ['no list', 'plan_operations', { rows: [] }],
    [
      'headers that are no texts',
      'claim_webhook_deliveries',
      { ...CLAIM_OF_WEBHOOKS, endpoints: [{ ...CLAIM_OF_WEBHOOKS.endpoints[0], headers: { 'x-a': 1 } }] },
    ],
    [
      'an event whose body is no text',
      'claim_webhook_deliveries',
      { ...CLAIM_OF_WEBHOOKS, events: [[9, 'evt_1', 1, { amount: 4200 }]] },
    ],
    [
      'a delivery whose id lost its digits',
      'claim_webhook_deliveries',
      { ...CLAIM_OF_WEBHOOKS, deliveries: [[9_223_372_036_854_776_000, 2, 9, 1, 'v1,abc', 12]] },
    ],
    [
      'a delivery of an earlier version',
      'claim_webhook_deliveries',
      { ...CLAIM_OF_WEBHOOKS, deliveries: [[3, 2, 9, 1, 'v1,4200']] },
    ],
  ])('%s is refused, and the message repeats nothing of it', async (_name, called, body) => {
    const rpc = await rpcAnswering((_, response) => sendJson(response, 200, body))
    const call: Record<string, () => Promise<unknown>> = {
      claim_disbursement: () => disburseDatabase(rpc).claimDisbursement({ lease_seconds: 60 }),
      plan_operations: () => disburseDatabase(rpc).planOperations({ ...RUN, max_operations: 100 }),
      claim_webhook_deliveries: () => webhookDatabase(rpc).claimWebhookDeliveries(WEBHOOK_BATCH),
    }
    const error = await call[called]?.().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(DatabaseError)
    expect(error).toMatchObject({ code: 'database_refused', message: expect.stringContaining(called) })
    expect(String(error)).not.toMatch(/9223372036854|account_merge|4200/)
  })
})

function answerAll({ path }: ReceivedRequest, response: ServerResponse): void {
  const rows: Readonly<Record<string, unknown>> = {
    claim_disbursement: [CLAIM],
    plan_operations: [OPERATION],
    persist_transaction: [{ id: 9, organization_id: 2, amount: '4200.0000000' }],
    persist_refund: [{ id: 10, organization_id: 2, amount: '4200.0000000' }],
    release_disbursement: true,
    extend_disbursement: true,
    extend_sync_leases: 1,
    compare_source_account: 'agrees',
    claim_wallets_for_sync: [
      {
        account_id: address(1),
        lease_token: TOKEN,
        horizon_url: 'x',
        rpc_url: null,
        network_passphrase: 'y',
        is_own: false,
        assets: [],
      },
    ],
    apply_wallet_states: [{ updated: 1, unchanged: 0, stale: 0, unreadable: 0 }],
    claim_transactions_to_track: [],
    claim_webhook_deliveries: CLAIM_OF_WEBHOOKS,
    complete_webhook_deliveries: [{ delivered: 1, retrying: 0, dead: 0, stale: 0 }],
  }
  sendJson(response, 200, rows[path.slice('/rest/v1/rpc/'.length)] ?? [])
}

async function rpcAnswering(answer: (request: ReceivedRequest, response: ServerResponse) => void): Promise<Rpc> {
  server = await startServer(answer)
  return rpcAt(server.url, 'sb_secret_test')
}

/** The parameter names of a function that the API exposes, read from its last declaration. */
function parametersOf(name: string): readonly string[] {
  const declarations = [
    ...migrationsText().matchAll(new RegExp(`create (?:or replace )?function public\\.${name}\\(([^)]*)\\)`, 'g')),
  ]
  const list = declarations.at(-1)?.[1]
  if (list === undefined) throw new Error(`No migration declares public.${name}.`)
  return list.split(',').map((parameter) => parameter.trim().split(/\s+/)[0] ?? '')
}
