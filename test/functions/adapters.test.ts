import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock, systemRandom } from '../../supabase/functions/_shared/adapters/deno-ports.ts'
import {
  disburseDatabase,
  syncDatabase,
  webhookDatabase,
} from '../../supabase/functions/_shared/adapters/supabase-database.ts'
import { openRpc, type Rpc } from '../../supabase/functions/_shared/adapters/supabase-rpc.ts'
import { DatabaseError } from '../../supabase/functions/_shared/core/database.ts'
import { testClock } from './support/clock.ts'
import { gate } from './support/gate.ts'
import { type ReceivedRequest, sendJson, startServer, type TestServer } from './support/http-server.ts'
import { migrationsText } from './support/migrations.ts'
import { address } from './support/plans.ts'

const HASH = 'ab'.repeat(32)
const TOKEN = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff'
const OPERATION = {
  operation_index: 0,
  employee_id: 7,
  operation_type: 'payment',
  destination: address(1),
  asset_code: 'XLM',
  asset_issuer: '',
  amount: '4200.0000000',
}
const CLAIM = {
  payroll_run_id: 1,
  organization_id: 2,
  source_account: address(0),
  lease_token: TOKEN,
  asset_code: 'XLM',
  asset_issuer: '',
  memo: null,
  network_passphrase: 'PayD Tests ; 2026',
  horizon_url: 'http://127.0.0.1:1',
  max_fee_stroops: 100_000,
  transaction: {
    id: 9,
    tx_hash: HASH,
    envelope_xdr: 'AAAA',
    signed_envelope_xdr: null,
    sequence_number: '9223372036854775807',
    max_ledger: 1_020,
    max_time: '2026-11-20T12:05:00+00:00',
    attempts: 2,
    last_code: 'tx_too_late',
    submission_state: 'submitting',
  },
}
const DELIVERY = {
  delivery_id: 3,
  lease_token: TOKEN,
  attempt_number: 1,
  url: 'https://hooks.example.org/',
  headers: { 'webhook-id': 'evt_1' },
  body: '{}',
  timeout_ms: 15_000,
}

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
    await disbursing.claimDisbursement(60)
    await disbursing.planOperations(1, TOKEN, 100)
    await disbursing.persistTransaction(1, TOKEN, prepared())
    await disbursing.beginSubmission(9, TOKEN, 'AAAA')
    await disbursing.recordSubmission(9, TOKEN, {
      httpStatus: 504,
      transactionCode: null,
      operationCodes: null,
      retryAfterSeconds: null,
    })
    await disbursing.recordOutcome(9, { proof: 'sequence_used_by_other', otherHash: HASH, otherLedger: 5 }, TOKEN)
    await disbursing.stopDisbursement(1, TOKEN, 'signing_key_missing', 'No key.')
    await disbursing.releaseDisbursement(address(0), TOKEN, 5)
    await syncing.claimWalletsForSync(20, 60)
    await syncing.applyWalletStates([])
    await syncing.claimTransactionsToTrack(20, 60)
    await dispatching.claimWebhookDeliveries(100, 45)
    await dispatching.completeWebhookDeliveries([])
    await dispatching.releaseWebhookDeliveries([3], TOKEN)

    const called = server?.requests.map(({ path, body }) => ({
      name: path.slice('/rest/v1/rpc/'.length),
      parameters: Object.keys(JSON.parse(body)).toSorted(),
    }))
    expect(called).toHaveLength(14)
    for (const { name, parameters } of called ?? []) {
      expect(parameters, name).toEqual([...parametersOf(name)].toSorted())
    }
  })

  test('sends the secret key as apikey', async () => {
    const rpc = await rpcAnswering(answerAll)
    await disburseDatabase(rpc).claimDisbursement(60)
    expect(server?.requests[0]?.headers.apikey).toBe('sb_secret_test')
  })

  test('reads a claim with its live transaction, large numbers intact', async () => {
    const rpc = await rpcAnswering(answerAll)
    expect(await disburseDatabase(rpc).claimDisbursement(60)).toEqual({
      payrollRunId: 1,
      organizationId: 2,
      sourceAccount: address(0),
      leaseToken: TOKEN,
      memo: null,
      networkPassphrase: 'PayD Tests ; 2026',
      horizonUrl: 'http://127.0.0.1:1',
      maxFeeStroops: 100_000n,
      transaction: {
        id: 9,
        hash: HASH,
        envelopeXdr: 'AAAA',
        signedEnvelopeXdr: null,
        sequence: '9223372036854775807',
        maxLedger: 1_020,
        attempts: 2,
        submissionState: 'submitting',
      },
    })
  })

  test('no rows are no claim', async () => {
    const rpc = await rpcAnswering((_, response) => sendJson(response, 200, []))
    expect(await disburseDatabase(rpc).claimDisbursement(60)).toBeNull()
    expect(await webhookDatabase(rpc).claimWebhookDeliveries(100, 45)).toEqual([])
  })

  test('gives operations back exactly as they were planned, and times as ISO 8601', async () => {
    const rpc = await rpcAnswering(answerAll)
    const database = disburseDatabase(rpc)
    const operations = await database.planOperations(1, TOKEN, 100)
    await database.persistTransaction(1, TOKEN, { ...prepared(), operations })
    expect(JSON.parse(server?.requests[1]?.body ?? '')).toMatchObject({
      tx_hash: HASH,
      sequence_number: '9223372036854775807',
      fee_bid_stroops: '4294967295',
      max_time: '2026-11-20T12:05:00.000Z',
      operations: [OPERATION],
    })
  })

  test.each([
    [
      {
        proof: 'found_by_hash' as const,
        isSuccessful: false,
        ledger: 5,
        closedAt: '2026-11-20T12:00:00Z',
        feeChargedStroops: '300',
        resultXdr: 'AAAA',
        transactionCode: 'tx_failed',
        operationCodes: ['op_no_trust'],
      },
      {
        transaction_id: 9,
        proof: 'found_by_hash',
        successful: false,
        ledger: 5,
        closed_at: '2026-11-20T12:00:00Z',
        fee_charged_stroops: '300',
        result_xdr: 'AAAA',
        transaction_code: 'tx_failed',
        operation_codes: ['op_no_trust'],
      },
    ],
    [
      { proof: 'sequence_unused_after_bounds' as const, observedLedger: 1_020, observedSequence: '12' },
      {
        transaction_id: 9,
        proof: 'sequence_unused_after_bounds',
        observed_ledger: 1_020,
        observed_closed_at: null,
        observed_sequence: '12',
      },
    ],
    [
      { proof: 'sequence_used_by_other' as const, otherHash: HASH, otherLedger: 7 },
      { transaction_id: 9, proof: 'sequence_used_by_other', other_tx_hash: HASH, other_ledger: 7 },
    ],
  ])('tells evidence in the words of the contract (%#)', async (evidence, outcome) => {
    const rpc = await rpcAnswering(answerAll)
    await disburseDatabase(rpc).recordOutcome(9, evidence, TOKEN)
    expect(JSON.parse(server?.requests[0]?.body ?? '')).toEqual({ outcome, lease_token: TOKEN })
  })

  test('a refusal keeps its stable code', async () => {
    const body = {
      code: 'PT409',
      details: 'lease_lost',
      message: 'The lease is held by another worker.',
      hint: 'Stop.',
    }
    const rpc = await rpcAnswering((_, response) => sendJson(response, 409, body))
    await expect(disburseDatabase(rpc).claimDisbursement(60)).rejects.toMatchObject({
      name: 'DatabaseError',
      code: 'lease_lost',
      status: 409,
      hint: 'Stop.',
    })
  })

  test('a database that is gone, or answers too late, is unreachable', async () => {
    const rpc = await rpcAnswering(answerAll)
    await server?.close()
    await expect(disburseDatabase(rpc).claimDisbursement(60)).rejects.toMatchObject({ code: 'database_unreachable' })

    const clock = testClock()
    const received = gate()
    server = await startServer(() => received.open())
    const late = openRpc({ url: server.url, secretKey: 'sb_secret_test', clock, random: () => 0 })
    const claim = disburseDatabase(late).claimDisbursement(60)
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
      expect(await disburseDatabase(rpc).claimDisbursement(60)).toMatchObject({ payrollRunId: 1 })
      expect(server?.requests.map(({ body }) => body)).toEqual(['{"lease_seconds":60}', '{"lease_seconds":60}'])
    },
  )

  test('but five times at most, and nothing else is called again', async () => {
    const rpc = await rpcAnswering((_, response) =>
      sendJson(response, 500, { code: '40P01', message: 'deadlock detected' }),
    )
    await expect(disburseDatabase(rpc).claimDisbursement(60)).rejects.toMatchObject({
      code: 'database_refused',
      message: expect.stringContaining('(40P01)'),
    })
    expect(server?.requests).toHaveLength(5)

    await server?.close()
    const other = await rpcAnswering((_, response) => sendJson(response, 500, { code: '57014', message: 'canceled' }))
    await expect(disburseDatabase(other).claimDisbursement(60)).rejects.toMatchObject({ code: 'database_refused' })
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
    ['headers that are no texts', 'claim_webhook_deliveries', [{ ...DELIVERY, headers: { 'x-a': 1 } }]],
  ])('%s is refused, and the message repeats nothing of it', async (_name, called, body) => {
    const rpc = await rpcAnswering((_, response) => sendJson(response, 200, body))
    const call: Record<string, () => Promise<unknown>> = {
      claim_disbursement: () => disburseDatabase(rpc).claimDisbursement(60),
      plan_operations: () => disburseDatabase(rpc).planOperations(1, TOKEN, 100),
      claim_webhook_deliveries: () => webhookDatabase(rpc).claimWebhookDeliveries(100, 45),
    }
    const error = await call[called]?.().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(DatabaseError)
    expect(error).toMatchObject({ code: 'database_refused', message: expect.stringContaining(called) })
    expect(String(error)).not.toMatch(/9223372036854|account_merge|4200/)
  })
})

function prepared() {
  return {
    hash: HASH,
    envelopeXdr: 'AAAA',
    sequence: '9223372036854775807',
    feeBidStroops: 4_294_967_295n,
    maxLedger: 1_020,
    maxTimeSeconds: Date.UTC(2026, 10, 20, 12, 5) / 1000,
    operations: [],
  }
}

function answerAll({ path }: ReceivedRequest, response: ServerResponse): void {
  const rows: Readonly<Record<string, unknown>> = {
    claim_disbursement: [CLAIM],
    plan_operations: [OPERATION],
    persist_transaction: [{ id: 9, organization_id: 2, amount: '4200.0000000' }],
    release_disbursement: true,
    claim_wallets_for_sync: [{ account_id: address(1), lease_token: TOKEN, horizon_url: 'x', network_passphrase: 'y' }],
    apply_wallet_states: [{ updated: 1, unchanged: 0, stale: 0 }],
    claim_transactions_to_track: [],
    claim_webhook_deliveries: [DELIVERY],
    complete_webhook_deliveries: [{ delivered: 1, retrying: 0, dead: 0, stale: 0 }],
    release_webhook_deliveries: 1,
  }
  sendJson(response, 200, rows[path.slice('/rest/v1/rpc/'.length)] ?? [])
}

async function rpcAnswering(answer: (request: ReceivedRequest, response: ServerResponse) => void): Promise<Rpc> {
  server = await startServer(answer)
  return openRpc({ url: server.url, secretKey: 'sb_secret_test', clock: systemClock, random: systemRandom })
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
